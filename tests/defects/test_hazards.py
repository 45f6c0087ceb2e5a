"""Every known hazard is in the catalogue, or it is said why not."""

from __future__ import annotations

import re

from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.defects.hazards import HAZARDS, explained, hazards_of

WITHOUT_DEFECT = {
    "D26": "it takes two processes; tests/store/test_store_processes.py opens one file from many",
    "D41": "a scenario does not choose the storage folder, whose name the words would come from",
    "D54": "a caller sees no file modes; tests/store holds them",
    "D55": "only the words of the failure differ; the defect for D40 holds them",
    "D56": "the reference has one connection; scenarios/README.md tells what a pool would do",
    "D57": "such paths are refused before any verb; tests/store/test_store_paths.py holds it",
    "D58": "a scenario names no path; tests/store/test_store_paths.py opens one with a `?`",
    "D59": "there is no default path here",
    "D60": "it is the start of another program",
    "D61": "the reference promises no authorisation either",
    "D62": "the reference promises the same actor",
    "D65": "it is another program; the API's answers are right",
    "D66": "it is another program; the API's answers are right",
    "D67": "it is another program; the API's answers are right",
    "D68": "it is another program; the API refuses the empty slug",
}
"""Why a hazard has no defect."""

OTHER_ORIGINS = re.compile(
    r"(fix|commit) [0-9a-f]{7}|stigmer b070f18|schema v3 idea|contract \d|Test[A-Z]\w+ of b070f18"
)


def test_every_hazard_has_a_defect_or_a_reason() -> None:
    """A hazard without a defect says why, and one with a defect has nothing to say."""
    named = {number for it in catalogue().values() for number in hazards_of(it.origin)}
    assert set(HAZARDS) - named == set(WITHOUT_DEFECT)


def test_every_origin_is_a_known_hazard_or_change() -> None:
    """An origin names known hazards, a commit, a test or source file, or a schema idea."""
    for defect in catalogue().values():
        numbers = hazards_of(defect.origin)
        assert set(numbers) <= set(HAZARDS), defect.id
        assert numbers or OTHER_ORIGINS.search(defect.origin), defect.id


def test_an_origin_is_explained_where_it_is_read() -> None:
    """Each number gets its words; an origin without one, or with a foreign one, stays as it is."""
    assert (
        explained("D36, for tags") == "D36, for tags (D36: the prefix of a deletion is a pattern)"
    )
    assert explained("ACME-17; D9999") == "ACME-17; D9999"
