"""A registry in another process: it shares the file with the ones of this process, and no more."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from contextlib import suppress
from dataclasses import replace
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pytest_stigmer.scenario.target import (
    Answer,
    Inconclusive,
    Surprise,
    Target,
    Unsupported,
    answered,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from multiprocessing.connection import Connection


class Forked(Protocol):
    """What the other process does with its copy of a target."""

    name: str

    def now(self) -> dt.datetime:
        """Return the instant of the scenario."""

    def live_at(self, instant: dt.datetime, zone: str | None) -> None:
        """Follow the process whose fork this is."""

    def other(self) -> Target:
        """Return the second registry of the target, open."""

    def leave_other(self) -> None:
        """Close it."""


class _Asked(NamedTuple):
    """A verb, when and where it is asked; without a verb the registry is left until the next."""

    verb: str
    arguments: Mapping[str, Any]
    now: dt.datetime
    zone: str | None


class OtherProcess(Target):
    """Performs verbs on the second registry of a target, as a fork of this process has it.

    A fork knows the target whole, with classes that no text names. Whoever makes one has no
    connection open on the file meanwhile, because SQLite's knowledge of locks is no other
    process's. The time is told with each verb.
    """

    capabilities = frozenset({"skills", "store"})

    def __init__(self, target: Forked, artifact: Callable[..., bytes]) -> None:
        self.name = target.name
        self._now = target.now
        self._artifact = artifact
        self._is_open = False
        processes = get_context("fork")
        self._ours, theirs = processes.Pipe()
        self._process = processes.Process(
            target=_serve, args=(target, self._ours, theirs), daemon=True
        )
        with warnings.catch_warnings():
            # It goes on with this thread alone, and calls nothing that others have locked.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process.start()
        theirs.close()

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform one verb of the registry there; what is drawn is drawn here."""
        if verb == "push":
            content = {"skill_md", "files", "artifact"}
            given = {name: arguments[name] for name in content & arguments.keys()}
            named = {name: value for name, value in arguments.items() if name not in content}
            arguments = {**named, "artifact": self._artifact(**given)}
        self._is_open = True
        return self._asked(_Asked(verb, dict(arguments), self._now(), os.environ.get("TZ")))

    def now(self) -> dt.datetime:
        """Return the instant that both processes share."""
        return self._now()

    def leave(self) -> None:
        """Close the file there; the next verb opens it."""
        if self._is_open:
            self._is_open = False
            with suppress(EOFError, OSError):  # it may have died
                self._asked(_Asked("", {}, self._now(), None))

    def end(self) -> None:
        """End the process."""
        self._ours.close()
        self._process.join()
        self._process.close()

    def _asked(self, asked: _Asked) -> Answer:
        self._ours.send(asked)
        told: Answer | Exception = self._ours.recv()
        if isinstance(told, Exception):
            raise told
        return told


def _serve(target: Forked, ours: Connection, theirs: Connection) -> None:
    """Answer until the other end is closed: the life of the other process."""
    ours.close()
    sys.setprofile(None)  # it is of the process that watches
    gc.disable()  # what was open there is not to be closed here
    with suppress(EOFError):
        while True:
            theirs.send(_told(target, theirs.recv()))
    target.leave_other()


def _told(target: Forked, asked: _Asked) -> Answer | Exception:
    try:
        if not asked.verb:
            target.leave_other()
            return Answer()
        target.live_at(asked.now, asked.zone)
        opened = answered(target.other)
        answer = opened if opened.failure else opened.value.perform(asked.verb, asked.arguments)
    except (Unsupported, Inconclusive, Surprise) as error:
        return error
    failure = answer.failure
    return replace(answer, rpc=None, failure=failure and replace(failure, error=None))
