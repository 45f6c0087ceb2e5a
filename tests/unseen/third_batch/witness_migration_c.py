from witnesses import *


def opened(t, sql, *rows):
    """Open an old file of these versions, in which this was run."""
    t.path.write_bytes(first.legacy_database([first.ResourceRow("skill", KEY("s", 17 + n), row) for n, row in enumerate(rows)], clock=t.clock))
    with sqlite3.connect(t.path) as raw: raw.execute(sql)
    raw.close()
    t._a = t.make(new=False)
    return len(t.s.list_audit_history("skill", "s"))

@w(1)
def tables_of_a_broken_upgrade_stop_the_next(t):
    from pytest_stigmer.store.schema import RESOURCE_AUDIT
    return opened(t, RESOURCE_AUDIT, t.old())

@w([""])
def missing_hashes_are_those_of_the_text(t): opened(t, "SELECT 1", t.old(version_hash="")); return t.column("SELECT version_hash FROM resource_audit")

@w(["latest"])
def latest_is_not_moved_as_a_tag(t): opened(t, "SELECT 1", t.old(tag="latest")); return t.column("SELECT tag FROM resource_audit")

@w(1)
def added_columns_stop_the_upgrade(t): return opened(t, "ALTER TABLE resources ADD COLUMN owner TEXT", t.old())

@w(["v1", ""])
def undecodable_version_takes_the_names_before_it(t): opened(t, "SELECT 1", t.old(tag="v1"), b"\xff\xff"); return t.column("SELECT tag FROM resource_audit ORDER BY id")
