"""Requests are judged wrongly, or the answer does not say what is wrong."""
