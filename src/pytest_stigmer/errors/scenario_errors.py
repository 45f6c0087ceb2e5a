"""What is wrong with a scenario file."""

from __future__ import annotations

from os import PathLike
from typing import Self

from pytest_stigmer.errors.base_error import StigmerError

MAX_FAULT_LINES = 5
"""How many lines the report of one faulty scenario file has at most."""


class ScenarioError(StigmerError):
    """A scenario file that cannot be used: where, what, and the nearest valid word."""

    code = "INVALID_ARGUMENT"

    def __init__(self, path: PathLike[str] | str, line: int, what: str) -> None:
        super().__init__(f"{path}:{line}: {what}")
        self.path = path
        self.line = line
        self.what = what

    def __reduce__(self) -> tuple[type[Self], tuple[PathLike[str] | str, int, str]]:
        """Pickle by its parts, so that the error crosses processes."""
        return type(self), (self.path, self.line, self.what)

    @classmethod
    def of_file(cls, path: PathLike[str] | str, faults: list[tuple[int, str]]) -> Self:
        """List the faults of one file (line, what) on at most five lines; the rest are counted."""
        shown = faults if len(faults) <= MAX_FAULT_LINES else faults[: MAX_FAULT_LINES - 1]
        lines = [" ".join(what.split()) for _, what in shown]
        texts = lines[:1] + [
            f"{path}:{line}: {what}" for (line, _), what in zip(shown[1:], lines[1:], strict=True)
        ]
        if len(faults) > len(shown):
            texts.append(f"{path}: and {len(faults) - len(shown)} more")
        return cls(path, faults[0][0], "\n".join(texts))
