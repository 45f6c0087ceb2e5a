"""One registry: its parts and how they are put together."""
