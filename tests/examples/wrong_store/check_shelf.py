"""How another project holds its own store to the contract: a class, a fixture, what it declares."""

from __future__ import annotations

import pytest
from shelf import Missing, Shelf, Shut, Unreadable

from pytest_stigmer.kit.store_contract import StoreContract


class TestShelf(StoreContract):
    """The shelf, with its own errors."""

    resource_not_found = audit_not_found = Missing
    store_closed = Shut
    undecodable = Unreadable
    has_transactions = True

    @pytest.fixture
    def store(self) -> Shelf:
        """Give an empty shelf."""
        return Shelf()
