"""Audit histories: pure values that say what a registry holds after many pushes."""

import datetime as dt
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_stigmer.api.generation import Generation
from pytest_stigmer.clock import DEFAULT_START, FrozenClock, parse_instant, stopwatch
from pytest_stigmer.errors import UsageError
from pytest_stigmer.factories.audit_history import History
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.factories.loading import ProgressBar, load_history
from pytest_stigmer.store.sqlite import SqliteStore

START = parse_instant(DEFAULT_START)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Give an open store on a fresh file."""
    with SqliteStore(tmp_path / "stigmer.db") as opened:
        yield opened


def offsets(history: History) -> list[float]:
    """Return the seconds of each row after the start."""
    return [(row.archived_at - START).total_seconds() for row in history.rows if row.archived_at]


def test_a_history_has_a_row_per_version_and_resource(factory: Factory) -> None:
    """Three versions of two resources are six rows, version by version."""
    history = factory.audit_history(versions=3, resources=["a", "b"])
    assert [row.resource_id for row in history.rows] == ["a", "b", "a", "b", "a", "b"]
    assert len(history.rows) == 6


def test_rows_can_be_read_again(factory: Factory) -> None:
    """A second reading makes equal rows."""
    history = factory.audit_history()
    assert list(history.rows) == list(history.rows)
    assert next(iter(history.rows)) in history.rows


def test_equal_seed_and_test_give_equal_histories(factory: Factory, generation: Generation) -> None:
    """A second factory makes the same rows."""
    again = Factory(7, "test", generation)
    assert list(again.audit_history(versions=9).rows) == list(
        factory.audit_history(versions=9).rows
    )


def test_a_row_holds_the_skill_of_its_version(factory: Factory, generation: Generation) -> None:
    """Message, hash and tag of a row agree."""
    row = list(factory.audit_history(resources=["skl-1"], tags="stable").rows)[1]
    skill = generation.codec.skill(generation.Skill.FromString(row.data))
    assert (skill.metadata.id, skill.tag, skill.version_hash) == (
        "skl-1",
        "stable",
        row.version_hash,
    )
    assert skill.version_hash == hashlib.sha256(skill.skill_md.encode()).hexdigest()


def test_only_the_first_version_was_created(factory: Factory, generation: Generation) -> None:
    """The first event is `created`, later ones are `updated` and keep the first instant."""
    skills = [
        generation.codec.skill(generation.Skill.FromString(row.data))
        for row in factory.audit_history(versions=3, spacing="0ms").rows
    ]
    audits = [skill.spec_audit for skill in skills]
    assert [audit.event for audit in audits] == ["created", "updated", "updated"]
    assert {audit.created_at for audit in audits} == {int(START.timestamp()) * 1_000_000_000}


def test_a_version_was_updated_when_it_was_archived(
    factory: Factory, generation: Generation
) -> None:
    """Both halves of the audit carry the row's instant, to the nanosecond."""
    *_, row = factory.audit_history(versions=2, spacing="1s300ms").rows
    skill = generation.codec.skill(generation.Skill.FromString(row.data))
    at = int(START.timestamp()) * 1_000_000_000 + 1_300_000_000
    assert (skill.spec_audit.updated_at, skill.status_audit.updated_at) == (at, at)


@pytest.mark.parametrize(
    ("spacing", "expected"),
    [
        ("0ms", [0, 0, 0, 0]),
        ("300ms", [0, 0.3, 0.6, 0.9]),
        (dt.timedelta(seconds=2), [0, 2, 4, 6]),
        ("-1h", [0, -3600, -7200, -10800]),
        (["1s", "-3s"], [0, 1, -2, -1]),
    ],
)
def test_spacing_is_the_time_between_versions(
    factory: Factory, spacing: str, expected: list[float]
) -> None:
    """Durations add up, may be negative and repeat."""
    assert offsets(factory.audit_history(versions=4, spacing=spacing)) == expected


def test_start_is_the_first_instant(factory: Factory) -> None:
    """The first version stands at the instant given."""
    (row,) = factory.audit_history(versions=1, start="2026-02-01T00:00:00+01:00").rows
    assert row.archived_at == dt.datetime(2026, 1, 31, 23, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("stable", ["stable"] * 4),
        (["stable", ""], ["stable", "", "stable", ""]),
        (lambda number: f"v{number}", ["v1", "v2", "v3", "v4"]),
    ],
)
def test_tags_are_one_several_or_a_function(
    factory: Factory, tags: str, expected: list[str]
) -> None:
    """A text stays, a sequence repeats, a function takes the version's number."""
    assert [row.tag for row in factory.audit_history(versions=4, tags=tags).rows] == expected


