"""One clock drives Python, SQLite and protobuf."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import freezegun
import pytest

from pytest_stigmer.clock import (
    FrozenClock,
    SystemClock,
    parse_duration,
    parse_instant,
    python_disagreements,
)
from pytest_stigmer.errors import ClockIncoherent
from pytest_stigmer.harness.fixture_bodies import probe

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.skills.endpoint import SkillClient
    from pytest_stigmer.store.sqlite import SqliteStore

NOW = "SELECT datetime('now'), current_timestamp, strftime('%f', 'now'), julianday('now')"


def test_a_frozen_clock_stands_still_until_it_is_moved() -> None:
    """Between two moves every reading is the same, after a move it is the new instant."""
    with FrozenClock("2026-01-25T10:00:00.100Z") as clock:
        first = clock.now()
        assert clock.now() == first == dt.datetime(2026, 1, 25, 10, 0, 0, 100_000, tzinfo=dt.UTC)
        assert clock.advance("300ms") == first + dt.timedelta(milliseconds=300)
        assert clock.move_to("2026-01-25T09:00:00Z").hour == 9
        assert dt.datetime.now(dt.UTC) == clock.now()


def test_the_clock_goes_on_where_the_system_is_when_it_thaws() -> None:
    """Leaving a frozen clock gives Python its own time back."""
    with FrozenClock("2001-01-01T00:00:00Z"):
        pass
    assert dt.datetime.now(dt.UTC).year > 2001


def test_a_clock_is_used_within_its_block_and_by_one_block_at_a_time() -> None:
    """Before, after and a second time within, the error says so; a later block goes on."""
    clock = FrozenClock("2001-01-01T00:00:00Z")
    with pytest.raises(ClockIncoherent, match="only within its `with` block"):
        clock.now()
    with clock, pytest.raises(ClockIncoherent, match="in use"):
        clock.__enter__()
    with pytest.raises(ClockIncoherent, match="only within its `with` block"):
        clock.advance("1s")
    with clock:
        assert dt.datetime.now(dt.UTC) == clock.now() == dt.datetime(2001, 1, 1, tzinfo=dt.UTC)


def test_sqlite_follows_the_frozen_clock_below_the_second(
    stigmer_store: SqliteStore, stigmer_clock: FrozenClock
) -> None:
    """A store connection's own SQL sees the frozen instant, to the millisecond."""
    stigmer_clock.move_to("2026-01-25T10:00:00.123Z")
    row = stigmer_store.connection.execute(NOW).fetchone()
    assert row[:3] == ("2026-01-25 10:00:00", "2026-01-25 10:00:00", "00.123")
    assert row[3] == pytest.approx(2461065.916668090, abs=1e-9)
    stigmer_clock.advance("-1h")
    assert stigmer_store.connection.execute(NOW).fetchone()[0] == "2026-01-25 09:00:00"


def test_a_store_opened_before_the_clock_froze_follows_it(stigmer_store: SqliteStore) -> None:
    """The order of opening and freezing does not matter."""
    with FrozenClock("2030-05-05T05:05:05Z"):
        now = stigmer_store.connection.execute("SELECT datetime('now')").fetchone()
    assert now == ("2030-05-05 05:05:05",)


@pytest.mark.stigmer_clock("2026-02-03T04:05:06.700Z")
def test_the_mark_alone_freezes() -> None:
    """A marked test runs at the mark's instant without asking for the fixture."""
    assert dt.datetime.now(dt.UTC).isoformat() == "2026-02-03T04:05:06.700000+00:00"


@pytest.mark.parametrize(
    "year",
    [
        pytest.param(2026, marks=pytest.mark.stigmer_clock("2026-02-03T04:05:06Z")),
        pytest.param(2027, marks=pytest.mark.stigmer_clock("2027-02-03T04:05:06Z")),
    ],
)
def test_each_parameter_can_carry_a_mark_of_its_own(year: int) -> None:
    """Marks of parameters freeze each its own run."""
    assert dt.datetime.now(dt.UTC).year == year


