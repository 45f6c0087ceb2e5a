"""The catalogue is well formed, cheap to load, and leaves the reference alone."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from pytest_stigmer import defects
from pytest_stigmer.defects import catalogue as catalogue_module
from pytest_stigmer.defects.catalogue import catalogue, find
from pytest_stigmer.errors import UsageError
from pytest_stigmer.registry.assembly import REFERENCE, Recipe

ROOT = Path(defects.__file__).parent
FILES = sorted(path for path in ROOT.glob("*/*.py") if path.name != "__init__.py")
LONGEST_HARM = 130


def test_there_are_over_fifty_defects() -> None:
    """The catalogue is one that a registry can fail in many ways."""
    assert len(FILES) > 50


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_defect_is_one_file_with_id_harm_origin_and_change(path: Path) -> None:
    """The id is the file's stem, the family its folder, the harm one sentence."""
    defect = find(path.stem.replace("_", "-"))
    assert defect.family == path.parent.name
    assert defect.harm.endswith(".")
    assert ". " not in defect.harm
    assert len(defect.harm) <= LONGEST_HARM
    assert defect.origin.strip()
    assert (defect.apply.__doc__ or "").endswith(".")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_defect_changes_a_copy_of_the_recipe(path: Path) -> None:
    """Applying it gives another recipe each time and leaves the reference as it is."""
    before = Recipe()
    changed = find(path.stem.replace("_", "-")).apply(REFERENCE)
    assert changed != REFERENCE
    assert before == REFERENCE


def test_every_id_is_a_defect_of_its_own() -> None:
    """No two files share a stem, so that none hides another."""
    assert len({path.stem for path in FILES}) == len(FILES)
    assert set(catalogue()) >= {path.stem.replace("_", "-") for path in FILES}


def test_every_family_says_what_it_is_about() -> None:
    """A family's docstring is what a listing can show as its heading."""
    for family in sorted({path.parent.name for path in FILES}):
        module = importlib.import_module(f"{defects.__name__}.{family}")
        assert (module.__doc__ or "").rstrip().endswith("."), family


def test_the_catalogue_loads_without_pytest() -> None:
    """A tool that lists the defects needs no test runner."""
    code = (
        "import sys; from pytest_stigmer.defects.catalogue import catalogue; "
        "catalogue(); sys.exit('pytest' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_id_is_answered_with_the_nearest() -> None:
    """A typo on the command line is found at once."""
    with pytest.raises(UsageError, match="did you mean 'tag-order-without-tiebreak'"):
        find("tag-order-without-tibreak")


def test_a_module_that_lacks_a_part_is_no_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a registered module forgot is named."""
    broken = ModuleType("acme.forgets_everything")
    monkeypatch.setattr(catalogue_module, "entry_points", lambda **_: [_Point(broken)])
    with pytest.raises(UsageError, match=r"acme\.forgets_everything .* has no HARM, ORIGIN, apply"):
        catalogue.__wrapped__()


class _Point:
    """What importlib.metadata gives for one entry of a group."""

    name = "acme"

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def load(self) -> ModuleType:
        """Return the module."""
        return self._module
