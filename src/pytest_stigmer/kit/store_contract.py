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

Every inherited test is one fact about the verbs of `pytest_stigmer.store.interface.Store`.
"""

from __future__ import annotations

from pytest_stigmer.kit.store_history import HistoryFacts
from pytest_stigmer.kit.store_life import LifeFacts
from pytest_stigmer.kit.store_names import NameFacts
from pytest_stigmer.kit.store_resources import ResourceFacts


class StoreContract(ResourceFacts, HistoryFacts, NameFacts, LifeFacts):
    """Holds a store to the contract; `declared.StoreDeclarations` lists what to declare."""
