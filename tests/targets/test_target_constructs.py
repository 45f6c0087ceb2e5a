"""What the language has beside single verbs does what it says, in process and behind a server."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.errors import StatusError
from pytest_stigmer.scenario.loader import loads
from pytest_stigmer.scenario.runner import Status, run
from pytest_stigmer.scenario.target import ENDINGS
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.store.faults import Crash, is_locked, lock
from pytest_stigmer.store.legacy import legacy_database
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import ResourceRow
from pytest_stigmer.targets import interleaving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_stigmer.scenario.runner import Outcome

NOTHING = loads(b"scenario: t\nsteps: [reopen: ]\n", Path("t.scenario.yaml"))
CONSTRUCTS = {
    "repeat": """
  - save_resource: {id: "r${n}", message: {spec.tag: "v${n}"}}
    repeat: 3
  - list_resources:
    returns: [{spec.tag: v1}, {spec.tag: v2}, {spec.tag: v3 RED}]
""",
    "a repeated expectation": """
  - push: {name: A, tag: v1}
    repeat: 3
    returns: {spec.tag: "v1 RED"}
""",
    "generated text": """
  - save_audit: {resource_id: {text: ab, times: 200}, message: {spec.tag: {text: é, times: 3}}}
  - list_audit_history: {resource_id: {text: ab, times: 200}}
    returns: [{spec.tag: "ééé RED"}]
""",
    "noise": """
  - push: {name: A, skill_md: "# a", files: {noise.bin: {noise: 5000}}}
    as: one
  - get_artifact: {key: "${one.status.artifact_storage_key}"}
    returns: {size: 5211RED}
""",
    "one of several values": """
  - push: {name: A, tag: v2}
    returns: {spec.tag: {one_of: [v1, "v2 RED"]}}
""",
    "one of several answers": """
  - get: {id: nobody}
    returns: {one_of: [{spec.tag: v1}, {fails: {code: NOT_FOUND, message: "nobody RED"}}]}
""",
    "a text that is not there": """
  - get: {id: skl-nobody}
    fails: {code: NOT_FOUND, without: "${database} RED"}
""",
    "kinds of any text and number": """
  - save_resource: {id: a, kind: zebra, message: {spec.tag: v1}}
  - save_resource: {id: a, kind: 43, message: {spec.tag: v2}}
  - get_resource: {id: a, kind: skill}
    returns: {spec.tag: "v2 RED"}
""",
    "rolled back": """
  - transaction:
      - save_resource: {id: a, message: {spec.tag: v1}}
      - get_resource: {id: a}
        returns: {spec.tag: v1}
    ends: rolled_back
  - get_resource: {id: a}
    fails: {code: NOT_FOUND, message: "a RED"}
""",
    "interrupted": """
  - transaction:
      - save_resource: {id: a, message: {spec.tag: v1}}
    ends: interrupted
  - get_resource: {id: a}
    fails: {code: NOT_FOUND, message: "a RED"}
""",
    "fields that only a newer release knows": """
  - save_resource: {id: a, message: {metadata.unknown: kgMFbmV3ZXI=, unknown: ogYDbmV3}}
  - get_resource: {id: a}
    returns: {metadata.unknown: kgMFbmV3ZXI=, unknown: "ogYDbmV3 RED"}
""",
    "committed, unseen by others before": """
  - transaction:
      - save_resource: {id: a, message: {spec.tag: v1}}
      - get_resource: {id: a}
        on: other
        fails: NOT_FOUND
  - get_resource: {id: a}
    on: other
    returns: {spec.tag: "v1 RED"}
""",
    "a red step in a transaction": """
  - transaction:
      - save_resource: {id: a, message: {spec.tag: v1}}
      - get_resource: {id: a}
        returns: {spec.tag: "v1 RED"}
