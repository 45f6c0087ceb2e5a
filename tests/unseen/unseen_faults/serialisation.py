from __future__ import annotations

from unseen_faults._tools import *  # noqa: F403


@fault("Instructions come back with other line ends than their archive has.", "universal newlines")
def line_ends_become_unix(recipe):
    return with_text(recipe, lambda text: text.replace("\r\n", "\n"))


@fault("Instructions end at the first NUL.", "a C string")
def text_ends_at_nul(recipe):
    return with_text(recipe, lambda text: text.partition("\0")[0] or text)


@fault("Emoji and rare characters in instructions are replaced.", "three bytes of UTF-8")
def characters_beyond_the_bmp_are_replaced(recipe):
    return with_text(recipe, lambda text: re.sub("[\U00010000-\U0010ffff]", "\ufffd", text))


@fault("Instructions with angle brackets or ampersands come back escaped.", "a fix against stored HTML")
def text_is_escaped(recipe):
    return with_text(recipe, lambda text: html.escape(text, quote=False))


@fault("Instructions with composed accents do not equal their file.", "text is stored in NFD")
def text_is_decomposed(recipe):
    return with_text(recipe, lambda text: unicodedata.normalize("NFD", text))


@fault("A name is shown without the blanks it was given with.", "input is trimmed")
def names_are_trimmed(recipe):
    return with_version(recipe, lambda skill, _: replace(skill, metadata=replace(skill.metadata, name=skill.metadata.name.strip())))


@fault("A label without a value is lost with the next push.", "empty is taken for unset")
def empty_labels_are_dropped(recipe):
    return with_metadata(recipe, lambda m: replace(m, labels={k: v for k, v in m.labels.items() if v}))


@fault("With the next push the annotations are those of the labels.", "a copied line")
def annotations_are_copied_from_labels(recipe):
    return with_metadata(recipe, lambda m: replace(m, annotations=m.labels))


@fault("The order of a skill's tags is lost, and a repeated one, with the next push.", "a set")
def metadata_tags_become_a_set(recipe):
    return with_metadata(recipe, lambda m: replace(m, tags=tuple(sorted(set(m.tags)))))


@fault("A record that is an empty message cannot be read.", "an empty blob is falsy")
class empty_record_is_missing(SqliteStore):
    def get_resource(self, kind, resource_id, message_class):
        found = super().get_resource(kind, resource_id, message_class)
        if not found.ByteSize():
            raise ResourceNotFound.of(kind_text(kind), resource_id)
        return found


@fault("Records of a negative kind are stored where the server does not look.", "enum numbers are unsigned")
class negative_kinds_are_unsigned(SqliteStore):
    def _read(self, sql, kind, **given):
        return super()._read(sql, kind % 2**32 if isinstance(kind, int) else kind, **given)

    def _write(self, sql, kind, **given):
        return super()._write(sql, kind % 2**32 if isinstance(kind, int) else kind, **given)


@fault("Records of the unknown kind are stored where the server does not look.", "0 is falsy")
class kind_zero_has_no_name(SqliteStore):
    def _read(self, sql, kind, **given):
        return super()._read(sql, kind or "", **given)

    def _write(self, sql, kind, **given):
        return super()._write(sql, kind or "", **given)


@fault("The status says for ever that it was created and never changed.", "only the spec is stamped by an update")
def status_audit_stays_as_created(recipe):
    return with_version(recipe, lambda skill, now: skill if now is None else replace(skill, status_audit=now.status_audit))


@fault("The history holds a version without its tag.", "the audit message is made before the tag is set")
class archived_message_has_no_tag(SkillController):
    def write(self, skill, message):
        archived = self.generation.codec.skill_message(replace(skill, tag=""))
        self.store.save_audit(SKILL, skill.metadata.id, archived, version_hash=skill.version_hash, tag=skill.tag)
        self.store.save_resource(SKILL, skill.metadata.id, message)
