"""What is long or many is cut."""
