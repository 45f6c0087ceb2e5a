"""Artifacts that a registry must refuse: one flaw each, its harm, and the answer it must get."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

from pytest_stigmer.errors import UsageError
from pytest_stigmer.factories.edge_archives import edges_of_archives
from pytest_stigmer.factories.edge_entries import edges_of_entries
from pytest_stigmer.factories.flawed_content import flawed_content
from pytest_stigmer.factories.flawed_entries import flawed_entries
from pytest_stigmer.factories.flawed_readings import flawed_readings
from pytest_stigmer.factories.flaws import BadArtifact

_EDGES = (*edges_of_archives(), *edges_of_entries())

BAD_ARTIFACTS: Mapping[str, BadArtifact] = MappingProxyType(
    {bad.kind: bad for bad in (*flawed_content(), *flawed_entries(), *flawed_readings(), *_EDGES)}
)
"""Every bad artifact by kind."""

EDGES = frozenset(bad.kind for bad in _EDGES)
"""The kinds that are one step beyond a bound."""

ODD_ARCHIVES = frozenset(
    {
        *("bytes_after", "bytes_before", "bytes_before_the_end", "bytes_between", "shared_bytes"),
        *("broken_name", "drive", "file_version", "two_forms_of_a_name", "unmarked_name"),
        *("folder_by_attribute", "folder_by_mode", "folder_with_content", "file_and_folder"),
        "file_and_folder_within",
        *("long_name_part", "long_name", "nested_folders"),
        *("later_version", "patched", "strongly_encrypted", "unknown_extra_field"),
        "total_size_of_the_limit",
        *EDGES,
    }
)
"""The kinds about which the disputed point `odd_archives_are_refused` is."""


@functools.cache
def bad_artifact(kind: str) -> bytes:
    """Return the artifact of this kind; raise UsageError with the nearest kind for another word."""
    if kind not in BAD_ARTIFACTS:
        raise UsageError.unknown("kind of bad artifact", kind, BAD_ARTIFACTS)
    return BAD_ARTIFACTS[kind].build()
