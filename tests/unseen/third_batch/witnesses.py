"""One witness per fault of a batch (witness_*.py): the contract's answer on the reference, another under the fault.

python tests/unseen/third_batch/witnesses.py [-v] [FOLDER] [ID...]     (pytest-stigmer installed; no pytest, no scenario)

FOLDER is that of another batch, left out: this one.

A file witness_FAMILY.py begins with `from witnesses import *`.
"""
from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
import sqlite3
import sys
import threading
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]


def _other(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


first = _other("first_witnesses", HERE.parent / "witnesses.py")
Bench, archive, code, damaged_at, noise, pack, says, spoil = (
    getattr(first, name) for name in "Bench archive code damaged_at noise pack says spoil".split()
)
name_of = first.audit_code
StoreError = first.StoreError
KEY = first.legacy_key
WITNESSES = {}


def w(expected):
    def add(function):
        assert function.__name__ not in WITNESSES, function.__name__
        WITNESSES[function.__name__] = expected, function
        return function
    return add


def names(t, kind, rows=None):
    rows = t.s.list_resources(kind) if rows is None else rows
    return [t.g.Skill.FromString(d).metadata.name for d in rows]


def undo(t, *acts):
    """Do this in a unit that is then undone."""
    try:
        with t.s.transaction():
            for act in acts: act()
            raise KeyError
    except KeyError: pass


def fill(t, n, kind="agent", resource="x", tag="", **kw):
    with t.s.transaction():
        for i in range(n): t.s.save_audit(kind, resource, t.m(str(i)), tag=tag, **kw)


def stamp(skill, half="spec_audit"):
    return getattr(skill.status.audit, half)


def archived(t):
    return t.column("SELECT archived_at FROM resource_audit ORDER BY id DESC LIMIT 1")[0]


def batch(words):
    """The folder of a batch and the name of its package; taken from the words, or these."""
    folder = Path(words.pop(0)).resolve() if words and Path(words[0]).is_dir() else HERE
    sys.path[:0] = [str(folder)]
    return folder, next(folder.glob("*_faults")).name


if __name__ == "__main__":
    sys.modules["witnesses"] = sys.modules["__main__"]
    words = [it for it in sys.argv[1:] if it != "-v"]
    folder, package = batch(words)
    for path in sorted(folder.glob("witness_*.py")):
        importlib.import_module(path.stem)
    first.FAMILIES = [path.stem for path in sorted((folder / package).glob("[a-z]*.py"))]
    raise SystemExit(first.main(words, package, WITNESSES))