def test_a_store_follows_a_users_own_freeze(stigmer_store: SqliteStore) -> None:
    """Without stigmer_clock a user's freezegun block sets the store's time."""
    with freezegun.freeze_time("2019-09-09 09:09:09"):
        now = stigmer_store.connection.execute("SELECT datetime('now')").fetchone()
    assert now == ("2019-09-09 09:09:09",)


@pytest.mark.parametrize("offset", [-4, dt.timedelta(hours=5, minutes=30)])
def test_a_users_freeze_with_an_offset_moves_no_instant(
    stigmer_store: SqliteStore, stigmer_skills: SkillClient, stigmer_factory: Factory, offset: Any
) -> None:
    """What is stored is the frozen instant, wherever the user's local time is moved to."""
    with freezegun.freeze_time("2019-09-09 09:09:09", tz_offset=offset):
        now = stigmer_store.connection.execute("SELECT datetime('now')").fetchone()
        skill = stigmer_skills.push(stigmer_factory.push_request())
        assert SystemClock().now() == dt.datetime(2019, 9, 9, 9, 9, 9, tzinfo=dt.UTC)
    assert now == ("2019-09-09 09:09:09",)
    assert skill.status.audit.spec_audit.created_at.ToJsonString() == "2019-09-09T09:09:09Z"


def test_the_timeout_of_a_process_fires_under_a_frozen_clock() -> None:
    """Waiting for another process takes real time, and ends when the user said."""
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with FrozenClock(), pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(command, timeout=0.05, check=True)


def test_a_store_follows_time_machine(stigmer_store: SqliteStore) -> None:
    """Without stigmer_clock a user's time-machine block sets the store's time."""
    time_machine = pytest.importorskip("time_machine")
    with time_machine.travel(dt.datetime(2018, 8, 8, 8, 8, 8, tzinfo=dt.UTC), tick=False):
        now = stigmer_store.connection.execute("SELECT datetime('now')").fetchone()
    assert now == ("2018-08-08 08:08:08",)


def test_a_freeze_inside_the_clock_wins_and_the_clocks_verbs_refuse(
    stigmer_store: SqliteStore, stigmer_clock: FrozenClock
) -> None:
    """Inside another freeze Python and SQLite follow it, and the clock names the conflict."""
    with freezegun.freeze_time("2019-09-09 09:09:09"):
        now = stigmer_store.connection.execute("SELECT datetime('now')").fetchone()
        with pytest.raises(ClockIncoherent, match="another freeze"):
            stigmer_clock.advance("1s")
    assert now == ("2019-09-09 09:09:09",)
    assert stigmer_clock.advance("1s") == stigmer_clock.now()


def test_asyncio_goes_on_under_a_frozen_clock(stigmer_clock: FrozenClock) -> None:
    """A sleeping coroutine wakes up although the clock stands still."""

    async def sleeper() -> dt.datetime:
        await asyncio.sleep(0.001)
        return dt.datetime.now(dt.UTC)

    assert asyncio.run(sleeper()) == stigmer_clock.now()


def test_a_thread_sees_the_frozen_clock_through_the_store(
    stigmer_store: SqliteStore, stigmer_clock: FrozenClock
) -> None:
    """A store used from another thread writes the frozen time."""
    seen: list[tuple[str]] = []
    query = "SELECT datetime('now')"
    thread = threading.Thread(
        target=lambda: seen.extend(stigmer_store.connection.execute(query).fetchall())
    )
    thread.start()
    thread.join()
    assert seen == [(stigmer_clock.now().strftime("%Y-%m-%d %H:%M:%S"),)]


def test_the_probe_names_each_source_of_time_that_disagrees() -> None:
    """Sources that say something else than the clock are listed, agreeing ones are not."""
    with FrozenClock("2026-01-25T10:00:00.9996Z") as clock:
        assert python_disagreements(clock.now()) == []
        lines = python_disagreements(clock.now() + dt.timedelta(seconds=1))
    assert any(line.startswith("time.time()") for line in lines)
    assert any(line.startswith("datetime.now(UTC)") for line in lines)


