"""The contract of a store, as a class to subclass.

    class TestMine(StoreContract):
        can_reopen = True

        @pytest.fixture
        def store(self, tmp_path):
            with MyStore(tmp_path / "my.db") as store:
                yield store

        def reopen(self, store):
            store.close()
            return MyStore(store.path)

The inherited `test_promise` asks every scenario about stores, one test each: the test's id is the
name of the scenario's file. The other tests are facts of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.kit.declared_store import StoreTarget
from pytest_stigmer.kit.store_history import HistoryFacts
from pytest_stigmer.kit.store_life import LifeFacts
from pytest_stigmer.kit.store_names import NameFacts
from pytest_stigmer.kit.store_resources import ResourceFacts

if TYPE_CHECKING:
    import pytest

    from pytest_stigmer.kit.promises import Promise
    from pytest_stigmer.store.interface import Store


class StoreContract(ResourceFacts, HistoryFacts, NameFacts, LifeFacts):
    """Holds a store to the promises; `StoreDeclarations` lists what to declare."""

    def test_promise(self, store: Store, promise: Promise, request: pytest.FixtureRequest) -> None:
        """The store keeps the promise that a scenario states."""
        self.keep(promise, StoreTarget(self, store), request)