""",
    "rows": """
  - set_clock: 2026-01-25T10:00:00.900Z
  - save_audit: {resource_id: a, message: {spec.tag: v1}, tag: v1}
  - save_audit: {resource_id: b, message: {spec.tag: v1}}
  - rows: {table: resource_audit, resource_id: a}
    returns: [{id: 1, version_hash: "", archived_at: "2026-01-25 10:00:00 RED", size: 6}]
  - rows: {table: schema_version}
    returns: [{version: 1}, {version: 2}]
""",
    "stat_artifact": """
  - write_artifact: {key: a/b, content: "12345"}
  - stat_artifact: {key: a/b}
    returns: {size: 5, mode: {matches: "^06[04][04]$RED"}}
  - stat_artifact: {key: a/c}
    fails: NOT_FOUND
""",
    "a key that leaves the folder": """
  - write_artifact: {key: ../b, content: x}
    fails: {code: INVALID_ARGUMENT, message: "leaves the artifact folder RED"}
  - write_artifact: {key: /tmp/stigmer-never, content: x}
    fails: INVALID_ARGUMENT
  - link_artifact: {key: sub, target: "${artifacts}/.."}
  - write_artifact: {key: sub/b, content: x}
    fails: INVALID_ARGUMENT
  - link_artifact: {key: ., target: "${artifacts}/.."}
    fails: INVALID_ARGUMENT
""",
    "a crash during an upgrade": """
  - crash_after: {statement: 6}
  - open_legacy: {rows: [{id: skill_audit/skl-1/17, message: {spec.tag: v1}}]}
    fails: UNAVAILABLE
  - list_audit_history: {resource_id: skl-1}
    returns: [{spec.tag: "v1 RED"}]
""",
    "a second registry that cannot be opened": """
  - set_schema_version: {version: 9}
  - list_resources:
    on: other
    fails: {code: FAILED_PRECONDITION, message: "version 9; RED"}
""",
    "an old file that was altered": """
  - open_legacy:
      rows: [{id: skl-1, message: {spec.tag: v1}}]
      altered: [CREATE TABLE notes_directory (note TEXT), UPDATE resources SET updated_at = 'never']
  - rows: {table: resources}
    returns: [{updated_at: never RED}]
""",
    "a statement that reaches another file": """
  - open_legacy:
      rows: [{id: skl-1, message: {spec.tag: v1}}]
      altered: [ATTACH DATABASE 'never.db' AS other]
    fails: {code: INVALID_ARGUMENT, message: "alters no old file: not authorized RED"}
  - open_legacy: {rows: [{id: skl-1, message: {spec.tag: v1}}], altered: [VACUUM INTO 'never.db']}
    fails: INVALID_ARGUMENT
  - open_legacy:
      rows: [{id: skl-1, message: {spec.tag: v1}}]
      altered: [PRAGMA Temp_store_directory='/']
    fails: INVALID_ARGUMENT
  - open_legacy: {rows: [{id: skl-1, message: {spec.tag: v1}}], altered: [CREAT TABLE t (a)]}
    fails: INVALID_ARGUMENT
""",
    "an upgrade beside a lock": """
  - open_legacy: {rows: [{id: skill_audit/skl-1/17, message: {spec.tag: v1}}], beside: lock}
  - list_audit_history: {resource_id: skl-1}
    returns: [{spec.tag: "v1 RED"}]
""",
    "an upgrade beside another": """
  - open_legacy: {rows: [{id: skill_audit/skl-1/17, message: {spec.tag: v1}}], beside: upgrade}
  - list_audit_history: {resource_id: skl-1}
    returns: [{spec.tag: "v1 RED"}]
""",
    "a full disk": """
  - push: {name: A, skill_md: "# 1"}
    as: one
  - fill_disk:
  - push: {name: A, skill_md: {text: "# 2", times: 30000}}
    fails: RESOURCE_EXHAUSTED
  - allow_writes:
  - push: {name: A, skill_md: {text: "# 2", times: 30000}}
    returns: {metadata.id: "${one.metadata.id} RED"}
