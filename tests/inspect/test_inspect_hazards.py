"""Ordering hazards: ties within a second, clocks that step back, and what tags name then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.store.inspect import inspect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.inspect.conftest import Ask, Told


def test_a_history_of_distinct_ascending_seconds_is_clean(
    audits: Callable[..., Path], inspected: Callable[..., Told]
) -> None:
    """Where the clock alone tells the order, nothing is reported and the exit code is 0."""
    told = inspected(audits((0, "stable", "h1"), (1, "stable", "h2")))
    assert told.code == 0
    assert "the clock alone tells the order" in told.out


def test_a_tag_moved_within_one_second_is_answered_wrongly_by_the_clock_alone(ask: Ask) -> None:
    """Of two records in one second the real index gives the older one, and this is told."""
    told = ask((0, "stable", "h1"), (0.3, "stable", "h2"))
    (tag,) = told.data["tags_at_risk"]["shown"]
    answers = [tag[way]["version_hash"] for way in ("newest", "with_tiebreak", "without_tiebreak")]
    assert (told.code, answers, tag["tied"]) == (1, ["h2", "h2", "h1"], 2)
    assert tag["is_wrong"]


def test_a_tag_is_not_wrong_when_the_tied_records_hold_one_version(ask: Ask) -> None:
    """Two snapshots of one version answer alike, whichever is picked; the tie is still told."""
    told = ask((0, "stable", "h1"), (0, "stable", "h1"))
    (tag,) = told.data["tags_at_risk"]["shown"]
    assert (told.code, tag["is_wrong"]) == (1, False)


def test_a_tag_whose_clock_stepped_back_is_wrong_with_the_tiebreak_too(ask: Ask) -> None:
    """The record inserted last is older by the clock, so both orders by the clock miss it."""
    told = ask((5, "stable", "h1"), (0, "stable", "h2"))
    (tag,) = told.data["tags_at_risk"]["shown"]
    assert (tag["newest"]["id"], tag["with_tiebreak"]["id"], tag["without_tiebreak"]["id"]) == (
        2,
        1,
        1,
    )
    assert told.data["histories"][0]["steps_back"] == 1


def test_a_tie_below_the_newest_record_endangers_the_history_and_no_tag(ask: Ask) -> None:
    """An old tie makes listings ambiguous, while the tag still names its one newest record."""
    told = ask((0, "t", "h1"), (0, "t", "h2"), (9, "t", "h3"))
    assert told.code == 1
    assert (told.data["histories_at_risk"], told.data["tags_at_risk"]["total"]) == (1, 0)


def test_records_of_two_resources_in_one_second_are_no_tie(
    audits: Callable[..., Path], inspected: Callable[..., Told]
) -> None:
    """Order is told per resource: what happens to others in the same second does not matter."""
    path = audits((0, "t", "h1", "skl-1"), (0, "t", "h2", "skl-2"), live=("skl-1", "skl-2"))
    assert inspected(path).code == 0


def test_records_with_other_tags_in_one_second_endanger_the_history_only(ask: Ask) -> None:
    """Two tags of one second each name one record, while the listing rests on the tiebreak."""
    told = ask((0, "a", "h1"), (0, "b", "h2"))
    assert (told.code, told.data["tags_at_risk"]["total"]) == (1, 0)


def test_untagged_records_are_not_a_tag(ask: Ask) -> None:
    """Records without a tag share no tag, however many fall into one second."""
    told = ask((0, "", "h1"), (0, "", "h2"))
    assert told.data["tags_at_risk"]["total"] == 0
    assert told.data["histories"][0]["tags"]["total"] == 0


def test_histories_at_risk_come_first(
    audits: Callable[..., Path], inspected: Callable[..., Told]
) -> None:
    """With room for one history the one with the tie is shown, not the first by id."""
    path = audits((0, "t", "h1", "skl-1"), (1, "t", "h2", "skl-2"), (1, "t", "h3", "skl-2"))
    told = inspected(path, "--json", "--limit", "1")
    assert [history["resource_id"] for history in told.data["histories"]] == ["skl-2"]


def test_totals_count_what_a_limit_leaves_out(
    audits: Callable[..., Path], inspected: Callable[..., Told]
) -> None:
    """A list cut by --limit still tells how many entries there are."""
    records = [(0, "t", f"h{n}", f"skl-{n // 2}") for n in range(10)]
    told = inspected(audits(*records, live=()), "--json", "--limit", "2")
    counts = {name: told.data[name]["total"] for name in ("tags_at_risk", "orphans")}
    assert counts == {"tags_at_risk": 5, "orphans": 5}
    assert len(told.data["tags_at_risk"]["shown"]) == 2
    assert "... and 3 more" in inspected(told.data["path"], "--limit", "2").out


def test_ten_of_each_list_are_shown_unless_told_otherwise(audits: Callable[..., Path]) -> None:
    """The library shows as many as the command does."""
    orphans = inspect(audits(*[(0, "t", "h", f"skl-{n}") for n in range(12)], live=())).orphans
    assert (len(orphans.shown), orphans.total) == (10, 12)


def test_a_resource_can_be_asked_for(
    audits: Callable[..., Path], inspected: Callable[..., Told]
) -> None:
    """--resource shows that resource's history, with its ties, whatever else is at risk."""
    path = audits((0, "t", "h1"), (0, "t", "h2"), (0, "u", "h3", "skl-2"))
    told = inspected(path, "--json", "--resource", "skl-1")
    (history,) = told.data["histories"]
    assert [record["version_hash"] for record in history["records"]["shown"]] == ["h2", "h1"]
    assert (history["resource_id"], history["ties"]) == ("skl-1", 1)
