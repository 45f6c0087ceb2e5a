"""References name another version, or another skill, than they should."""
