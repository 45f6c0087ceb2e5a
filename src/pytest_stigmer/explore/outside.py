"""What others see of the models while a transaction lasts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pytest_stigmer.explore.store_model import StoreModel
from pytest_stigmer.scenario.target import Answer, Target


class Outside(Target):
    """Reads what was committed before the transaction that is open on a store."""

    name = "model"
    capabilities = frozenset({"skills", "store"})

    def __init__(self, inside: Target, store: StoreModel) -> None:
        self._inside = inside
        self._store = store

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Answer from what was committed."""
        now = self._store.state()
        self._store.put_back(self._store.committed or now)
        try:
            return self._inside.perform(verb, arguments)
        finally:
            self._store.put_back(now)

    def now(self) -> dt.datetime | None:
        """Return the instant of the model's clock."""
        return self._inside.now()
