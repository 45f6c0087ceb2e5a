"""This project's own tests run the plugin in fresh pytest sessions."""

from contextlib import suppress

# A session within the process unloads what it was the first to import. These do not survive that:
# the compiled part of YAML goes on raising the errors of the unloaded one, which nobody catches;
# protobuf's crashes.
import yaml  # noqa: F401

with suppress(ImportError):  # protobuf may lack its compiled part
    import google._upb._message  # noqa: F401

pytest_plugins = ["pytester"]
