"""Who may call what: a server's token, and the calls that want it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_stigmer.errors import StatusError

if TYPE_CHECKING:
    from collections.abc import Sequence

TOKEN_VARIABLE = "STIGMER_TOKEN"  # noqa: S105 - a name
"""The environment variable that gives a server, or those who call one, the token."""

NEEDS_TOKEN = "the control API is for the owner of this server"  # noqa: S105 - a text
"""How the refusal of a server of ours begins."""

_HOW = (
    "send 'authorization: Bearer TOKEN' with the token of its ready line or ready file, as "
    f"--stigmer-token or {TOKEN_VARIABLE} do"
)


@dataclass(frozen=True)
class Access:
    """The token that control calls must carry, '' for none; `everywhere` skill calls too."""

    token: str = field(default="", repr=False)
    everywhere: bool = False

    def refusal(
        self, metadata: Sequence[tuple[str, str | bytes]], *, control: bool
    ) -> StatusError | None:
        """Return why a call is refused, None for one that may pass."""
        if not self.token or not (control or self.everywhere):
            return None
        wanted = f"Bearer {self.token}".encode()
        for key, value in metadata:
            given = value if isinstance(value, bytes) else value.encode()
            if key == "authorization" and hmac.compare_digest(given, wanted):
                return None
        what = NEEDS_TOKEN if control else "this server answers its owner alone"
        return StatusError("UNAUTHENTICATED", f"{what}: {_HOW}")
