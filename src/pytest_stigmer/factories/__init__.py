"""Pure factories: messages, artifacts, audit histories, legacy databases."""
