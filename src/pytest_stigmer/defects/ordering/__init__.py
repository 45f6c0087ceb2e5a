"""Audit records come back in another order than they were archived."""
