"""The place of a call whose caller went away is not given to another one."""

from __future__ import annotations

from pytest_stigmer.errors import StatusError
from pytest_stigmer.skills.endpoint import SkillEndpoint
from pytest_stigmer.skills.frame import has_gone

HARM = "Clients that give up use the server up, until it answers nobody."
ORIGIN = "contract 2.8: a fixed number of connections and workers serves all callers"


class _Crowded(SkillEndpoint):
    _is_full = False

    def call(self, method: str, request: bytes) -> bytes:
        if self._is_full:
            raise StatusError("RESOURCE_EXHAUSTED", "every place is taken")
        try:
            return super().call(method, request)
        finally:
            self._is_full = has_gone()
