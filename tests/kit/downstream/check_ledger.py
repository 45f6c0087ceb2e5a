"""A store on SQLAlchemy; the second class holds the wrong copy."""

import datetime as dt

import pytest
from ledger import Ledger, WrongLedger
from shelf import Missing, Shut, Unreadable

from pytest_stigmer import StoreContract


class TestLedger(StoreContract):
    resource_not_found = audit_not_found = Missing
    store_closed, undecodable = Shut, Unreadable
    has_transactions = can_reopen = can_move_clock = True
    make = Ledger

    @pytest.fixture
    def store(self, tmp_path):
        with self.make(tmp_path / "ledger.db") as ledger:
            yield ledger

    def reopen(self, store):
        store.close()
        return self.make(store.path, store.now)

    def move_clock(self, store, seconds):
        store.now += dt.timedelta(seconds=seconds)


class TestWrongLedger(TestLedger):
    make = WrongLedger
