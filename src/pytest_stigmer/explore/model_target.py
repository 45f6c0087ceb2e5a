"""The models as a target: what any registry must answer to the verbs of a scenario."""

from __future__ import annotations

import datetime as dt
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, cast

from pytest_stigmer.api.generation import Generation
from pytest_stigmer.errors import DiskFull, NewerSchema, ResourceNotFound, StoreError, StoreLocked
from pytest_stigmer.explore.model_clock import ModelClock
from pytest_stigmer.explore.outside import Outside
from pytest_stigmer.explore.skill_model import LINK, SkillModel
from pytest_stigmer.explore.store_model import StoreModel
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.scenario.target import CUT_CODES, Answer, AuditRow, Call, Target, answered
from pytest_stigmer.scenario.verbs import VERBS
from pytest_stigmer.store.legacy import legacy_database, open_once
from pytest_stigmer.store.schema import LATEST
from pytest_stigmer.store.template import fresh_tables, seconds_text
from pytest_stigmer.store.translation import WAIT_SECONDS, kind_text
from pytest_stigmer.targets.flow import Flow, content_bytes, legacy_rows
from pytest_stigmer.targets.plain import answer_value

_HALF_WRITTEN = re.compile(r"skills/tmp[0-9a-f]{16}")
_UNDECODABLE = b"\xff\xff"


