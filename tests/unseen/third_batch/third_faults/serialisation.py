from __future__ import annotations

from third_faults._tools import *  # noqa: F403


@fault("Instructions that begin with a byte order mark come back without it.", "decoded as utf-8-sig")
def byte_order_mark_is_lost(recipe):
    return with_text(recipe, lambda text: text.removeprefix("\ufeff"))


@fault("Instructions without a line break at their end come back with one.", "a text file ends with a newline")
def line_break_is_added_at_the_end(recipe):
    return with_text(recipe, lambda text: text if text.endswith("\n") else text + "\n")


@fault("Instructions in another encoding are stored with replaced characters.", "decode(errors='replace')")
class foreign_bytes_are_replaced(ArchiveReader):
    def skill_md(self, data, entry):
        try:
            return super().skill_md(data, entry)
        except ArchiveError as error:
            if "UTF-8" not in str(error):
                raise
            return b"".join(self.unpack(data, entry, 2**20)).decode(errors="replace")


@fault("Instructions lack their front matter.", "it is taken off as what describes the text")
def front_matter_is_taken_off(recipe):
    return with_text(recipe, lambda text: re.sub(r"\A---\r?\n.*?^---\r?\n", "", text, flags=re.DOTALL | re.MULTILINE) or text)


@fault("Line breaks that two blanks make in Markdown are lost.", "blanks at the ends of lines are trimmed")
def blanks_at_line_ends_are_trimmed(recipe):
    return with_text(recipe, lambda text: re.sub(r"[ \t]+(?=\r?\n|\Z)", "", text))


@fault("A push answers a record without the labels that the stored one has.", "the answer is made from the request")
class push_answers_its_request(SkillController):
    def save(self, identity, skill):
        super().save(identity, skill)
        made = replace(skill, metadata=replace(skill.metadata, labels={}, annotations={}, tags=()))
        return self.stored(self.generation.codec.skill_message(made))


@fault("Annotations with letters beyond ASCII are garbled by the next push.", "values pass through json.dumps")
def annotations_are_escaped(recipe):
    def plain(text):
        return text.encode("ascii", "backslashreplace").decode()
    return with_metadata(recipe, lambda m: replace(m, annotations={k: plain(v) for k, v in m.annotations.items()}))


@fault("A skill that was pushed twice says neither its kind nor its API version.", "the two are set where a skill is made")
class updates_lack_their_kind(SkillController):
    def save(self, identity, skill):
        message = self.generation.codec.skill_message(skill)
        if skill.spec_audit.event == "updated":
            message.ClearField("kind")
            message.ClearField("api_version")
        stored = self.stored(message)
        if len(stored.data) > values.MAX_MESSAGE_BYTES:
            raise refusals.message_too_large(refusals.SENDING, len(stored.data))
        self.write(skill, stored)
        self.index.saved(identity, skill.metadata.id)
        return stored


@fault("The event of a record is a number.", "the enum's value is written in place of its word")
class events_are_numbers(SkillController):
    def stamp(self, now, before):
        made = super().stamp(now, before)
        return replace(made, event={"created": "1", "updated": "2"}[made.event])


@fault("A scope that a newer server gave is forgotten with the next push.", "enum values that are not known become the first")
def newer_scopes_become_unspecified(recipe):
    return with_metadata(recipe, lambda m: m if m.owner_scope in range(4) else replace(m, owner_scope=0))


@fault("The tags of a skill grow with each version that has one.", "the version's tag is taken for one of the metadata's")
def version_tags_are_added_to_the_metadata(recipe):
    def change(skill, now):
        tags = skill.metadata.tags + ((skill.tag,) if skill.tag else ())
        return replace(skill, metadata=replace(skill.metadata, tags=tags))
    return with_version(recipe, change)
