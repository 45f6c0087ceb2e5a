"""Audit records are lost, doubled, mixed up, or found under names that are not theirs."""