""",
    "a crash while opening": """
  - save_audit: {resource_id: skl-1, message: {spec.tag: v1}}
  - close:
  - crash_after: {statement: 0}
  - reopen:
    fails: UNAVAILABLE
  - list_audit_history: {resource_id: skl-1}
    returns: [{spec.tag: "v1 RED"}]
""",
    "together": """
  - together:
      - push: {name: A, tag: v1, skill_md: "# 1"}
        as: one
      - push: {name: A, tag: v1, skill_md: "# 2"}
        returns: {metadata.slug: "a RED"}
  - get_by_reference: {slug: a, version: v1}
    returns: {spec.skill_md: {one_of: ["# 1", "# 2"]}, metadata.id: "${one.metadata.id}"}
""",
    "one order that is forgotten": """
  - push: {name: A}
    as: one
  - together:
      - delete: {id: "${one.metadata.id}"}
      - get: {id: "${one.metadata.id}"}
        returns: {one_of: [{}, {fails: "NOT_FOUND RED"}]}
""",
    "a clock that goes on while it is read": """
  - set_clock: 2026-02-01T00:00:00.700Z
  - tick: 1s
  - push: {name: A, tag: v1}
    returns: {status.audit.status_audit.updated_at: "2026-02-01T00:00:00.700Z"}
  - push: {name: A, tag: v2}
    returns: {status.audit.status_audit.updated_at: {matches: "^2026-02-01T00:00:0[1-9].700ZRED"}}
""",
    "a read that fails once": """
  - save_resource: {id: a, message: {spec.tag: v1}}
  - abort_reads: {table: resources}
  - get_resource: {id: a}
    fails: INTERNAL
  - get_resource: {id: a}
    returns: {spec.tag: v1}
  - abort_reads: {table: resource_audit}
  - get_resource: {id: a}
    returns: {spec.tag: "v1 RED"}
""",
    "a lock for a moment": """
  - hold_up:
  - save_resource: {id: a, message: {spec.tag: v1}}
  - hold_up:
  - open_legacy: {rows: [{id: skill_audit/a/17, message: {spec.tag: v1}}]}
  - list_audit_history: {resource_id: a}
    returns: [{spec.tag: "v1 RED"}]
""",
    "a folder that somebody removes": """
  - push: {name: A, skill_md: "# 1"}
    as: one
  - remove_artifact: {key: skills}
  - remove_artifact: {key: skills/nothing}
  - list_artifacts:
    returns: []
  - push: {name: A, skill_md: "# 1"}
  - remove_artifact: {key: ../a}
    fails: INVALID_ARGUMENT
  - list_artifacts:
    returns: ["${one.status.artifact_storage_key} RED"]
""",
    "a caller who goes away while he waits": """
  - push: {name: A, tag: v1}
  - push: {name: A, tag: v2}
    cut_short: waiting
  - get_by_reference: {slug: a}
    returns: {spec.tag: "v1 RED"}
""",
    "a time zone": """
  - set_timezone: Asia/Kolkata
  - push: {name: A}
    returns: {status.audit.status_audit.updated_at: "2026-02-01T00:00:00.700Z RED"}
