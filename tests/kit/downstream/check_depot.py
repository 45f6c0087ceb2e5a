"""A store on PostgreSQL, held to the promises; the others hold its wrong copies, by plan."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

pytest.importorskip("psycopg", reason="no psycopg")

from check_ledger import TestLedger as _TestLedger
from depot import Depot, WrongDepot, WrongIndexedDepot, WrongParallelDepot


@pytest.fixture(scope="session")
def url():
    """A server of its own, which ends with the run."""
    debians = [str(place) for place in Path("/usr/lib/postgresql").glob("*/bin")]
    initdb = shutil.which("initdb", path=os.pathsep.join([os.environ["PATH"], *debians]))
    if initdb is None:
        pytest.skip("no PostgreSQL server (Debian: apt-get install postgresql)")
    binaries = Path(initdb).resolve().parent
    user = _unprivileged()
    folder = tempfile.mkdtemp(prefix="depot-")
    if user:
        shutil.chown(folder, user)

    def call(program, *words):
        subprocess.run(
            [f"{binaries}/{program}", "-D", f"{folder}/data", *words],
            user=user,
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    try:
        call("initdb", "-U", "depot", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        call("pg_ctl", "start", "-w", "-o", options, "-l", f"{folder}/log")
        yield f"postgresql+psycopg://depot@/postgres?host={folder}"
        call("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


def _unprivileged():
    """Whom to be instead of root, as which no server starts."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class TestDepot(_TestLedger):
    can_open_twice = True
    make = Depot

    @pytest.fixture
    def store(self, url):
        with self.make(url) as depot:
            with depot.engine.begin() as connection:
                connection.exec_driver_sql("TRUNCATE records, snapshots RESTART IDENTITY")
            yield depot

    def beside(self, store):
        return self.make(store.path, store.now)


class TestWrongDepot(TestDepot):
    make = WrongDepot


class TestWrongParallelDepot(TestDepot):
    make = WrongParallelDepot


class TestWrongIndexedDepot(TestDepot):
    make = WrongIndexedDepot
