from __future__ import annotations

import json
from string import Template

from fourth_faults._tools_d import *  # noqa: F403


@fault("A character of long instructions is lost where it lies across a border of 64 KiB.", "instructions are decoded chunk by chunk")
class characters_on_a_border_are_lost(ArchiveReader):
    def skill_md(self, data, entry):
        raw, size = super().skill_md(data, entry).encode(), 64 * 1024
        return "".join(raw[at : at + size].decode(errors="ignore") for at in range(0, len(raw), size))


@fault("Makefiles and other code in instructions no longer work, for their tabs are blanks.", "instructions are formatted when they are stored")
def tabs_become_blanks(recipe):
    return with_text(recipe, lambda text: text.replace("\t", "    "))


@fault("`$$` in the shell commands of instructions becomes `$`, and `$name` the name of the skill.", "instructions are a template that is filled in")
def instructions_are_a_template(recipe):
    return with_version(recipe, lambda skill, _: replace(skill, skill_md=Template(skill.skill_md).safe_substitute(name=skill.metadata.name)))


@fault("The value of a label ends at its first equals sign after the next push.", "labels pass through lines of key=value")
def label_values_end_at_an_equals_sign(recipe):
    return with_metadata(recipe, lambda m: replace(m, labels=dict(f"{k}={v}".split("=")[:2] for k, v in m.labels.items())))


@fault("A name with two blanks in a row comes back with one.", "white space in names is tidied up")
def blanks_in_a_row_become_one(recipe):
    return with_version(recipe, lambda skill, _: replace(skill, metadata=replace(skill.metadata, name=re.sub(r"\s+", " ", skill.metadata.name))))


@fault("An old version says that it is still being uploaded.", "a version is archived before its state is set")
class archived_versions_are_not_ready(SkillController):
    def write(self, skill, message):
        super().write(skill, message)
        unready = self.stored(self.generation.codec.skill_message(replace(skill, state=1)))
        self.store.execute("UPDATE resource_audit SET data = :data WHERE id = (SELECT max(id) FROM resource_audit)", {"data": unready.data})


@fault("Whoever deletes a skill does not get back its instructions, and cannot push it again from the answer.", "a deletion answers with a summary")
class deletion_answers_a_summary(SkillController):
    def delete(self, skill_id):
        found = self.generation.Skill.FromString(super().delete(skill_id).data)
        found.spec.ClearField("skill_md")
        return self.stored(found)


@fault("A listing shows skills without their instructions.", "a listing is thought of as a summary")
class listing_is_a_summary(SqliteStore):
    def list_resources(self, kind):
        return [self._summary(data) if kind_text(kind) == SKILL else data for data in super().list_resources(kind)]

    def _summary(self, data):
        with suppress(Exception):
            made = load("auto").Skill.FromString(data)
            made.spec.ClearField("skill_md")
            return encode(made)
        return data


@fault("An annotation that holds JSON comes back in another form, and its signature no longer fits.", "annotations are parsed to check them, and what was parsed is stored")
def json_in_annotations_is_written_anew(recipe):
    def anew(value):
        with suppress(ValueError):
            found = json.loads(value)
            return json.dumps(found) if isinstance(found, (dict, list)) else value
        return value
    return with_metadata(recipe, lambda m: replace(m, annotations={k: anew(v) for k, v in m.annotations.items()}))


@fault("A version that changes white space alone has the instructions of the version before.", "instructions are compared word by word to tell whether they changed")
def changes_of_white_space_are_overlooked(recipe):
    def change(skill, current):
        same = current is not None and current.skill_md.split() == skill.skill_md.split()
        return replace(skill, skill_md=current.skill_md) if same else skill
    return with_version(recipe, change)
