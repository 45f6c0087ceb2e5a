"""A store in dicts, held to the promises; the second class holds the wrong copy."""

import pytest
from shelf import Missing, Shelf, Shut, Unreadable, WrongShelf

from pytest_stigmer import StoreContract


class TestShelf(StoreContract):
    resource_not_found = audit_not_found = Missing
    store_closed, undecodable = Shut, Unreadable
    has_transactions = True

    @pytest.fixture
    def store(self):
        return Shelf()


class TestWrongShelf(TestShelf):
    @pytest.fixture
    def store(self):
        return WrongShelf()
