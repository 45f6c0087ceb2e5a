"""The skill API on gRPC: a server for tests in this process, or for suites in any language."""
