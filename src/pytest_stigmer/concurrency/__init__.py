"""Recorded histories of concurrent callers, and the checker whether each is linearizable."""
