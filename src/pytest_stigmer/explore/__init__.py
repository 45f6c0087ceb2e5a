"""Looks for counterexamples: the oracle, the state machines, the search."""
