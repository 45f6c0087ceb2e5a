"""The message classes of the generation in use, by name; message_types.pyi holds their types."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    # Not by an import statement: for its types the generation imports this module.
    return getattr(import_module("pytest_stigmer.api.generation").load(), name)
