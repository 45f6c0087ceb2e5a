"""A kind given by its number is another kind than the one given by name."""
