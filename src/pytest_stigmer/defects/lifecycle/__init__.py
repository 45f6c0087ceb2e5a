"""Live records: what saving, deleting and recreating take, leave or mix up."""
