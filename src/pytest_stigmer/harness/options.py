"""The options and ini settings of a run, read once; `declared` says what there are."""

from __future__ import annotations

import re
import shlex
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer import declared
from pytest_stigmer.harness.server_options import (
    ServerOptions,
    server_options,
)
from pytest_stigmer.harness.sharding import Shard, shard_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEFAULT_SEED = declared.DEFAULT_SEED
"""The run seed when none is given: runs are repeatable unless told otherwise."""

_ADDRESS = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:/]+):\d{1,5}")
_LAST_PORT = 65535
REPORT_SUFFIXES = (".html", ".json", ".md")
_STUBS = ("auto", "bundled", "installed")


@dataclass(frozen=True)
class Options:
    """What the user asked for; `defects` is one at most, unless they are chosen for a proof."""

    target: str = "local"
    seed: int = DEFAULT_SEED
    prove: bool = False
    exact: bool = False
    conditions: str = "none"
    defects: tuple[str, ...] = ()
    keep: bool = False
    show_bytes: bool = False
    reports: tuple[Path, ...] = ()
    verdicts: Path | None = None
    expect: Path | None = None
    write_expectations: Path | None = None
    stubs: str = "auto"
    shard: Shard | None = None
    server: ServerOptions = field(default_factory=ServerOptions)

    @property
    def defect(self) -> str | None:
        """The one defect that is in place for the whole run; a proof changes them itself."""
        return self.defects[0] if self.defects and not self.prove else None

    @property
    def remote(self) -> bool:
        """Whether the target is a server in another process."""
        return self.target not in ("local", "service")

    @property
    def may_fill(self) -> bool:
        """Whether conditions may add to the target what no scenario asks for."""
        return not self.remote or self.server.harmful

    def replay(self) -> str:
        """Return the options that repeat this run's behaviour, as typed on a command line."""
        words = [f"--stigmer-target {self.target}"] if self.target != "local" else []
        words.append(f"--stigmer-seed {self.seed}")
        words += ["--stigmer-tls"] if self.server.tls else []
        words += ["--stigmer-harmful"] if self.server.harmful else []
        for name, path in zip(("database", "artifacts"), self.server.files or (), strict=False):
            words.append(f"--stigmer-{name} {shlex.quote(str(path))}")
        if self.server.tls_roots:
            words.append(f"--stigmer-tls-ca {shlex.quote(str(self.server.tls_roots))}")
        if self.server.deadline != ServerOptions.deadline:
            words.append(f"--stigmer-deadline {self.server.deadline:g}")
        if self.conditions != "default":
            words.append(f"--stigmer-conditions {shlex.quote(self.conditions)}")
        words += [f"--stigmer-defect {defect}" for defect in self.defects]
        return " ".join(words)


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
            conditions=config.getoption("--stigmer-conditions") or "default",
            defects=tuple(config.getoption("--stigmer-defect")),
            keep=config.getoption("--stigmer-keep"),
            show_bytes=config.getoption("--stigmer-show-bytes"),
            reports=tuple(_report(text) for text in config.getoption("--stigmer-report") or ()),
            verdicts=Path(kept).absolute() if kept else None,
            expect=config.getoption("--stigmer-expect"),
            write_expectations=config.getoption("--stigmer-write-expectations"),
            stubs=_stubs(config.getini("stigmer_stubs")),
            shard=shard_of(
                config.getoption("--stigmer-shard"), config.getoption("--stigmer-durations")
            ),
            server=server_options(
                tls=config.getoption("--stigmer-tls"),
                roots=config.getoption("--stigmer-tls-ca"),
                token=config.getoption("--stigmer-token"),
                deadline=config.getoption("--stigmer-deadline"),
                harmful=config.getoption("--stigmer-harmful"),
                allow_inconclusive=config.getoption("--stigmer-allow-inconclusive"),
                database=config.getoption("--stigmer-database"),
                artifacts=config.getoption("--stigmer-artifacts"),
            ),
        )
    )


def checked(options: Options) -> Options:
    """Return options that can be followed, all of them; raise pytest.UsageError for others."""
    _check_target(options.target, options.server)
    for defect_id in options.defects:
        with _usage("--stigmer-defect: "):
            _known_defect(defect_id)
    if options.conditions not in ("default", "all", "none"):
        with _usage("--stigmer-conditions: "):
            _known_conditions(options.conditions)
    if options.prove and options.target != "local":
        raise pytest.UsageError("--stigmer-prove runs in process; drop --stigmer-target")
    if options.prove and (options.expect or options.write_expectations):
        raise pytest.UsageError("expected reds belong to a run; drop --stigmer-prove")
    if options.exact and not options.prove:
        raise pytest.UsageError("--stigmer-exact is about a proof; add --stigmer-prove")
    if options.verdicts and not options.prove:
        raise pytest.UsageError("--stigmer-verdicts is about a proof; add --stigmer-prove")
    if len(options.defects) > 1 and not options.prove:
        raise pytest.UsageError("--stigmer-defect puts one defect in place; drop the others")
    if options.shard and (options.expect or options.write_expectations):
        raise pytest.UsageError(
            "a file of expected reds is about all runs of a scenario; drop --stigmer-shard"
        )
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
    """Whether a text is HOST:PORT or unix:PATH; gRPC would take another port for one too high."""
    if text.startswith("unix:"):
        return True
    return bool(_ADDRESS.fullmatch(text)) and 0 < int(text.rpartition(":")[2]) <= _LAST_PORT


def _check_target(text: str, server: ServerOptions) -> None:
    if server.files and text in ("local", "service"):
        raise pytest.UsageError("--stigmer-database is the file of a server; add --stigmer-target")
    if text == "local":
        return
    if text != "service" and not _is_address(text):
        raise pytest.UsageError(
            f"--stigmer-target {text!r} is none of local, service, unix:PATH or HOST:PORT "
            "(such as 127.0.0.1:7234)"
        )
    _check_grpc(text)


def _check_grpc(target: str) -> None:
    from pytest_stigmer.service import check_installed

    with _usage():
        check_installed(f"--stigmer-target {target}")


@contextmanager
def _usage(before: str = "") -> Iterator[None]:
    """Turn a usage error of ours into pytest's."""
    from pytest_stigmer.errors import UsageError

    try:
        yield
    except UsageError as error:
        raise pytest.UsageError(f"{before}{error}") from error


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


def _known_defect(defect_id: str) -> None:
    from pytest_stigmer.defects.catalogue import known_id

    known_id(defect_id)


def _known_conditions(text: str) -> None:
    from pytest_stigmer.conditions.choice import chosen

    chosen(text)


def _stubs(text: str) -> str:
    if text not in _STUBS:
        raise pytest.UsageError(
            f"ini option stigmer_stubs = {text!r} is none of {', '.join(_STUBS)}"
        )
    return text
