"""Where the scenarios are that ship with the package, and those that other distributions add.

Another distribution adds its own through the entry point group `pytest_stigmer.scenarios`: each
entry point names a package or module, whose folder is searched for scenario files.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from pytest_stigmer.errors import UsageError
from pytest_stigmer.scenario.model import scenario_files

DISTRIBUTION = "pytest-stigmer"  # who ships the scenarios of this package
ENTRY_POINT_GROUP = "pytest_stigmer.scenarios"


def scenario_folder() -> Path:
    """Return the folder of the shipped scenarios: in the package, or in a checkout beside src."""
    package = Path(__file__).parents[1]
    places = [package / "scenarios", package.parents[1] / "scenarios"]
    for place in places:
        if scenario_files(place):
            return place
    looked = " and ".join(map(str, places))
    msg = f"the shipped scenarios are missing; looked in {looked}: reinstall pytest-stigmer"
    raise UsageError(msg)


def shipped_scenarios() -> list[Path]:
    """Return the files of the shipped scenarios, sorted."""
    return scenario_files(scenario_folder())


def scenario_folders() -> list[Path]:
    """Return the shipped scenarios' folder and those that other distributions register."""
    return list(_owners())


@cache
def _owners() -> dict[Path, str]:
    owners = {scenario_folder(): DISTRIBUTION}
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name):
        owners[Path(point.load().__file__).parent] = point.dist.name if point.dist else ""
    return owners


def known_scenarios() -> list[Path]:
    """Return the files of the shipped and the registered scenarios, sorted."""
    return sorted(path for folder in scenario_folders() for path in scenario_files(folder))


@cache
def known_claims() -> frozenset[str]:
    """Return the defects that any known scenario claims, under a condition or without."""
    from pytest_stigmer.scenario.loader import load

    scenarios = [load(path) for path in known_scenarios()]
    under = (claims for one in scenarios for claims in one.detects_under.values())
    return frozenset().union(*under, *(one.detects for one in scenarios))


@cache
def _shipped_names() -> frozenset[tuple[str, ...]]:
    return frozenset(path.parts[-2:] for path in shipped_scenarios())


def owner_of(path: Path) -> str | None:
    """Return the distribution that ships a scenario; None for a user's own.

    A shipped one is known by its family and name, wherever a copy of it lies.
    """
    if path.parts[-2:] in _shipped_names():
        return DISTRIBUTION
    owners = (owner for folder, owner in _owners().items() if folder in path.parents)
    return next(owners, None)
