"""Test harness and fixture service for Stigmer's versioned skill registry."""
