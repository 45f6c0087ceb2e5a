"""A skill is not the same skill from push to push, or is mixed up with another one."""
