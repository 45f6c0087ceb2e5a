"""Verdicts of earlier proofs, each good for as long as everything that it rests on is the same."""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.defects.catalogue import DISTRIBUTION, catalogue
from pytest_stigmer.scenario.runner import Outcome, Status
from pytest_stigmer.store.connection import SQLITE_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_stigmer.scenario.model import Scenario

    Run = Callable[[str | None, str], Outcome]

_HOUSE = Path(__file__).parents[1]
_JUDGED = (Status.PASSED, Status.FAILED)


def cache_folder() -> Path:
    """Return where verdicts lie: below the user's own folder for caches."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / DISTRIBUTION


class Verdicts:
    """What defects did to one scenario, in one file of `folder`.

    A verdict rests on the scenario, on its defect's own file, on all other code of this package,
    on the versions of what it needs, and on `given`, such as the seed. Of what other distributions
    register nobody knows what it rests on: that is never kept. A folder that cannot be used is as
    an empty one.
    """

    def __init__(self, folder: Path, scenario: Scenario, *given: object) -> None:
        self._scenario = scenario
        self._file = folder / f"{_digest(str(scenario.path.absolute()).encode())}.json"
        self._base = _digest(*_house(), repr(given).encode(), scenario.path.read_bytes())
        self._verdicts: dict[str, list[str]] = {}
        self._is_changed = False
        with suppress(OSError, ValueError):
            kept = json.loads(self._file.read_bytes())
            self._verdicts = kept["verdicts"] if kept["base"] == self._base else {}

    def instead_of(self, run: Run, *, reds_too: bool) -> Run:
        """Return `run` without the runs whose verdict is known; the reference runs always.

        Without `reds_too` a run that is known to be red is made all the same.
        """

        def judged(defect: str | None, cell: str) -> Outcome:
            status = self._known(defect, cell) if defect else None
            if status == Status.PASSED or (status and reds_too):
                return Outcome(self._scenario, "local", status)
            outcome = run(defect, cell)
            content = _content(defect) if defect else None
            if content is not None and outcome.status in _JUDGED:
                self._verdicts[f"{defect} {cell}"] = [content, outcome.status.value]
                self._is_changed = True
            return outcome

        return judged

    def knows(self, defect: str, cell: str) -> bool:
        """Whether a verdict is known."""
        return self._known(defect, cell) is not None

    def _known(self, defect: str, cell: str) -> Status | None:
        content = _content(defect)
        known, status = self._verdicts.get(f"{defect} {cell}", ("", ""))
        return Status(status) if content is not None and known == content else None

    def save(self) -> None:
        """Keep what is known now."""
        if not self._is_changed:
            return
        text = json.dumps({"base": self._base, "verdicts": self._verdicts})
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            new = self._file.with_suffix(f".{os.getpid()}")
            new.write_text(text, encoding="utf-8")
            new.replace(self._file)


def _digest(*parts: bytes) -> str:
    return sha256(b"".join(sha256(part).digest() for part in parts)).hexdigest()


@cache
def _house() -> tuple[bytes, ...]:
    """Return the content of this package but for defects' own files, and the versions it needs."""
    files = sorted(path for path in _HOUSE.rglob("*") if path.is_file() and not _is_apart(path))
    code = (part for path in files for part in (str(path).encode(), path.read_bytes()))
    versions = [sys.version, SQLITE_VERSION, os.environ.get("TZ", ""), *_versions()]
    return _digest(*code).encode(), repr(versions).encode()


def _is_apart(path: Path) -> bool:
    """Whether a file is a cache, or content that each verdict names itself."""
    folders = path.relative_to(_HOUSE).parent.parts
    return "__pycache__" in folders or folders[:1] == ("scenarios",) or folders[:-1] == ("defects",)


def _versions() -> Iterator[str]:
    for requirement in requires(DISTRIBUTION) or ():
        name = re.split(r"[^\w.-]", requirement)[0]
        with suppress(PackageNotFoundError):
            yield f"{name} {version(name)}"


@cache
def _content(defect: str) -> str | None:
    """Digest a defect's own file, if it is no row of a table; None for what others register."""
    if defect in catalogue().of_others(DISTRIBUTION):
        return None
    files = (_HOUSE / "defects").glob(f"*/{defect.replace('-', '_')}.py")
    return _digest(*(path.read_bytes() for path in files))
