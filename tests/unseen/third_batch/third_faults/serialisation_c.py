from __future__ import annotations

import zlib

from third_faults._tools_c import *  # noqa: F403


@fault("A record with an empty status comes back without one, and is not found by its tag.", "what is empty is left out")
class empty_parts_lose_their_presence(SqliteStore):
    def save_resource(self, kind, resource_id, message):
        if hasattr(message, "DESCRIPTOR"):
            message = type(message).FromString(encode(message))
            for field, part in message.ListFields():
                if hasattr(part, "ByteSize") and not part.ByteSize():
                    message.ClearField(field.name)
        super().save_resource(kind, resource_id, message)


@fault("A listing holds unreadable bytes for each record over 100 kB.", "large records are compressed, and one reader was forgotten")
class listing_leaves_large_records_packed(SqliteStore):
    def save_resource(self, kind, resource_id, message):
        data = encode(message)
        super().save_resource(kind, resource_id, Packed(b"\0Z" + zlib.compress(data)) if len(data) > 100_000 else message)

    def get_resource(self, kind, resource_id, message_class):
        rows = self._read(self.queries.get_resource, kind, id=resource_id)
        if rows and bytes(rows[0][:2]) == b"\0Z":
            return message_class.FromString(zlib.decompress(rows[0][2:]))
        return super().get_resource(kind, resource_id, message_class)

    def resource_rows(self, kind):
        return [(i, zlib.decompress(d[2:]) if d[:2] in (b"\0Z", "\0Z") else d) for i, d in super().resource_rows(kind)]


@fault("Records of kinds that this release does not know are stored as one kind and overwrite each other.", "an enum value without a name has the name of the unknown one")
class kinds_without_a_name_become_unknown(SqliteStore):
    def _known(self, kind):
        return "api_resource_kind_unknown" if isinstance(kind, int) and kind_text(kind).isdigit() else kind

    def _read(self, sql, kind, **given):
        return super()._read(sql, self._known(kind), **given)

    def _write(self, sql, kind, **given):
        return super()._write(sql, self._known(kind), **given)


@fault("An old version whose instructions did not change answers with none.", "equal instructions are archived once")
def unchanged_instructions_are_archived_empty(recipe):
    def change(store, kind, resource_id, message, version_hash, tag):
        if kind == SKILL:
            cls = load("auto").Skill
            rows = store.execute(newest(AUDIT_OF), {"kind": SKILL, "id": resource_id})
            made = cls.FromString(encode(message))
            with suppress(Exception):
                before = cls.FromString(rows[0][0])
                if before.spec.skill_md == made.spec.skill_md and before.status.version_hash != version_hash:
                    made.spec.skill_md = ""
                    message = made
        return message, version_hash, tag
    return with_audit(recipe, change)


@fault("Each push takes the prefix off the keys of annotations.", "keys are read as those of the own domain")
def annotation_keys_lose_their_prefix(recipe):
    def change(metadata):
        return replace(metadata, annotations={key.rpartition("/")[2] or key: value for key, value in metadata.annotations.items()})
    return with_metadata(recipe, change)