def test_content_that_returns_has_the_hash_it_had(factory: Factory) -> None:
    """The pattern A B A gives the first hash again."""
    first, second, third = factory.audit_history(skill_md=["A", "B"]).rows
    assert first.version_hash == third.version_hash != second.version_hash


def test_resources_are_counted_per_kind(factory: Factory) -> None:
    """Two resources of two kinds are four, with ids of their own."""
    rows = list(factory.audit_history(versions=1, resources=2, kinds=["skill", "agent"]).rows)
    assert [row.kind for row in rows] == ["skill", "skill", "agent", "agent"]
    assert len({row.resource_id for row in rows}) == 4


def test_the_live_rows_are_the_last_versions(factory: Factory) -> None:
    """Each resource has one live row: the bytes of its newest audit row."""
    history = factory.audit_history(versions=4, resources=["a", "b"])
    newest = list(history.rows)[-2:]
    assert [(row.id, row.data) for row in history.live] == [
        (row.resource_id, row.data) for row in newest
    ]


def test_a_history_without_versions_is_empty(factory: Factory) -> None:
    """No version, no row of either sort."""
    history = factory.audit_history(versions=0)
    assert (list(history.rows), history.live) == ([], [])


@pytest.mark.parametrize("fields", [{"versions": -1}, {"tags": []}, {"spacing": []}])
def test_a_history_that_cannot_be_is_refused(factory: Factory, fields: dict[str, object]) -> None:
    """A negative number and an empty pattern are usage errors that name the field."""
    with pytest.raises(UsageError, match=next(iter(fields))):
        factory.audit_history(**fields)  # type: ignore[arg-type]


def test_an_unknown_field_is_a_type_error_with_the_nearest(factory: Factory) -> None:
    """A misspelt keyword is answered with the field that was meant."""
    with pytest.raises(TypeError, match="'version'; did you mean 'versions'"):
        factory.audit_history(version=1)  # type: ignore[call-arg]


def test_a_loaded_history_is_listed_newest_first(factory: Factory, store: SqliteStore) -> None:
    """The store returns the rows in the opposite of their order, and the live row."""
    history = factory.audit_history(versions=5, resources=["skl-1"], spacing="-1h")
    load_history(store, history)
    assert store.list_audit_history("skill", "skl-1") == [row.data for row in history.rows][::-1]
    assert store.list_resources("skill") == [history.live[0].data]


def test_loading_is_one_transaction(factory: Factory, store: SqliteStore) -> None:
    """A row that cannot be stored takes the live rows and the whole history with it."""
    history = factory.audit_history(resources=["skl-1"], tags=["good", "bad\ud800", "good"])
    with pytest.raises(ValueError, match="ud800"):
        load_history(store, history)
    assert store.list_resources("skill") == []
    assert store.list_audit_history("skill", "skl-1") == []


def test_a_stopwatch_runs_while_the_clock_is_frozen() -> None:
    """The bar waits by real seconds."""
    with FrozenClock():
        assert len({stopwatch() for _ in range(10_000)}) > 1


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Answer as a terminal does."""
        return True


def drawn(stream: io.StringIO, seconds: list[float]) -> str:
    """Return what a bar draws when its clock gives these answers."""
    with ProgressBar("loading", stream, seconds=iter(seconds).__next__) as progress:
        progress(50_000, 100_000)
    return stream.getvalue()


def test_a_bar_shows_on_a_terminal_after_a_second() -> None:
    """The bar says how many rows of how many, and erases itself."""
    text = drawn(Terminal(), [0.0, 1.5])
    assert "loading [###############               ] 50,000 of 100,000" in text
    assert text.endswith("\r\x1b[2K")


def test_no_bar_shows_within_the_first_second() -> None:
    """What is quickly done is not announced."""
    assert drawn(Terminal(), [0.0, 0.5]) == ""


def test_no_bar_shows_without_a_terminal() -> None:
    """A log file or a pipe gets nothing."""
    assert drawn(io.StringIO(), [0.0, 1.5]) == ""
