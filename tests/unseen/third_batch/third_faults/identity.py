from __future__ import annotations

from third_faults._tools import *  # noqa: F403

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


@fault("A reference to an organisation's skill that is not there answers with the skill without organisation.", "an organisation inherits what all share")
class missing_skills_come_from_the_platform(ReferenceResolver):
    def identity(self, reference):
        found = super().identity(reference)
        return Identity("", found.slug) if self._index.find(found) is None else found


@fault("A skill without organisation is not found by its slug once an organisation has one too.", "more than one is ambiguous")
class own_skill_is_ambiguous_too(ReferenceResolver):
    def identity(self, reference):
        found = super().identity(reference)
        if not reference.org and not reference.scope and len(self._index.organisations(reference.slug)) > 1:
            raise refusals.ambiguous(reference.slug, len(self._index.organisations(reference.slug)))
        return found


@fault("Names with a slash get slugs that no other server knows.", "the name is taken for a path")
def names_are_cut_to_the_last_part(recipe):
    return with_slug(recipe, lambda name: slug_of(name.rstrip("/").rpartition("/")[2]))


@fault("Names in camel case get slugs that no other server knows.", "words are separated before each capital")
def capitals_begin_a_word(recipe):
    return with_slug(recipe, lambda name: slug_of(re.sub("(?<=[a-z0-9])(?=[A-Z])", " ", name)))


@fault("A push whose name is written in another way makes another skill.", "slugs are made unique by a number")
class taken_slugs_get_a_number(SkillController):
    def identity(self, request):
        first = found = super().identity(request)
        number = 1
        while (there := self.current(found)) and there.metadata.name != request.name:
            number += 1
            found = Identity(first.org, f"{first.slug}-{number}")
        return found


@fault("A skill that is made anew has the id of the deleted one.", "ids are made from organisation and slug, as UUID 5 does")
class ids_follow_from_the_name(SkillController):
    def metadata(self, request, identity, current):
        made = super().metadata(request, identity, current)
        if current:
            return made
        number = int.from_bytes(sha256(f"{identity.org}/{identity.slug}".encode()).digest()[:16], "big")
        return replace(made, id="skl-" + "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5)))


@fault("Ids are of a form that other servers do not accept.", "ULIDs as their library writes them")
class ids_are_in_capitals(SkillController):
    def new_id(self):
        prefix, _, ulid = super().new_id().partition("-")
        return f"{prefix}-{ulid.upper()}"


@fault("An organisation's first push overwrites the skill without organisation.", "what belongs to nobody is adopted")
class push_adopts_what_belongs_to_nobody(SkillController):
    def identity(self, request):
        found = super().identity(request)
        nobodys = Identity("", found.slug)
        return nobodys if self.index.find(found) is None and self.index.find(nobodys) else found


@fault("A push without organisation overwrites the skill of the only organisation that has one.", "pushes look skills up as references do")
class push_takes_the_only_organisation(SkillController):
    def identity(self, request):
        found = super().identity(request)
        known = self.index.organisations(found.slug)
        return Identity(*known, found.slug) if not found.org and len(known) == 1 else found


@fault("A skill that was pushed without a scope says that it has one.", "the scope is filled from the organisation")
class unset_scope_is_filled(SkillController):
    def metadata(self, request, identity, current):
        made = super().metadata(request, identity, current)
        return replace(made, owner_scope=made.owner_scope or (values.SCOPE_ORGANIZATION if made.org else values.SCOPE_PLATFORM))


@fault("Two organisations whose names have one slug share their skills.", "organisations are compared by their slugs")
def organisations_are_compared_as_slugs(recipe):
    return with_identity(recipe, lambda it: Identity(slug_of(it.org) or it.org, it.slug))


@fault("A push overwrites another organisation's skill where hyphens fall together.", "the key is organisation, hyphen, slug")
class key_is_joined_by_a_hyphen(SlugIndex):
    def find(self, identity):
        for known, skill_id in self._current().ids.items():
            if "-".join(known) == "-".join(identity):
                return skill_id
        return super().find(identity)


@fault("A skill has another name than it was pushed with.", "the name is read from the instructions' front matter")
def front_matter_renames_the_skill(recipe):
    def change(skill, _):
        front = re.match(r"---\n(?:.+\n)*?name: *(.+)\n", skill.skill_md)
        return replace(skill, metadata=replace(skill.metadata, name=front[1])) if front else skill
    return with_version(recipe, change)


@fault("A skill that another program saved without an id in its message is not found.", "the id is read from the message, not from the row")
class ids_are_read_from_the_message(SlugIndex):
    def find(self, identity):
        skill_id = super().find(identity)
        return skill_id and self._store.get_resource(SKILL, skill_id, self._generation.Skill).metadata.id
