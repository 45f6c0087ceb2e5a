"""Ideas for a next schema, and what each would do to a history."""
