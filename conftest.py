"""This project's own tests run the plugin in fresh pytest sessions."""

from contextlib import suppress

import pytest

# A session within the process unloads what it was the first to import. These do not survive that:
# the compiled part of YAML goes on raising the errors of the unloaded one, which nobody catches;
# protobuf's crashes.
import yaml  # noqa: F401

with suppress(ImportError):  # protobuf may lack its compiled part
    import google._upb._message  # noqa: F401

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def _lean_inner_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave Hypothesis's plugin out of pytest runs within tests: it takes half of their start."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:hypothesispytest")
