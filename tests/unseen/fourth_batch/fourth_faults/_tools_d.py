"""What the faults of limits, versions, serialisation, concurrency, time and cache are made of: all of `_tools`, and more."""
from __future__ import annotations

from fourth_faults._tools import *  # noqa: F403
from pytest_stigmer.errors import StoreLocked
from pytest_stigmer.skills.frame import refuse_for_nobody, saying
from pytest_stigmer.store.translation import decode

NOW = "datetime('now')"


def depth(store):
    """How many units are open, one within the other."""
    return store._session._depth


def archived(resolver, skill_id, where, **given):
    """The newest archived version of a skill for which this holds; raise AuditNotFound."""
    rows = resolver._store.execute(newest(f"{AUDIT_OF} AND {where}"), {"kind": SKILL, "id": skill_id, **given})
    if not rows:
        raise AuditNotFound.by_tag(SKILL, skill_id, where)
    return decode(resolver._message_class, rows[0][0], SKILL, skill_id)


def after_audit(sql):
    """A store that runs this after each audit record; bound are kind, id, hash and tag."""
    class Other(SqliteStore):
        def save_audit(self, kind, resource_id, message, *, version_hash="", tag=""):
            super().save_audit(kind, resource_id, message, version_hash=version_hash, tag=tag)
            self.execute(sql, {"kind": kind_text(kind), "id": resource_id, "hash": version_hash, "tag": tag})
    return Other
