"""`latest` is looked up among the tags."""

from __future__ import annotations

from pytest_stigmer.skills.references import ReferenceResolver

HARM = (
    "A reference to the latest version answers with whatever was once pushed under the tag "
    "`latest`, or fails."
)
ORIGIN = "D19"


class _Literal(ReferenceResolver):
    def is_current(self, version: str) -> bool:
        return not version
