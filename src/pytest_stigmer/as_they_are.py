"""Loads our modules before pytest does, which rewrites the asserts of a plugin's every module.

Only the kit has asserts. Without cached bytecode, as in many containers, the rewriting of the
others costs each process of a run seconds. Imported by what loads many of ours: a finder costs
every later import of a run that uses none.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class _AsTheyAre:
    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        """Find a module of ours but the kit's; see `importlib.abc.MetaPathFinder`."""
        ours = name.startswith("pytest_stigmer.") and not name.startswith("pytest_stigmer.kit")
        return PathFinder.find_spec(name, path, target) if ours else None


if "_pytest.assertion.rewrite" in sys.modules:
    sys.meta_path.insert(0, _AsTheyAre)