""",
}


@pytest.fixture(params=["local", "service"])
def outcome(
    request: pytest.FixtureRequest, tmp_path: Path, on_local: Any, on_service: Any
) -> Callable[[str], Outcome]:
    """Run steps on a fresh registry of ours."""
    place = {"local": on_local, "service": on_service}[request.param]

    def run_steps(steps: str) -> Outcome:
        text = f"scenario: t\nclock: 2026-02-01T00:00:00.700Z\nsteps:{steps}"
        scenario = loads(text.encode(), Path("t.scenario.yaml"))
        with place(scenario, tmp_path / "t.db") as target:
            return run(scenario, target)

    return run_steps


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_a_construct_does_what_it_says(name: str, outcome: Callable[[str], Outcome]) -> None:
    """The steps pass as they are meant, and are red where one expectation is spoilt."""
    steps = CONSTRUCTS[name]
    assert "RED" in steps
    told = outcome(steps.replace(" RED", "").replace("RED", ""))
    assert (told.status, told.reason) == (Status.PASSED, "")


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_a_construct_can_be_red(name: str, outcome: Callable[[str], Outcome]) -> None:
    """What is spoilt on purpose is told at its own step."""
    told = outcome(CONSTRUCTS[name].replace("NOT_FOUND RED", "ABORTED"))
    if name == "a text that is not there":  # nothing that the text lacks can be spoilt this way
        told = outcome(CONSTRUCTS[name].replace("${database} RED", "nobody"))
    assert told.status is Status.FAILED
    assert told.reds[0].step is told.stopped


def test_the_old_word_for_a_time_is_still_read(outcome: Callable[[str], Outcome]) -> None:
    """A scenario of 0.1 stays green, and its reader is told the new word."""
    steps = """
  - save_audit: {resource_id: skl-1, message: {spec.tag: v1}}
  - set_archived_at: {resource_id: skl-1, row: 1, archived_at: "2026-01-25 09:00:00"}
  - rows: {table: resource_audit, resource_id: skl-1}
    returns: [{archived_at: "2026-01-25 09:00:00"}]
"""
    with pytest.warns(DeprecationWarning, match="set_columns"):
        told = outcome(steps)
    assert (told.status, told.reason) == (Status.PASSED, "")


def test_calls_at_once_have_every_order(outcome: Callable[[str], Outcome]) -> None:
    """Each order that leaves another newest version is really had: neither may be left out."""
    newest = 'returns: {spec.skill_md: "# 1"}', 'returns: {spec.skill_md: "# 2"}'
    steps = """
  - together:
      - push: {name: A, skill_md: "# 1"}
      - push: {name: A, skill_md: "# 2"}
  - get_by_reference: {slug: a}
    """
    told = [outcome(steps + expected) for expected in newest]
    assert [one.status for one in told] == [Status.FAILED, Status.FAILED]
    assert [one.reason.partition(" in ")[2] for one in told] == ["order 1 of the calls at once", ""]


def test_a_call_that_would_wait_for_the_lock_lets_the_first_go_on(
    outcome: Callable[[str], Outcome],
) -> None:
    """No order ends with a lock that nobody gives back, however many callers there are."""
    push = "      - push: {name: A, skill_md: '# ${n}'}\n"
    assert outcome(f"\n  - together:\n{push * 4}    repeat: 2\n").status is Status.PASSED


def test_what_a_registry_remembers_of_a_call_is_seen_by_another_thread(
    outcome: Callable[[str], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one order the callers share a registry: what one leaves there the other finds."""
    push, tag = SkillController.push, SkillController.next_version
    last: list[Any] = []

    def remembered(self: Any, request: Any) -> Any:
        last[:] = [request]
        return push(self, request)

    monkeypatch.setattr(SkillController, "push", remembered)
    monkeypatch.setattr(
        SkillController, "next_version", lambda self, _, *others: tag(self, last[0], *others)
    )
    pushes = "".join(
        f"      - push: {{name: A, tag: v{n}}}\n        returns: {{spec.tag: v{n}}}\n" for n in "12"
    )
    told = outcome(f"\n  - together:\n{pushes}")
    assert told.reason == "the answer is not the expected one in order 1 of the calls at once"


