"""The registries of a server that was started for others: one for each namespace they name."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pytest_stigmer.errors import StatusError
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.service import MOST_NAMESPACES
from pytest_stigmer.service.namespace import Namespace, naming_no_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.service.served import Call

OPEN_AT_ONCE = 32
"""How many have their files open: some four descriptors each, where a process often has 256."""


class Namespaces:
    """Opens a namespace at its first call; the default one, '', is on `database`.

    The others are on new files in `folder`. `start` is where their clocks stand, '' lets them run;
    `log` is given every call. There are at most `most` of the others, and `OPEN_AT_ONCE` with open
    files: those unused for longest rest.
    """

    def __init__(
        self,
        database: Path,
        folder: Path,
        generation: Generation,
        *,
        start: str = "",
        log: Callable[[Call], None],
        recipe: Recipe = REFERENCE,
        most: int = MOST_NAMESPACES,
    ) -> None:
        self._most = most
        self._folder = folder
        self.generation = generation
        self._start = start
        self._log = log
        self._recipe = recipe
        self._lock = threading.Lock()
        self._count = 0
        self._opened = {"": self._new(database)}
        self._awake: dict[str, Namespace] = {}

    def find(self, name: str) -> Namespace:
        """Return a namespace; raise StatusError when it cannot be opened."""
        if not name:
            return self._opened[name]
        with self._lock:
            if name not in self._opened:
                self._opened[name] = self._another()
            found = self._opened[name]
            # The last in the order is the one that was used last.
            self._awake.pop(name, None)
            self._awake[name] = found
            if len(self._awake) > OPEN_AT_ONCE:
                self._rest_one()
            return found

    def drop(self, name: str) -> None:
        """Forget a namespace and delete its files; the default one starts anew instead."""
        if not name:
            self._opened[""].reset()
            return
        with self._lock:
            namespace = self._opened.pop(name, None)
            self._awake.pop(name, None)
        if namespace is not None:
            namespace.drop()

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            for namespace in self._opened.values():
                namespace.close()

    def _another(self) -> Namespace:
        if len(self._opened) > self._most:
            raise StatusError(
                "RESOURCE_EXHAUSTED",
                f"this server has {self._most} namespaces, the most it may have: drop some (Drop), "
                "or start it with a higher number (serve --namespaces)",
            )
        self._count += 1
        database = self._folder / f"namespace-{self._count}.db"
        with naming_no_folder(database):
            return self._new(database)

    def _rest_one(self) -> None:
        for name, namespace in self._awake.items():
            if namespace.rest():
                del self._awake[name]
                return

    def _new(self, database: Path) -> Namespace:
        return Namespace(database, self.generation, self._start, self._log, self._recipe)
