"""The conformance kit for other stores and servers."""
