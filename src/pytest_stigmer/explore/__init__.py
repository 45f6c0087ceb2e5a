"""The explorer: random histories held against an oracle, the models, down to a counterexample."""
