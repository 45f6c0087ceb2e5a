"""The scenario language: model, schema, loader, comparison, runner, report data."""
