"""One part of a run in several: which items are in it, and what its report says of the whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_COLLECTED = "stigmer_collected"


@dataclass(frozen=True)
class Shard:
    """Part `number`, from 1, of `of` parts; `seconds` by item's id balance them, if known."""

    number: int
    of: int
    seconds: dict[str, float] | None = None
    durations: str = ""

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def chosen(self, ids: Iterable[str]) -> set[str]:
        """Return the ids in this part: alike on every machine, in whatever order they come."""
        if self.seconds is None:
            return {one for one in ids if int(digest(one), 16) % self.of == self.number - 1}
        usual = sum(self.seconds.values()) / len(self.seconds) if self.seconds else 0.0
        parts = [(0.0, 0, part, set[str]()) for part in range(self.of)]
        weighed = ((self.seconds.get(one, usual), one) for one in ids)
        for weight, one in sorted(weighed, key=lambda pair: (-pair[0], pair[1])):
            load, count, part, members = min(parts, key=lambda known: known[:3])
            parts[part] = (load + weight, count + 1, part, members | {one})
        return parts[self.number - 1][3]


def digest(text: str | bytes) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    from hashlib import sha256

    return sha256(text.encode(errors="replace") if isinstance(text, str) else text).hexdigest()


def shard_of(text: str | None, durations: str | None) -> Shard | None:
    """Read the part of a run; raise pytest.UsageError for what is none."""
    if text is None:
        if durations:
            raise pytest.UsageError("--stigmer-durations balances parts; add --stigmer-shard K/N")
        return None
    found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise pytest.UsageError(
            f"--stigmer-shard {text!r} is not a part of a run: write K/N with K from 1 to N, "
            "such as 2/4"
        )
    number, of = int(found[1]), int(found[2])
    if durations is None:
        return Shard(number, of)
    try:
        content = Path(durations).read_bytes()
        seconds = {test["id"]: float(test["seconds"]) for test in json.loads(content)["tests"]}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise pytest.UsageError(
            f"--stigmer-durations {durations!r} is no JSON report of a run, as --stigmer-report "
            f"FILE.json writes it: {type(error).__name__}: {error}"
        ) from None
    return Shard(number, of, seconds, digest(content))


class Selection:
    """Leaves the items of other parts out and notes what was collected, in every process.

    An xdist controller collects nothing: its workers tell.
    """

    def __init__(self, shard: Shard | None) -> None:
        self._shard = shard
        self.ids = ""
        self.count = 0

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Choose, once every other choice is made."""
        ids = sorted(item.nodeid for item in items)
        self.ids, self.count = digest("\n".join(ids)), len(ids)
        output = getattr(config, "workeroutput", None)
        if output is not None:
            output[_COLLECTED] = (self.ids, self.count)
        if self._shard:
            chosen = self._shard.chosen(ids)
            left = [item for item in items if item.nodeid not in chosen]
            items[:] = [item for item in items if item.nodeid in chosen]
            config.hook.pytest_deselected(items=left)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker collected; one that crashed told nothing."""
        told = getattr(node, "workeroutput", {}).get(_COLLECTED)
        self.ids, self.count = told or (self.ids, self.count)

    @pytest.hookimpl(optionalhook=True)
    def pytest_report_collectionfinish(self) -> list[str]:
        """Say of which whole this is a part."""
        return self._told()

    @pytest.hookimpl(optionalhook=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say it at the end where only workers collect."""
        if terminalreporter.config.pluginmanager.hasplugin("dsession"):
            for line in self._told():
                terminalreporter.write_line(line)

    def _told(self) -> list[str]:
        told = f"stigmer: shard {self._shard} of {self.count} items, whose ids have hash {self.ids}"
        return [told] if self._shard else []

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let a part be empty; whether the whole is, only all of its parts tell."""
        if self._shard and self.count and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK
