"""Where the scenarios that ship with the package are."""

from __future__ import annotations

from pathlib import Path

from pytest_stigmer.errors import UsageError

SUFFIX = ".scenario.yaml"


def scenario_folder() -> Path:
    """Return the folder of the shipped scenarios: in the package, or in a checkout beside src."""
    package = Path(__file__).parents[1]
    places = [package / "scenarios", package.parents[1] / "scenarios"]
    for place in places:
        if any(place.rglob(f"*{SUFFIX}")):
            return place
    looked = " and ".join(map(str, places))
    msg = f"the shipped scenarios are missing; looked in {looked}: reinstall pytest-stigmer"
    raise UsageError(msg)


def shipped_scenarios() -> list[Path]:
    """Return the files of the shipped scenarios, sorted."""
    return sorted(scenario_folder().rglob(f"*{SUFFIX}"))