def test_the_probe_asks_each_source_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deprecated source that others still ask is named although the rest agree."""
    yesterday = dt.datetime(2026, 1, 24)  # noqa: DTZ001 - as utcnow gives it
    with FrozenClock("2026-01-25T00:00:00Z") as clock:
        monkeypatch.setattr(dt.datetime, "utcnow", lambda: yesterday)
        (line,) = python_disagreements(clock.now())
    assert line.startswith("datetime.utcnow() says")


def test_the_probe_compares_sqlite_too(
    stigmer_store: SqliteStore, stigmer_clock: FrozenClock
) -> None:
    """A connection whose date functions do not follow the clock is named."""
    probe(stigmer_clock, stigmer_store)
    stigmer_store.connection.create_function("date", -1, lambda *_: "1999-09-09")
    with pytest.raises(ClockIncoherent, match=r"SQLite's date\('now'\) says 1999-09-09"):
        probe(stigmer_clock, stigmer_store)


@pytest.mark.parametrize(
    ("fixtures", "broken", "told"),
    [
        (
            "stigmer_clock",
            "freezegun.configure(extend_ignore_list=['pytest_stigmer'])",
            "time.time() says",
        ),
        (
            "stigmer_clock, stigmer_store",
            "clock_functions.instant_text = lambda _: '1999-09-09'",
            "SQLite's date('now') says 1999",
        ),
    ],
)
def test_a_test_with_incoherent_time_does_not_start(
    pytester: pytest.Pytester, fixtures: str, broken: str, told: str
) -> None:
    """The fixtures compare all sources of time, and a test that would see two times is an error."""
    pytester.makepyfile(f"""
        import freezegun
        from pytest_stigmer.store import clock_functions
        {broken}
        def test_it({fixtures}): pass
    """)
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ClockIncoherent: sources of time disagree*"])
    assert told in result.stdout.str()


def test_frozen_time_moves_python_and_file_times_apart_from_real_durations() -> None:
    """perf_counter stands still with the clock, as freezegun has it."""
    with FrozenClock():
        before = time.perf_counter()
        assert time.perf_counter() == before


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("300ms", 300), ("-1h", -3_600_000), ("1m30s", 90_000), ("1.5s", 1500), ("2d", 172_800_000)],
)
def test_durations_are_a_number_and_a_unit(text: str, milliseconds: int) -> None:
    """Durations read as written, in either direction."""
    assert parse_duration(text) == dt.timedelta(milliseconds=milliseconds)


@pytest.mark.parametrize("text", ["", "300", "ms", "1 s", "1x", "--1s", "1s later"])
def test_other_durations_are_refused_with_an_example(text: str) -> None:
    """What is not a duration is refused and the form is shown."""
    with pytest.raises(ValueError, match="300ms"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["yesterday", "2026-01-25T10:00:00", "2026-13-01T00:00:00Z"])
def test_instants_without_a_zone_or_form_are_refused(text: str) -> None:
    """What is not an instant with a zone is refused and the form is shown."""
    with pytest.raises(ValueError, match=r"2026-01-25T10:00:00\.100Z"):
        parse_instant(text)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (parse_duration, "99999999999d"),
        (parse_duration, "-999999999d23h59m59.999999s"),
        (parse_instant, "0001-01-01T00:00:00+01:00"),
    ],
)
def test_what_python_cannot_hold_is_refused_as_any_wrong_text(
    read: Callable[[str], object], text: str
) -> None:
    """A duration or an instant out of Python's range is a ValueError that quotes it."""
    with pytest.raises(ValueError, match=re.escape(text)):
        read(text)


@pytest.mark.parametrize("duration", ["9999999d", dt.timedelta(days=-9999999)])
def test_a_step_out_of_the_calendar_is_refused(duration: str | dt.timedelta) -> None:
    """Both ends of the step are named, and the clock stays where it is."""
    with FrozenClock("2026-01-25T10:00:00Z") as clock:
        with pytest.raises(
            ValueError, match=r"9999999 ?d.* from 2026-01-25 .* the years 1 to 9999"
        ):
            clock.advance(duration)
        assert clock.now() == parse_instant("2026-01-25T10:00:00Z")


def test_instants_are_turned_to_utc() -> None:
    """An instant with an offset is the same instant in UTC."""
    assert parse_instant("2026-01-25T12:00:00+02:00") == dt.datetime(2026, 1, 25, 10, tzinfo=dt.UTC)
