"""Recorded histories of concurrent callers, and the checker that judges them."""
