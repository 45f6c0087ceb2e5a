"""Artifacts that a registry must refuse: one flaw each, its harm, and the answer it must get."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

from pytest_stigmer.errors import UsageError
from pytest_stigmer.factories.flawed_content import flawed_content
from pytest_stigmer.factories.flawed_entries import flawed_entries
from pytest_stigmer.factories.flawed_readings import flawed_readings
from pytest_stigmer.factories.flaws import BadArtifact

BAD_ARTIFACTS: Mapping[str, BadArtifact] = MappingProxyType(
    {bad.kind: bad for bad in (*flawed_content(), *flawed_entries(), *flawed_readings())}
)
"""Every bad artifact by kind."""


@functools.cache
def bad_artifact(kind: str) -> bytes:
    """Return the artifact of this kind; raise UsageError with the nearest kind for another word."""
    if kind not in BAD_ARTIFACTS:
        raise UsageError.unknown("kind of bad artifact", kind, BAD_ARTIFACTS)
    return BAD_ARTIFACTS[kind].build()
