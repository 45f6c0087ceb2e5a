"""What must not matter: ways to run any scenario under which its outcome must be the same."""
