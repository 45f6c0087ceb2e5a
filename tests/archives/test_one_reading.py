"""Whoever unpacks an accepted artifact finds the same names, files and folders, of one content."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from tests.archives.honest import honest
from tests.archives.mutants import Mutator
from tests.archives.readers import Readers

from pytest_stigmer.errors import ArchiveError
from pytest_stigmer.factories.bad_artifacts import BAD_ARTIFACTS
from pytest_stigmer.factories.flawed_readings import flawed_readings

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 14
SMALL = 10_000
"""Bytes of the honest archives that are turned into mutants, and unpacked in the fast lane."""

READ_ALIKE = {
    *("bytes_before_the_end", "bytes_after", "bytes_between", "unknown_extra_field"),
    *(
        "skill_md_in_other_case",
        "skill_md_with_a_dot",
        "folder_with_content",
        "two_forms_of_a_name",
    ),
    *("packed_as_dot", "short_name_control", "short_name_bomb", "second_end", "shared_bytes"),
}
"""What programs read alike on Linux: no honest packer writes it, or other systems differ."""

UNWRITABLE = {"long_name", "nested_folders"}
"""What Python cannot even clean up."""


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    """Give every reader of this machine."""
    found = Readers.on_this_machine(tmp_path_factory.mktemp("readers"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Give what honest packers write."""
    return dict(honest(tmp_path_factory.mktemp("honest")))


def hold(readers: Readers, mutator: Mutator, count: int) -> Counter[str]:
    """Let all readers read what is accepted of so many mutants; count and demand no difference."""
    found: Counter[str] = Counter()
    for number in range(count):
        data = mutator.archive()
        try:
            differences = readers.differences(data)
        except ArchiveError:
            found["refused"] += 1
        else:
            found["accepted"] += 1
            assert differences == [], (number, data.hex())
    return found


@pytest.mark.parametrize("most", [SMALL, pytest.param(sys.maxsize, marks=pytest.mark.soak)])
def test_what_honest_packers_write_is_accepted_and_read_alike(
    readers: Readers, archives: dict[str, bytes], most: int
) -> None:
    """Streamed or not, of whatever system, with comments, ZIP64 records, and any date."""
    small = {name: data for name, data in archives.items() if len(data) < most}
    assert [(name, readers.differences(data)) for name, data in small.items()] == [
        (name, []) for name in small
    ]
    assert len(small) > 20


def test_no_mutant_is_read_differently(readers: Readers, archives: dict[str, bytes]) -> None:
    """A few hundred archives that are nearly honest; the slow lane has twenty thousand."""
    small = [data for data in archives.values() if len(data) < SMALL]
    assert hold(readers, Mutator(SEED, small), 300)["accepted"] > 50


@pytest.mark.soak
def test_no_mutant_of_twenty_thousand_is_read_differently(
    readers: Readers, archives: dict[str, bytes]
) -> None:
    """About a quarter is accepted, and all programs of this machine agree on each."""
    small = [data for data in archives.values() if len(data) < SMALL]
    found = hold(readers, Mutator(SEED, small), 20_000)
    print(f"{dict(found)}, read by {', '.join(readers.by_name)}")  # noqa: T201 - for the note
    assert found["accepted"] > 4_000


def test_equal_seeds_make_equal_mutants() -> None:
    """A difference is found again by its number."""
    one, two = Mutator(7, [b"x"]), Mutator(7, [b"x"])
    assert all(one.archive() == two.archive() for _ in range(200))


@pytest.mark.parametrize(
    "kind",
    [bad.kind for bad in flawed_readings() if bad.kind not in READ_ALIKE | UNWRITABLE],
)
def test_what_is_refused_is_really_read_differently(readers: Readers, kind: str) -> None:
    """The rules were found by running the programs; at least two of them disagree, or one fails."""
    if len(readers.by_name) < 5:
        pytest.skip(f"only {', '.join(readers.by_name)} here")
    readings = readers.readings(BAD_ARTIFACTS[kind].build())
    distinct = {repr(sorted(r.items()) if isinstance(r, dict) else r) for r in readings.values()}
    assert len(distinct) > 1
