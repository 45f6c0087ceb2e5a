from __future__ import annotations

from second_faults._tools import *  # noqa: F403


@fault("Names with a sharp s or a ligature get slugs that no other server knows.", "casefold() for lower()")
def names_are_casefolded(recipe):
    return with_slug(recipe, lambda name: slug_of(name.casefold()))


@fault("Names with a row of blanks or hyphens get slugs that no other server knows.", "two hyphens are replaced by one, once")
def hyphens_are_paired_once(recipe):
    return with_slug(recipe, lambda name: re.sub("[^a-z0-9-]", "", name.lower().replace(" ", "-")).replace("--", "-").strip("-"))


@fault("Names that begin or end with a sign beside a blank get slugs that no other server knows.", "ends are trimmed before characters are dropped")
def ends_are_trimmed_too_early(recipe):
    return with_slug(recipe, lambda name: re.sub("-+", "-", re.sub("[^a-z0-9-]", "", name.lower().replace(" ", "-").strip("-"))))


@fault("Names with digits of other scripts get slugs that no other server knows.", r"\d for 0-9")
def digits_of_all_scripts_stay(recipe):
    return with_slug(recipe, lambda name: re.sub("-+", "-", re.sub(r"[^a-z\d-]", "", name.lower().replace(" ", "-"))).strip("-"))


@fault("A push for an organisation of blanks overwrites the skill without organisation.", "blank is taken for empty")
class blank_organisation_is_none(SkillController):
    def identity(self, request):
        found = super().identity(request)
        return found if found.org.strip() else Identity("", found.slug)


@fault("A scope that a later push gives is ignored.", "the scope is set once")
class scope_is_set_once(SkillController):
    def metadata(self, request, identity, current):
        made = super().metadata(request, identity, current)
        return replace(made, owner_scope=current.metadata.owner_scope or made.owner_scope) if current else made


@fault("Two organisations whose names differ in their form of Unicode share their skills.", "NFC before comparing")
def organisations_are_composed(recipe):
    return with_identity(recipe, lambda it: Identity(unicodedata.normalize("NFC", it.org), it.slug))


@fault("A reference without organisation goes on finding a skill after it became ambiguous.", "the organisation found first is kept in memory")
class first_answer_hides_ambiguity(ReferenceResolver):
    def identity(self, reference):
        if reference.org or reference.scope:
            return super().identity(reference)
        kept = memory(self, "_kept")
        if kept.get(reference.slug) not in self._index.organisations(reference.slug):
            kept[reference.slug] = super().identity(reference).org
        return Identity(kept[reference.slug], reference.slug)


@fault("A skill whose name is a number cannot be pushed.", "a name needs a letter")
class names_of_digits_alone_are_refused(SkillController):
    def identity(self, request):
        found = super().identity(request)
        if found.slug.replace("-", "").isdigit():
            raise refusals.invalid_name(request.name)
        return found


@fault("The skills of an organisation named null are those without organisation.", "the word of a client that forgot a value")
class null_is_no_organisation(SkillController):
    def identity(self, request):
        found = super().identity(request)
        return Identity("", found.slug) if found.org in ("null", "None", "undefined") else found


@fault("A reference that is no slug finds a skill here and nowhere else.", "blanks around a slug are trimmed")
class blanks_around_a_slug_are_ignored(ReferenceResolver):
    def identity(self, reference):
        return super().identity(replace(reference, slug=reference.slug.strip()))
