"""From a history to a store, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.factories.progress import ProgressBar
from pytest_stigmer.store import bulk

if TYPE_CHECKING:
    from pytest_stigmer.factories.audit_history import History
    from pytest_stigmer.factories.progress import Stream
    from pytest_stigmer.store.sqlite import SqliteStore


def load_history(store: SqliteStore, history: History, *, stream: Stream | None = None) -> None:
    """Write the audit rows and the live rows of a history, all of them or none.

    A progress bar shows on `stream` (default: standard error) when it is a terminal and loading
    takes over a second.
    """
    with store.transaction(), ProgressBar("loading audit history", stream) as progress:
        bulk.load_resources(store, history.live)
        bulk.load_history(store, history.rows, progress)