def test_a_refusal_of_the_callers_own_is_raised_in_the_unit(
    outcome: Callable[[str], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that ends a unit with it as with a success is red."""
    transaction = SqliteStore.transaction

    @contextmanager
    def kept(self: SqliteStore) -> Iterator[None]:
        refusal = None
        with transaction(self):
            try:
                yield
            except StatusError as error:
                refusal = error
        if refusal is not None:
            raise refusal

    monkeypatch.setattr(SqliteStore, "transaction", kept)
    steps = """
  - transaction:
      - save_resource: {id: a, message: {spec.tag: v1}}
    ends: ENDING
  - list_resources:
    returns: []
"""
    ends = {ending: outcome(steps.replace("ENDING", ending)).status for ending in ENDINGS}
    assert ends == {"interrupted": Status.PASSED, "refused": Status.FAILED}


def test_a_caller_who_reads_lets_others_in_too(
    outcome: Callable[[str], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two reads that no transaction holds together a record can go away."""

    def one_by_one(self: SqliteStore, kind: str) -> list[bytes]:
        listed = self.resource_rows(kind)
        return [self._read(self.queries.get_resource, kind, id=id_)[0] for id_, _ in listed]

    monkeypatch.setattr(SqliteStore, "list_resources", one_by_one)
    told = outcome("""
  - save_resource: {id: a, message: {spec.tag: v1}}
  - together:
      - list_resources:
        returns: {one_of: [[{spec.tag: v1}], []]}
      - delete_resource: {id: a}
""")
    assert (told.status, told.reds[0].answer.failure is None) == (Status.FAILED, False)


def test_a_registry_with_a_lock_of_its_own_is_not_waited_for_without_end(
    outcome: Callable[[str], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of calls that exclude one another outside SQLite none can be let in between; all end."""
    one_at_a_time, push = Lock(), SkillController.push

    def locked(*arguments: Any, **named: Any) -> Any:
        with one_at_a_time:
            return push(*arguments, **named)

    monkeypatch.setattr(SkillController, "push", locked)
    monkeypatch.setattr(interleaving, "_PATIENCE_SECONDS", 0.01)
    pushes = "      - push: {name: A, skill_md: '# ${n}'}\n" * 2
    assert outcome(f"\n  - together:\n{pushes}    repeat: 1\n").status is Status.PASSED


def test_a_connection_in_use_is_left_alone(tmp_path: Path, on_local: Any) -> None:
    """What watches it goes when nobody asks it anything: both would wait without end."""
    with on_local(NOTHING, tmp_path / "t.db") as target:
        stop = interleaving._Stop(target, target, 0, lambda: None)
        ending = Thread(target=stop.over)
        with target.store.undisturbed():
            ending.start()
            ending.join(0.05)
            assert ending.is_alive()
        ending.join()


def test_the_time_zone_is_left_with_the_scenario(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, on_local: Any
) -> None:
    """The process lives elsewhere while the scenario runs, and where it did before afterwards."""
    monkeypatch.setenv("TZ", "Pacific/Apia")
    time.tzset()
    before = time.tzname
    with on_local(NOTHING, tmp_path / "t.db") as target:
        assert target.perform("set_timezone", {"zone": "Atlantis"}).failure is not None
        assert target.perform("set_timezone", {"zone": "Asia/Kolkata"}).failure is None
        assert time.tzname == ("IST", "IST")
    assert (os.environ["TZ"], time.tzname) == ("Pacific/Apia", before)
    monkeypatch.undo()
    time.tzset()


def test_a_process_can_die_while_it_opens_a_file(tmp_path: Path) -> None:
    """What it leaves is the file as it was before the statement that it did not come to."""
    path = tmp_path / "old.db"
    path.write_bytes(legacy_database([ResourceRow("skill", "skl-1", b"")]))
    crash = Crash(path, 1, lambda: None)
    with crash.watching(SqliteStore(tmp_path / "other.db")), SqliteStore(path):
        pass
    assert crash.statements > 3
    path.write_bytes(crash.image())
    with closing(sqlite3.connect(path)) as left:
        tables = {name for (name,) in left.execute("SELECT name FROM sqlite_master")}
    assert "resources" in tables
    assert "resource_audit" not in tables


def test_a_lock_is_seen_from_outside(tmp_path: Path, on_local: Any) -> None:
    """What decides about an order asks the file, not the connection."""
    with on_local(NOTHING, tmp_path / "t.db") as target:
        assert not is_locked(target.store)
        unlock = lock(target.store)
        assert is_locked(target.store)
        unlock()
        assert not is_locked(target.store)
