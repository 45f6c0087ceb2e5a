from __future__ import annotations

from unseen_faults._tools import *  # noqa: F403


@fault("An organisation with a blank at its end shares the skills of the one without.", "names are trimmed before comparing")
def organisations_ignore_outer_blanks(recipe):
    return with_identity(recipe, lambda it: Identity(it.org.strip(), it.slug))


@fault("Skills of an organisation with capitals are not found.", "only references are lower-cased")
class references_lower_the_organisation(ReferenceResolver):
    def identity(self, reference):
        found = super().identity(reference)
        return Identity(found.org.lower(), found.slug) if reference.org else found


@fault("Names with accents get slugs that no other server knows.", "accents are folded to letters")
def accents_are_transliterated(recipe):
    return with_slug(recipe, lambda name: slug_of(unicodedata.normalize("NFKD", name)))


@fault("Names with underscores get slugs that no other server knows.", "underscores become hyphens")
def underscores_become_hyphens(recipe):
    return with_slug(recipe, lambda name: slug_of(name.replace("_", "-")))


@fault("Names with tabs or no-break spaces get slugs that no other server knows.", r"\s for a space")
def every_blank_becomes_a_hyphen(recipe):
    return with_slug(recipe, lambda name: slug_of(re.sub(r"\s", "-", name)))


@fault("A reference that is no slug finds a skill here and nowhere else.", "references are normalised")
class references_are_made_slugs(ReferenceResolver):
    def identity(self, reference):
        return super().identity(replace(reference, slug=slug_of(reference.slug)))


@fault("A push that names another scope makes a second skill of one slug.", "scope is part of the identity")
class another_scope_is_another_skill(SkillController):
    def next_version(self, request, identity, archive, key, current):
        if current and request.scope and current.metadata.owner_scope and request.scope != current.metadata.owner_scope:
            current = None
        return super().next_version(request, identity, archive, key, current)


@fault("A skill keeps the spelling of its first name for ever.", "the name is immutable")
class names_never_change(SkillController):
    def metadata(self, request, identity, current):
        made = super().metadata(request, identity, current)
        return made if current is None else replace(made, name=current.metadata.name)


@fault("An id that does not exist reads, and deletes, a skill.", "ids are decoded as leniently as ULIDs allow")
class ids_are_read_leniently(SkillController):
    def message(self, skill_id):
        read = skill_id[:4].lower() + skill_id[4:].lower().translate(str.maketrans("oil", "011"))
        return super().message(read)


@fault("An id that does not exist reads the skill whose slug it is.", "ids fall back to slugs")
class an_id_may_be_a_slug(SkillController):
    def get(self, skill_id):
        return super().get(self.index.find(Identity("", skill_id)) or skill_id)


@fault("Pushing calc-skill overwrites calc.", "a word that says nothing is dropped")
def suffix_skill_is_dropped(recipe):
    return with_slug(recipe, lambda name: slug_of(name).removesuffix("-skill"))


@fault("Names that begin with a digit get slugs that no other server knows.", "slugs are made identifiers")
def slugs_begin_with_a_letter(recipe):
    return with_slug(recipe, lambda name: re.sub(r"^(?=\d)", "s", slug_of(name)))


@fault("A name with the Kelvin sign, or a dotted capital I, has another slug than elsewhere.", "casefold of ASCII letters only")
def only_ascii_is_lowered(recipe):
    return with_slug(recipe, lambda name: slug_of(re.sub("[^\x00-\x7f]", "", name)))
