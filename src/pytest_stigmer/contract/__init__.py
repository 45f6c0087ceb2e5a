"""Former paths of the kit and the checker, kept for one release."""
