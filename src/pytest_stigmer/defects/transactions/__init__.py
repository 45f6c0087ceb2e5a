"""A unit of several changes is kept in part."""