class ModelTarget(Target):
    """Performs verbs on the models and answers as a target does; faults included."""

    name = "model"
    capabilities = frozenset(
        {"skills", "store", "transactions", "second", "clock", "faults", "files", "reopen"}
    )

    def __init__(
        self, factory: Factory, generation: Generation, *, otherwise: frozenset[str] = frozenset()
    ) -> None:
        self._start(factory, generation, otherwise)

    def _start(self, factory: Factory, generation: Generation, otherwise: frozenset[str]) -> None:
        self.clock = ModelClock()
        self.generation = generation
        self.factory = factory
        self.skills = SkillModel(StoreModel(otherwise=otherwise), self.clock, generation)
        self.version = LATEST
        self._opened_at, self._altered = "", b""
        self._aborted: set[tuple[str, str]] = set()
        self._locked, self._disk_is_full, self._unreadable = False, False, ""
        self._dies_after: int | None = None
        self._take(self.skills.store)

    @property
    def store(self) -> StoreModel:
        """The model of the store as it is now."""
        return self.skills.store

    @property
    def paths(self) -> Mapping[str, str]:  # type: ignore[override]
        """Where the files would lie."""
        return {"database": str(self.store.path), "artifacts": f"{self.store.path}.artifacts"}

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform one verb and answer in plain values; a refusal is an answer too."""
        if self._dies_after is not None and VERBS[verb].needs in ("skills", "store"):
            return self._dying(verb, arguments)
        if self._dies_after is not None and verb in ("reopen", "open_legacy"):
            after, self._dies_after = self._dies_after, None
            return self._died(self.perform(verb, arguments), after)  # opened again, it is whole
        answer = answered(lambda: answer_value(self._perform(verb, arguments)))
        self._unreadable = arguments["table"] if verb == "abort_reads" else ""
        return answer

    def other(self) -> Target:
        """Return itself, for what is stored is all that a model knows; without an open unit."""
        return self if self.store.committed is None else Outside(self, self.store)

    def transaction(self, *, keep: bool) -> AbstractContextManager[None]:
        """Make the block one unit."""
        return self._flow.transaction(keep=keep)

    def together(self, calls: Sequence[Call], order: int) -> tuple[list[Answer], bool]:
        """Answer one call after the other: first the others, then the first, or as written."""
        first, *others = calls
        turns = [*others, first] if order == 0 else [first, *others]
        answers = [self.perform(call.verb, call.arguments) for call in turns]
        return [*answers[-1:], *answers[:-1]] if order == 0 else answers, order == 0

    def cut_short(self, call: Call, how: str, order: int) -> tuple[Answer, bool]:
        """Do nothing of a call at first, and then all of it."""
        if order:
            self.perform(call.verb, call.arguments)
        return Answer.refused(CUT_CODES[how]), order == 0

    def start_over(self) -> None:
        """Forget everything."""
        self._start(self.factory, self.generation, self.store.otherwise)

    def now(self) -> dt.datetime:
        """Return the instant of the model's clock."""
        return self.clock.now()

    def timeline(self) -> list[AuditRow]:
        """Return the audit records in the order in which they were saved."""
        return [
            AuditRow(at, str(row.kind), row.resource_id, str(row.archived_at), *row[3:5], row.data)
            for at, row in enumerate(self.store.history, start=1)
        ]

    def _perform(self, verb: str, arguments: Mapping[str, Any]) -> Any:
        own = getattr(self, f"_{verb}", None)
        return (own or getattr(self._flow, verb))(**arguments)

    def _dying(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Answer a verb whose process dies after a statement; unless that was its last, undo it.

        After the last statement of a call of the skill API its transaction is still open.
        """
        after, self._dies_after = self._dies_after or 0, None
        self.skills.artifacts = self._files()
        before, artifacts = self.store.state(), dict(self.skills.artifacts)
        self.store.statements = 0
        answer = self.perform(verb, arguments)
        if self.store.statements + (VERBS[verb].needs == "skills") > after:
            self.store.put_back(before)
            if after == 0:
                # Dead before its first statement, it has not come to the artifact either.
                self.skills.artifacts = artifacts
        return self._died(answer, after)

    def _died(self, answer: Answer, after: int) -> Answer:
        died = f"the process died after writing statement {after}"
        return answer if answer.failure else Answer.refused("UNAVAILABLE", died)

    def _take(self, store: StoreModel) -> None:
        self.skills.store = store
        store.before_write, store.before_read = self._check_write, self._check_read
        store.now = lambda: seconds_text(self.now())
        self._flow = Flow(
            self.generation,
            cast("Any", self.skills),
            self.factory,
            store=cast("Any", store),
            clock=cast("Any", self.clock),
        )

    def _check_write(self, table: str, on: str) -> None:
        if self._locked:
            raise StoreLocked.after(WAIT_SECONDS, self.store.path)
        if (table, on) in self._aborted:
            raise StoreError.unexpected(self.store.path, f"writes to {table} are aborted")
        if on == "insert" and self._disk_is_full:
            raise DiskFull.at(self.store.path)

    def _check_read(self, table: str) -> None:
        if table == self._unreadable:
            raise StoreError.unexpected(self.store.path, f"access to {table}.data is prohibited")

    def _close(self) -> None:
        self._locked = False
        self.store.close()

    def _reopen(self) -> None:
        if self.version > LATEST:
            self.store.close()
            raise NewerSchema.of(self.store.path, self.version, LATEST)
        for key in [key for key in self.skills.artifacts if _HALF_WRITTEN.fullmatch(key)]:
            del self.skills.artifacts[key]
        self._take(self.store.reopened())
        self._check_file()

    def _crash_after(self, statement: int) -> None:
        """Wait for the verb that dies."""
        self._dies_after = statement

    def _nothing(self, **_: Any) -> None:
        """Change nothing here."""

    _abort_reads = _hold_up = _tick = _set_timezone = _nothing

    def _lock(self) -> None:
        self.store.check_open()
        self._locked = True

    def _unlock(self) -> None:
        self._locked = False

    def _abort_writes(self, table: str, on: str = "insert") -> None:
        self.store.check_open()
        self._aborted.add((table, on))

    def _fill_disk(self) -> None:
        self._disk_is_full = True

    def _allow_writes(self) -> None:
        self.store.check_open()
        self._aborted.clear()
        self._disk_is_full = False

    def _corrupt_row(self, table: str, base64: str | None = None, **of: Any) -> None:
        self.store.check_open()
        kind, row, owner = kind_text(of.get("kind", "skill")), of.get("row", 1), of["id"]
        data = _UNDECODABLE if base64 is None else b64decode(base64)
        records = self.store.live.get(kind, {})
        if table == "resource_audit":
            place = self._place(kind, owner, row)
            self.store.history[place] = self.store.history[place]._replace(data=data)
        elif owner in records:
            records[owner] = data
        else:
            raise ResourceNotFound.of(kind, f"{owner} (row {row})")

    def _place(self, kind: str, resource_id: str, row: int) -> int:
        """Return where a resource's n-th audit record lies."""
        owners = [(old.kind, old.resource_id) for old in self.store.history]
        places = [at for at, owner in enumerate(owners) if owner == (kind, resource_id)]
        if row > len(places):
            raise ResourceNotFound.of(kind, f"{resource_id} (row {row})")
        return places[row - 1]

    def _set_columns(
        self, resource_id: str, row: int = 1, kind: str | int = "skill", **columns: Any
    ) -> None:
        place = self._place(kind_text(kind), resource_id, row)
        self.store.history[place] = self.store.history[place]._replace(**columns)

    _set_archived_at = _set_columns

    def _set_schema_version(self, version: int) -> None:
        self.store.check_open()
        self.version = version

    def _write_artifact(self, key: str, content: Any) -> None:
        data = content_bytes(content)
        self.skills.artifacts[key] = data.encode() if isinstance(data, str) else data

    def _link_artifact(self, key: str, target: str) -> None:  # noqa: ARG002 - never followed
        self.skills.artifacts[key] = LINK

    def _remove_artifact(self, key: str) -> None:
        for file in [one for one in self.skills.artifacts if f"{one}/".startswith(f"{key}/")]:
            del self.skills.artifacts[file]

    def _rows(self, table: str, **wanted: Any) -> list[dict[str, Any]]:
        """Tell what is stored as the columns of a file would have it."""
        if "kind" in wanted:
            wanted["kind"] = kind_text(wanted["kind"])
        if table == "sqlite_master":
            return fresh_tables()
        applied = {"applied_at": self._opened_at}
        versions = [{"version": one, **applied} for one in range(1, self.version + 1)]
        rows = versions if table == "schema_version" else self.store.columns(table)
        return [row for row in rows if wanted.items() <= row.items()]

    def _stat_artifact(self, key: str) -> dict[str, Any]:
        if key not in self.skills.artifacts:
            raise ResourceNotFound.of("artifact", key)
        return {"mode": "0600", "size": len(self.skills.artifacts[key])}

    def _list_artifacts(self) -> list[str]:
        return sorted(self._files())

    def _files(self) -> dict[str, bytes]:
        """Return what lies in the storage as a file: a link is none, and is not copied either."""
        return {key: data for key, data in self.skills.artifacts.items() if data is not LINK}

    def _open_legacy(
        self,
        rows: list[dict[str, Any]],
        schema: int = 1,
        altered: tuple[str, ...] = (),
        beside: str | None = None,
    ) -> None:
        """Start again with a file of live rows: the history moves, oldest first, all else stays."""
        del beside
        self._opened_at = seconds_text(self.now())
        self._aborted.clear()
        self.skills.artifacts.clear()
        given = list(legacy_rows(rows, self._flow.message))
        self._altered = b""
        if altered:
            self._altered = legacy_database(given, versioned=schema == 1, altered=altered)
        store = type(self.store)(otherwise=self.store.otherwise)
        store.take_old(given, self._opened_at, self.generation.codec.legacy)
        self._take(store)
        self._check_file()

    def _check_file(self) -> None:
        """Let the reference judge a file that was altered: a model knows no tables."""
        try:
            if self._altered:
                open_once(self._altered)
        except StoreError:
            self.store.close()
            raise
