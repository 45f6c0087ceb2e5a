"""A registry that many tests share: what one of them does to it is undone after it."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_stigmer.store.readonly import reading

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from pytest_stigmer.registry.registry import Registry


class Rewinding:
    """Undoes what happens to a registry within a block; its open store stays the same object.

    What is written between two blocks stays. A copy is made when something was, and put back when
    the block has changed something, so that a test that only reads costs next to nothing.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._copy = registry.files.beside(".before")
        self._copied: Hashable = None

    @contextmanager
    def undoing(self) -> Iterator[None]:
        """Put back what was there before the block: records, tables of the user's, artifacts."""
        if self._copied != self._state():
            self._copy.delete()
            self.registry.files.copy_to(self._copy)
            self._copied = self._state()
        try:
            yield
        finally:
            if self._copied != self._state():
                self._put_back()
                self._copied = self._state()

    def close(self) -> None:
        """Delete the copy."""
        self._copy.delete()

    def empty(self) -> None:
        """Delete every record and every artifact."""
        self.registry.store.reset()
        shutil.rmtree(self.registry.files.artifacts, ignore_errors=True)

    def _put_back(self) -> None:
        store = self.registry.store
        store.connection.rollback()  # what a failed test left open
        with reading(self._copy.database) as original:
            store.replace_content(original)
        self._copy.copy_artifacts_to(self.registry.files)

    def _state(self) -> Hashable:
        """Return a value that any change of the database or of the artifacts alters."""
        files = [
            (entry.path, found.st_mtime_ns, found.st_size, found.st_ino)
            for folder, _, _ in os.walk(self.registry.files.artifacts)
            for entry in os.scandir(folder)
            for found in [entry.stat(follow_symlinks=False)]
        ]
        return self.registry.store.revision(), tuple(sorted(files))
