"""The pytest plugin: hooks and fixtures, each handing over to the harness."""
