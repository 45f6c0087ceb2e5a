"""From a skill's name to its slug."""

from __future__ import annotations

import re

_DROPPED = re.compile("[^a-z0-9-]")
_HYPHENS = re.compile("-+")


def slug_of(name: str) -> str:
    """Return the slug of a name; '' when the name holds no ASCII letter or digit.

    Lower case, spaces become hyphens, everything but ASCII letters, digits and hyphens is dropped,
    runs of hyphens become one, none is left at the ends. Nothing is transliterated and no length is
    cut. Source: stigmer/stigmer at b070f18, backend/libs/go/grpc/request/pipeline/steps/slug.go.
    """
    kept = _DROPPED.sub("", name.lower().replace(" ", "-"))
    return _HYPHENS.sub("-", kept).strip("-")
