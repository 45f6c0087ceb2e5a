from __future__ import annotations

from fourth_faults._tools_e import *  # noqa: F403


@fault("Ids are of a form that other servers do not accept.", "the kind's name in place of its id prefix")
class ids_have_the_kind_for_prefix(SkillController):
    def new_id(self):
        return new_id(SKILL, self.clock)


@fault("A skill has another name than it was pushed with.", "name and slug are set from one variable")
def names_are_stored_as_slugs(recipe):
    return with_metadata(recipe, lambda made, identity: replace(made, name=identity.slug))


@fault("A skill whose name has no letter is accepted under a slug that nobody can guess.", "a hash of the name where the slug is empty")
class names_without_a_slug_are_given_one(SkillController):
    def slug(self, name):
        return slug_of(name) or f"skill-{sha256(name.encode()).hexdigest()[:8]}"


@fault("A reference to a skill that is not there answers with another whose slug begins with it.", "slugs may be shortened while they are unique, as commits in git")
class slugs_may_be_shortened(ReferenceResolver):
    def identity(self, reference):
        found = super().identity(reference)
        if self._index.find(found) is not None:
            return found
        fits = [it for it in self._index._current().ids if it.org == found.org and it.slug.startswith(found.slug)]
        return fits[0] if len(fits) == 1 else found


@fault("A skill whose slug is not the one that its name has today is not found, and the next push doubles it.", "the index works slugs out of the names")
def stored_slugs_are_worked_out_anew(recipe):
    return with_read_identity(recipe, lambda it: Identity(it.metadata.org, slug_of(it.metadata.name) or it.metadata.slug))


@fault("The id of an agent is answered as if it were a skill's.", "ids are unique anyway, so the kind is left to the sorting")
def ids_answer_in_every_kind(recipe):
    return with_queries(recipe, get_resource="SELECT data FROM resources WHERE id = :id ORDER BY kind = :kind DESC LIMIT 1")


@fault("A push whose name has a slash goes to another organisation's skills.", "organisation/name, as image registries read it")
class names_may_carry_their_organisation(SkillController):
    def push(self, request):
        org, slash, name = request.name.partition("/")
        return super().push(replace(request, org=org, name=name) if slash and name and not request.org else request)


@fault("A skill that was pushed without a scope is not found by a reference with one.", "the reference's scope is compared with the record's")
class references_want_the_scope_of_the_record(ReferenceResolver):
    def version(self, reference, skill_id, current):
        if reference.scope and reference.scope != current.metadata.owner_scope:
            raise refusals.no_skill_with_slug(reference.slug)
        return super().version(reference, skill_id, current)


@fault("A new skill has the versions of one that was there before it.", "a history without its record is taken for that of the same slug")
class orphaned_histories_are_taken_over(SkillController):
    def metadata(self, request, identity, current):
        made = super().metadata(request, identity, current)
        live = "SELECT id FROM resources WHERE kind = 'skill'"
        orphans = f"SELECT resource_id, data FROM resource_audit WHERE kind = 'skill' AND resource_id NOT IN ({live}) ORDER BY id DESC"
        for skill_id, data in self.store.execute(orphans) if current is None else []:
            with suppress(Exception):
                if self.generation.codec.identity(self.generation.Skill.FromString(data)) == identity:
                    return replace(made, id=skill_id)
        return made


@fault("A skill of an organisation that has scope platform is not found in it, and the next push doubles it.", "scope platform is read as: no organisation")
def platform_records_have_no_organisation(recipe):
    def of(message):
        org = "" if message.metadata.owner_scope == values.SCOPE_PLATFORM else message.metadata.org
        return Identity(org, message.metadata.slug)
    return with_read_identity(recipe, of)
