"""Names that differ are taken for one, or a name is changed."""
