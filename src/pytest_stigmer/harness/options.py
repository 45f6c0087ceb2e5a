"""The options and ini settings of a run, read once."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

API_KEY_VARIABLE = "STIGMER_API_KEY"
"""The environment's credentials, as in stigmer b070f18, backend/services/agent-runner."""

DEFAULT_SEED = 20260126
"""The run seed when none is given: runs are repeatable unless told otherwise."""

_ADDRESS = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:/]+):\d{1,5}")
_LAST_PORT = 65535
REPORT_SUFFIXES = (".html", ".json", ".md")
_STUBS = ("auto", "bundled", "installed")


@dataclass(frozen=True)
class ServerOptions:
    """How a server in another process is reached; `token` never shows in a repr or a report."""

    tls: bool = False
    tls_roots: Path | None = None
    token: str = field(default="", repr=False)
    deadline: float = 30.0


@dataclass(frozen=True)
class Options:
    """What the user asked for; `defects` is one at most, unless they are chosen for a proof."""

    target: str = "local"
    seed: int = DEFAULT_SEED
    prove: bool = False
    exact: bool = False
    defects: tuple[str, ...] = ()
    keep: bool = False
    reports: tuple[Path, ...] = ()
    verdicts: Path | None = None
    stubs: str = "auto"
    server: ServerOptions = field(default_factory=ServerOptions)

    @property
    def defect(self) -> str | None:
        """The one defect that is in place for the whole run; a proof changes them itself."""
        return self.defects[0] if self.defects and not self.prove else None

    @property
    def remote(self) -> bool:
        """Whether the target is a server in another process."""
        return self.target not in ("local", "service")

    def replay(self) -> str:
        """Return the options that repeat this run's behaviour, as typed on a command line."""
        words = [f"--stigmer-target {self.target}"] if self.target != "local" else []
        words.append(f"--stigmer-seed {self.seed}")
        words += ["--stigmer-tls"] if self.server.tls else []
        if self.server.tls_roots:
            words.append(f"--stigmer-tls-ca {shlex.quote(str(self.server.tls_roots))}")
        if self.server.deadline != ServerOptions.deadline:
            words.append(f"--stigmer-deadline {self.server.deadline:g}")
        words += [f"--stigmer-defect {defect}" for defect in self.defects]
        return " ".join(words)


def add_options(parser: pytest.Parser) -> None:
    """Declare the command line options and ini settings."""
    group = parser.getgroup("stigmer", "Stigmer skill registry")
    group.addoption(
        "--stigmer-target",
        metavar="local|service|HOST:PORT",
        help="where scenarios and stigmer_flow run (default: local, in process)",
    )
    group.addoption(
        "--stigmer-seed",
        metavar="N|random",
        help=f"the seed of all generated data (default: {DEFAULT_SEED})",
    )
    group.addoption(
        "--stigmer-prove",
        action="store_true",
        help="run every scenario on the reference and on every defect; fail unless the kill matrix "
        "is exactly as claimed",
    )
    group.addoption(
        "--stigmer-exact",
        action="store_true",
        help="with --stigmer-prove: your scenarios too must claim every defect they are red under, "
        "whoever ships it",
    )
    group.addoption(
        "--stigmer-verdicts",
        metavar="FOLDER",
        help="with --stigmer-prove: keep verdicts there, and make no run whose verdict is known",
    )
    group.addoption(
        "--stigmer-defect",
        metavar="ID",
        action="append",
        default=[],
        help="put one catalogued defect in place, to see what it breaks; with --stigmer-prove: "
        "prove this one alone (repeatable)",
    )
    group.addoption(
        "--stigmer-keep",
        action="store_true",
        help="keep the database of a failed test or scenario and print its path",
    )
    group.addoption(
        "--stigmer-report",
        metavar="FILE",
        action="append",
        help="write a report of results, timelines and the kill matrix: FILE.html is one "
        "self-contained page, FILE.json the same as data, FILE.md a summary (repeatable)",
    )
    _add_server_options(group)
    parser.addini(
        "stigmer_stubs",
        "message classes: 'auto' (installed stubs if they are of this API generation), "
        "'bundled' or 'installed'",
        default="auto",
    )


def _add_server_options(group: pytest.OptionGroup) -> None:
    group.addoption(
        "--stigmer-tls",
        action="store_true",
        help="reach HOST:PORT by TLS, checked against the system's certificates",
    )
    group.addoption(
        "--stigmer-tls-ca",
        metavar="FILE.pem",
        help="reach HOST:PORT by TLS, checked against these certificates",
    )
    group.addoption(
        "--stigmer-token",
        metavar="TOKEN",
        help="sent to HOST:PORT as 'authorization: Bearer TOKEN' "
        f"(default: the environment's {API_KEY_VARIABLE})",
    )
    group.addoption(
        "--stigmer-deadline",
        metavar="SECONDS",
        help=f"how long HOST:PORT may take for one call (default: {ServerOptions.deadline:g}); "
        "no call is repeated",
    )


