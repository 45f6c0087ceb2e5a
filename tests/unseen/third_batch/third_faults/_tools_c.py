"""What the faults of FAMILY_c.py are made of: all of `_tools`; their family is FAMILY."""
from __future__ import annotations

from third_faults._tools import *  # noqa: F403
from third_faults._tools import fault as _fault


def fault(harm, origin):
    def made(it):
        defect = _fault(harm, origin)(it)
        return replace(defect, family=defect.family.removesuffix("_c"))
    return made


def depth(store):
    """How many units are open, one within the other."""
    return store._session._depth


def with_audit(recipe, change):
    """Let change(store, kind, resource_id, message, version_hash, tag) return message and names that are archived."""
    class Other(SqliteStore):
        def save_audit(self, kind, resource_id, message, *, version_hash="", tag=""):
            message, version_hash, tag = change(self, kind, resource_id, message, version_hash, tag)
            super().save_audit(kind, resource_id, message, version_hash=version_hash, tag=tag)
    return with_store(recipe, Other)


def archived(resolver, skill_id, where, **given):
    """The newest archived version of a skill for which this holds; raise AuditNotFound."""
    rows = resolver._store.execute(newest(f"{AUDIT_OF} AND {where}"), {"kind": SKILL, "id": skill_id, **given})
    if not rows:
        raise AuditNotFound.by_tag(SKILL, skill_id, where)
    return resolver._message_class.FromString(rows[0][0])


class Packed:
    """Bytes that a store takes for a message."""
    def __init__(self, data):
        self.data = data

    def SerializeToString(self, **_):
        return self.data
