"""Public names: at hand without pytest, and free until they are used."""

import subprocess
import sys

import pytest

import pytest_stigmer


def printed(code: str) -> str:
    """Return what a fresh interpreter prints for this code."""
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return found.stdout.strip()


FOR_TESTS = {"SharedSkills", "SkillContract", "StoreContract", "StoreFactory"}
"""What is used within tests alone."""


def test_public_names_are_importable_without_pytest() -> None:
    """Every name but those of the kit stands in the package without pytest."""
    names = ", ".join(sorted(set(pytest_stigmer.__all__) - FOR_TESTS))
    code = f"import sys; from pytest_stigmer import {names}; print('pytest' in sys.modules)"
    assert printed(code) == "False"


def test_every_public_name_has_a_home() -> None:
    """The list of names and the table of their modules agree, in order."""
    assert sorted(pytest_stigmer._HOMES) == sorted(pytest_stigmer.__all__)
    assert set(pytest_stigmer.__all__) <= set(dir(pytest_stigmer))


def test_an_unknown_name_is_an_attribute_error() -> None:
    """The package answers as any module does."""
    with pytest.raises(AttributeError, match="'pytest_stigmer' has no attribute 'nothing'"):
        pytest_stigmer.nothing  # noqa: B018
