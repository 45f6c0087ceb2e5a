"""A push keeps something else than what was pushed, or only half of it."""
