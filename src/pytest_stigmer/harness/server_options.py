"""How a server in another process is reached."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

API_KEY_VARIABLE = "STIGMER_API_KEY"
"""The environment's credentials, as in stigmer b070f18, backend/services/agent-runner."""

TOKEN_VARIABLE = "STIGMER_TOKEN"  # noqa: S105 - a name
"""The token of a `stigmer-harness serve`, which takes it from there too."""


@dataclass(frozen=True)
class ServerOptions:
    """How a server in another process is reached; `token` never shows in a repr or a report."""

    tls: bool = False
    tls_roots: Path | None = None
    token: str = field(default="", repr=False)
    deadline: float = 30.0
    harmful: bool = False
    allow_inconclusive: bool = False
    files: tuple[Path, Path] | None = None


def server_options(
    *,
    tls: bool,
    roots: str | None,
    token: str | None,
    deadline: str | None,
    harmful: bool,
    allow_inconclusive: bool = False,
    database: Path | None = None,
    artifacts: Path | None = None,
) -> ServerOptions:
    """Read how a server is reached; raise pytest.UsageError for what cannot be followed."""
    deadline = deadline or str(ServerOptions.deadline)
    if roots and not Path(roots).is_file():
        raise pytest.UsageError(f"--stigmer-tls-ca {roots!r} is not a file")
    if not re.fullmatch(r"\d*\.?\d+", deadline) or not float(deadline):
        raise pytest.UsageError(
            f"--stigmer-deadline {deadline!r} is not a positive number of seconds"
        )
    return ServerOptions(
        tls=tls,
        tls_roots=Path(roots) if roots else None,
        token=token or os.environ.get(TOKEN_VARIABLE) or os.environ.get(API_KEY_VARIABLE, ""),
        deadline=float(deadline),
        harmful=harmful,
        allow_inconclusive=allow_inconclusive,
        files=_files(database, artifacts),
    )


def _files(database: Path | None, artifacts: Path | None) -> tuple[Path, Path] | None:
    """Return where the server's files lie; both are asked for, or none."""
    if not database and not artifacts:
        return None
    if not (database and database.is_file() and artifacts and artifacts.is_dir()):
        raise pytest.UsageError(
            "--stigmer-database FILE and --stigmer-artifacts FOLDER are given together, and are "
            f"there; they are {str(database)!r} and {str(artifacts)!r}"
        )
    return database.absolute(), artifacts.absolute()
