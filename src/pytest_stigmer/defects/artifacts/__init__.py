"""An artifact is accepted, kept or answered that should not be."""
