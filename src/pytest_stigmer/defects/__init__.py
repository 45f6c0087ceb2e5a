"""The catalogue of known defects."""
