"""Reports people look at: one model of a run, and renderers of it."""
