"""This project's own tests run the plugin in fresh pytest sessions."""

from contextlib import suppress

with suppress(ImportError):  # protobuf may lack its compiled part
    # A session within the process unloads what it was the first to import. This library does not
    # survive that: loaded a second time, it crashes.
    import google._upb._message  # noqa: F401

pytest_plugins = ["pytester"]