def read_options(config: pytest.Config, worker_input: Mapping[str, object] | None) -> Options:
    """Read and check the options of a run; raise pytest.UsageError for what cannot be followed.

    An xdist worker takes the seed that its controller drew.
    """
    kept = config.getoption("--stigmer-verdicts")
    return checked(
        Options(
            target=config.getoption("--stigmer-target") or "local",
            seed=_seed(config.getoption("--stigmer-seed"), worker_input),
            prove=config.getoption("--stigmer-prove"),
            exact=config.getoption("--stigmer-exact"),
            defects=tuple(config.getoption("--stigmer-defect")),
            keep=config.getoption("--stigmer-keep"),
            reports=tuple(_report(text) for text in config.getoption("--stigmer-report") or ()),
            verdicts=Path(kept).absolute() if kept else None,
            stubs=_stubs(config.getini("stigmer_stubs")),
            server=server_options(
                tls=config.getoption("--stigmer-tls"),
                roots=config.getoption("--stigmer-tls-ca"),
                token=config.getoption("--stigmer-token"),
                deadline=config.getoption("--stigmer-deadline"),
            ),
        )
    )


def checked(options: Options) -> Options:
    """Return options that can be followed, all of them; raise pytest.UsageError for others."""
    _check_target(options.target)
    for defect_id in options.defects:
        _check_defect(defect_id)
    if options.prove and options.target != "local":
        raise pytest.UsageError("--stigmer-prove runs in process; drop --stigmer-target")
    if options.exact and not options.prove:
        raise pytest.UsageError("--stigmer-exact is about a proof; add --stigmer-prove")
    if options.verdicts and not options.prove:
        raise pytest.UsageError("--stigmer-verdicts is about a proof; add --stigmer-prove")
    if len(options.defects) > 1 and not options.prove:
        raise pytest.UsageError("--stigmer-defect puts one defect in place; drop the others")
    if options.defect and options.remote:
        raise pytest.UsageError(
            "--stigmer-defect needs a registry of our own; use --stigmer-target local or service"
        )
    return options


def _report(text: str) -> Path:
    path = Path(text).absolute()
    if path.suffix not in REPORT_SUFFIXES or path.is_dir():
        raise pytest.UsageError(
            f"--stigmer-report {text!r} is no file name ending in {', '.join(REPORT_SUFFIXES)}"
        )
    return path


def _is_address(text: str) -> bool:
    """Whether a text is HOST:PORT; gRPC would take a port that is none for another."""
    return bool(_ADDRESS.fullmatch(text)) and 0 < int(text.rpartition(":")[2]) <= _LAST_PORT


def _check_target(text: str) -> None:
    if text == "local":
        return
    if text != "service" and not _is_address(text):
        raise pytest.UsageError(
            f"--stigmer-target {text!r} is none of local, service or HOST:PORT "
            "(such as 127.0.0.1:7234)"
        )
    _check_grpc(text)


def server_options(
    *, tls: bool, roots: str | None, token: str | None, deadline: str | None
) -> ServerOptions:
    """Read how a server is reached; raise pytest.UsageError for what cannot be followed."""
    deadline = deadline or str(ServerOptions.deadline)
    if roots and not Path(roots).is_file():
        raise pytest.UsageError(f"--stigmer-tls-ca {roots!r} is no file")
    if not re.fullmatch(r"\d*\.?\d+", deadline) or not float(deadline):
        raise pytest.UsageError(f"--stigmer-deadline {deadline!r} is no positive number of seconds")
    return ServerOptions(
        tls=tls,
        tls_roots=Path(roots) if roots else None,
        token=token or os.environ.get(API_KEY_VARIABLE, ""),
        deadline=float(deadline),
    )


def _check_grpc(target: str) -> None:
    from pytest_stigmer.errors import UsageError
    from pytest_stigmer.service import check_installed

    try:
        check_installed(f"--stigmer-target {target}")
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error


def seed_of(text: str) -> int:
    """Read a run seed, or draw one for `random`; raise ValueError for anything else."""
    if text == "random":
        import secrets

        return secrets.randbelow(2**32)
    if not re.fullmatch(r"[0-9]{1,30}", text):
        raise ValueError(f"{text!r} is neither a whole number nor 'random'")
    return int(text)


def _seed(text: str | None, worker_input: Mapping[str, object] | None) -> int:
    if worker_input is not None and "stigmer_seed" in worker_input:
        return int(str(worker_input["stigmer_seed"]))
    try:
        return DEFAULT_SEED if text is None else seed_of(text)
    except ValueError as error:
        raise pytest.UsageError(f"--stigmer-seed {error}") from None


def _check_defect(defect_id: str) -> None:
    from pytest_stigmer.defects.catalogue import known_id
    from pytest_stigmer.errors import UsageError

    try:
        known_id(defect_id)
    except UsageError as error:
        raise pytest.UsageError(f"--stigmer-defect: {error}") from error


def _stubs(text: str) -> str:
    if text not in _STUBS:
        raise pytest.UsageError(
            f"ini option stigmer_stubs = {text!r} is none of {', '.join(_STUBS)}"
        )
    return text
