"""The promises of a store and of a skill API, as classes to subclass."""
