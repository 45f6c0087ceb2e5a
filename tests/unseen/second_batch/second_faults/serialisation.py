from __future__ import annotations

from second_faults._tools import *  # noqa: F403


@fault("What a newer server wrote is missing when a skill is read by its id.", "one call answers by way of JSON")
class get_passes_through_json(SkillController):
    def get(self, skill_id):
        made = super().get(skill_id)
        return self.stored(json_format.ParseDict(json_format.MessageToDict(made.message), self.generation.Skill()))


@fault("Form feeds and rarer line ends in instructions are replaced.", "splitlines() and join")
def rare_line_ends_become_newlines(recipe):
    return with_text(recipe, lambda text: re.sub("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", text))


@fault("Composed emoji and words of some scripts fall apart in instructions.", "invisible characters are removed for safety")
def joiners_are_removed(recipe):
    return with_text(recipe, lambda text: re.sub("[\u200b-\u200f\u2060]", "", text))


@fault("Instructions with front matter differ from their file.", "front matter is parsed and written anew")
def front_matter_is_written_anew(recipe):
    def change(text):
        found = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
        if not found:
            return text
        return "---\n" + "\n".join(line.rstrip() for line in found[1].split("\n")) + "\n---\n" + text[found.end() :]
    return with_text(recipe, change)


@fault("A label such as 1.10 or 007 is another one after the next push.", "values pass through YAML without quotes")
def labels_like_numbers_change(recipe):
    def number(text):
        if not re.fullmatch("[0-9]+([.][0-9]+)?", text):
            return text
        return str(float(text) if "." in text else int(text))
    return with_metadata(recipe, lambda m: replace(m, labels={k: number(v) for k, v in m.labels.items()}))


@fault("A tag with a comma becomes two with the next push.", "a list is kept as one text")
def metadata_tags_are_split_at_commas(recipe):
    return with_metadata(recipe, lambda m: replace(m, tags=tuple(",".join(m.tags).split(",")) if m.tags else ()))


@fault("Who made a skill is forgotten with the next push.", "the actor is written into both places")
class updates_name_their_actor_as_creator(SkillController):
    def stamp(self, now, before):
        return replace(super().stamp(now, before), created_by="system")


@fault("The status of a skill is said to have been made when the spec was.", "one stamp for both halves")
def status_takes_the_specs_creation(recipe):
    return with_version(recipe, lambda skill, now: replace(skill, status_audit=skill.spec_audit) if now else skill)


@fault("Old versions lack what a newer server wrote.", "history is answered by way of plain values")
class old_versions_are_answered_from_known_fields(ReferenceResolver):
    def by_tag(self, skill_id, tag, current):
        found = super().by_tag(skill_id, tag, current)
        return found if found is current else self._codec.skill_message(self._codec.skill(found))


@fault("The key of a label is another one after the next push.", "keys are lower-cased as those of headers")
def label_keys_are_lowered(recipe):
    return with_metadata(recipe, lambda m: replace(m, labels={k.lower(): v for k, v in m.labels.items()}))
