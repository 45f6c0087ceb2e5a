"""Where scenarios run: in process or on a server."""
