"""Which reds of a target are known: a TOML file that is strict both ways."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pytest_stigmer.errors import UsageError
from pytest_stigmer.scenario.runner import Outcome

SUBJECTS = ("scenario", "promise", "cause")
"""What an entry may be about: a scenario, a promise of the kit, a cause that exploring found."""

_TABLE = "expected"


@dataclass(frozen=True, slots=True)
class Expected:
    """One red that is known, at its line of the file.

    `subject` is one of SUBJECTS and `name` which; `step` is as `steps_of` names it, or '' for
    whichever step it is. The rest is for people.
    """

    subject: str
    name: str
    step: str = ""
    defect: str = ""
    issue: str = ""
    reason: str = ""
    since: str = ""
    line: int = 0

    def covers(self, name: str, step: str) -> bool:
        """Tell whether a red step of what has this name is the one that is known."""
        return self.name == name and self.step in ("", step)

    def __str__(self) -> str:
        told = [f"{self.subject} {self.name}", self.step and f"step {self.step}", self.why]
        return ", ".join(text for text in told if text)

    @property
    def why(self) -> str:
        """The defect, the issue and the reason that the entry gives; '' where it has none."""
        return ", ".join(text for text in (self.defect, self.issue, self.reason) if text)


_FOR_PEOPLE = ("step", "defect", "issue", "reason", "since")


def read(path: Path, target: str) -> tuple[Expected, ...]:
    """Return the reds that a file expects of a target; raise UsageError for a file that cannot be.

    A file, and an entry, may name its `target`, with `*` for any text.
    """
    try:
        text = path.read_text(encoding="utf-8")
        value = tomllib.loads(text)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"{path}: not a file of expected reds: {why}") from error
    _check_words(f"{path}:", value, ("target", _TABLE))
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == f"[[{_TABLE}]]"]
    entries = value.get(_TABLE, [])
    if len(lines) != len(entries):
        raise UsageError(f"{path}: write each expected red below a line [[{_TABLE}]]")
    found = []
    for line, entry in zip(lines, entries, strict=True):
        wanted = entry.pop("target", value.get("target", "*"))
        made = _entry(f"{path}:{line}:", entry, line)
        if fnmatchcase(target, str(wanted)):
            found.append(made)
    return tuple(found)


def _check_words(where: str, given: Any, known: Sequence[str]) -> None:
    for word in given:
        if word not in known:
            raise UsageError(f"{where} {UsageError.unknown('key', word, known)}")


def _entry(where: str, given: dict[str, Any], line: int) -> Expected:
    _check_words(where, given, (*SUBJECTS, *_FOR_PEOPLE, "target"))
    named = [subject for subject in SUBJECTS if given.get(subject)]
    if len(named) != 1:
        raise UsageError(f"{where} an entry names one of {', '.join(SUBJECTS)}")
    told = {key: str(given.get(key, "")) for key in _FOR_PEOPLE}
    return Expected(named[0], str(given[named[0]]), line=line, **told)


def steps_of(outcome: Outcome) -> tuple[list[str], list[str]]:
    """Return the red steps of an outcome, and all that were asked: `NUMBER: VERB`."""
    names = {
        step.place: f"{number}: {step.verb}"
        for number, step in enumerate(outcome.scenario.all_steps(), start=1)
    }
    reds = [names[red.step.place] for red in outcome.reds]
    return reds, [names[one.step.place] for one in outcome.performed if not one.left_out]


def written(entries: Iterable[Expected], target: str) -> str:
    """Return the text of a file that expects these reds of a target."""
    host, colon, port = target.rpartition(":")
    of_all = f"{host}:*" if colon and port.isdecimal() else target
    lines = [
        "# Reds that are known. A red that is not here fails, and so does one here that is mended.",
        f"target = {_quoted(of_all)}",
    ]
    for entry in entries:
        told = {entry.subject: entry.name, **asdict(entry)}
        names = [entry.subject, *(one.name for one in fields(entry) if one.name in _FOR_PEOPLE)]
        shown = [name for name in names if told[name] or name == "reason"]
        lines += ["", f"[[{_TABLE}]]", *(f"{name} = {_quoted(told[name])}" for name in shown)]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text)
