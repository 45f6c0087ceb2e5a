"""How many files a push crosses: the house is read by walking through it."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest_stigmer
from pytest_stigmer.api.generation import load
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.targets.flow import Flow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMIT = 16
_SOURCE = str(Path(pytest_stigmer.__file__).parent)


@dataclass(frozen=True)
class Walk:
    """The files of this distribution that one call enters, in the order of the functions' calls."""

    files: tuple[str, ...]

    @property
    def crossed(self) -> list[str]:
        """Return each file once."""
        return sorted(set(self.files))

    @property
    def changes(self) -> int:
        """Return how often the next function lies in another file."""
        return sum(one != two for one, two in zip(self.files, self.files[1:], strict=False))

    @property
    def kept(self) -> bool:
        """Tell whether the files are within the limit."""
        return len(self.crossed) <= LIMIT

    def line(self) -> str:
        """Return the row of a table."""
        verdict = "kept" if self.kept else "MISSED"
        return (
            f"warm push crosses {len(self.crossed)} files with {self.changes} changes of file in "
            f"{len(self.files)} calls, files <= {LIMIT} {verdict}"
        )


def walk(call: Callable[[], Any]) -> Walk:
    """Make a call and note the file of every function of ours that it enters."""
    files = []

    def enter(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(_SOURCE):
            files.append(frame.f_code.co_filename.removeprefix(_SOURCE).lstrip("/\\"))

    before = sys.getprofile()
    sys.setprofile(enter)
    try:
        call()
    finally:
        sys.setprofile(before)
    return Walk(tuple(files))


def third_push(flow: Flow) -> Walk:
    """Push two versions of a skill and walk with the third."""
    for text in ("# one", "# two"):
        flow.push(name="Calculator", tag="stable", skill_md=text)
    return walk(lambda: flow.push(name="Calculator", tag="stable", skill_md="# three"))


def promises() -> Iterator[Walk]:
    """Walk with a push, and return where it went."""
    api = load("bundled")
    with (
        tempfile.TemporaryDirectory(prefix="stigmer-bench-") as folder,
        Registry(Path(folder) / "a.db", generation=api) as parts,
    ):
        yield third_push(Flow(api, parts.client(), Factory(1, "walk", api), store=parts.store))
