"""A bad archive is answered as a fault of the server."""

from __future__ import annotations

from pytest_stigmer.errors import StatusError
from pytest_stigmer.skills.archive import Archive
from pytest_stigmer.skills.controller import SkillController

HARM = "A client retries for ever what it should mend, and the server's alarms go off."
ORIGIN = "D47"


class _Blaming(SkillController):
    def read_archive(self, data: bytes) -> Archive:
        try:
            return super().read_archive(data)
        except StatusError as error:
            raise StatusError("INTERNAL", error.details) from error
