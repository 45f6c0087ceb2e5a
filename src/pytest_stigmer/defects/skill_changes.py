"""The small changes of the skill API from which the defects of its tables are made."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from zipfile import ZipFile

from pytest_stigmer.api.codec import Codec
from pytest_stigmer.api.values import SKILL_KIND
from pytest_stigmer.defects.change import Row, in_place
from pytest_stigmer.errors import ArchiveError
from pytest_stigmer.skills import refusals
from pytest_stigmer.skills.archive import Archive, ArchiveReader
from pytest_stigmer.skills.controller import SkillController, Stored
from pytest_stigmer.skills.endpoint import SkillEndpoint
from pytest_stigmer.skills.references import ReferenceResolver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from zipfile import ZipInfo

    from pytest_stigmer.api.values import AuditInfo, Metadata, PushSkill, Reference, Skill
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.index import Identity
    from pytest_stigmer.skills.zipdirectory import Entry

    Apply = Callable[[Recipe], Recipe]


def alike(harm: str, origin: str, applied: Mapping[str, Apply]) -> Iterator[Row]:
    """Yield the defects, by id, that do one harm and stand for one thing."""
    for defect_id, apply in applied.items():
        yield Row(defect_id, harm, origin, apply)


def refusing_archives(is_bad: Callable[[ZipFile], bool]) -> Apply:
    """Refuse good archives too, by what Python reads in them."""

    class Picky(ArchiveReader):
        def read(self, data: bytes) -> Archive:
            found = super().read(data)
            with ZipFile(io.BytesIO(data)) as archive:
                if is_bad(archive):
                    raise ArchiveError("no such archive is taken here")
            return found

    return partial(in_place, part=Picky)


def refusing_entries(is_bad: Callable[[ZipInfo], bool]) -> Apply:
    """Refuse good archives that hold such an entry."""
    return refusing_archives(lambda archive: any(map(is_bad, archive.infolist())))


def refusing_pushes(field: str, pattern: str) -> Apply:
    """Refuse good pushes by the text of a field."""

    class Picky(SkillController):
        def check_push(self, request: PushSkill) -> None:
            super().check_push(request)
            if re.search(pattern, getattr(request, field)):
                raise refusals.invalid_field(field, "no such text is taken here")

    return partial(in_place, part=Picky)


def refusing_references(is_bad: Callable[[Reference], bool]) -> Apply:
    """Refuse good references."""

    class Picky(ReferenceResolver):
        def check(self, reference: Reference) -> None:
            super().check(reference)
            if is_bad(reference):
                raise refusals.invalid_field("reference", "nothing of that kind is taken here")

    return partial(in_place, part=Picky)


def checking_tags_in_lower_case(recipe: Recipe) -> Recipe:
    """Take a tag for a hash in lower case only."""

    class Checking(SkillController):
        def check_push(self, request: PushSkill) -> None:
            in_capitals = re.fullmatch("[0-9A-F]{64}", request.tag)
            super().check_push(replace(request, tag="") if in_capitals else request)

    return in_place(recipe, Checking)


def reading_organisations(change: Callable[[str], str]) -> Apply:
    """Read the organisation of every request in another form."""

    class Reading(SkillEndpoint):
        def decode(self, message_class: type[Any], request: bytes) -> Any:
            message = super().decode(message_class, request)
            if hasattr(message, "org"):
                message.org = change(message.org)
            return message

    return partial(in_place, part=Reading)


def reading_versions(is_current: Callable[[str], bool]) -> Apply:
    """Take more versions for the current one."""

    class Reading(ReferenceResolver):
        def is_current(self, version: str) -> bool:
            return super().is_current(version) or is_current(version)

    return partial(in_place, part=Reading)


def reading_references(change: Callable[[Reference], Reference]) -> Apply:
    """Resolve a reference in another form."""

    class Reading(ReferenceResolver):
        def resolve(self, reference: Reference) -> Any:
            return super().resolve(change(reference))

    return partial(in_place, part=Reading)


def checking_references(change: Callable[[Reference], Reference]) -> Apply:
    """Hold the rules against a reference in another form."""

    class Checking(ReferenceResolver):
        def check(self, reference: Reference) -> None:
            super().check(change(reference))

    return partial(in_place, part=Checking)


def retouching(change: Callable[[Any, Any], None]) -> Apply:
    """Write into an archived version, which is given with the current one."""

    class Retouching(ReferenceResolver):
        def version(self, reference: Reference, skill_id: str, current: Any) -> Any:
            found = super().version(reference, skill_id, current)
            change(found, current)
            return found

    return partial(in_place, part=Retouching)


def platform_references(identity: Callable[[Reference], Identity]) -> Apply:
    """Let a reference with scope platform mean another skill."""

    class Reading(ReferenceResolver):
        def platform_identity(self, reference: Reference) -> Identity:
            return identity(reference)

    return partial(in_place, part=Reading)


def leaving_out(rule: str) -> Apply:
    """Accept whatever one method of the reader of archives would refuse."""
    lenient = type("Lenient", (ArchiveReader,), {rule: staticmethod(lambda *_: None)})
    return partial(in_place, part=lenient)


def with_text(change: Callable[[str], str]) -> Apply:
    """Keep another text of SKILL.md."""

    class Editing(ArchiveReader):
        def skill_md(self, data: bytes, entry: Entry) -> str:
            return change(super().skill_md(data, entry))

    return partial(in_place, part=Editing)


def with_slug(change: Callable[[str], str]) -> Apply:
    """Make slugs of names that were changed first."""

    class Naming(SkillController):
        def slug(self, name: str) -> str:
            return super().slug(change(name))

    return partial(in_place, part=Naming)


def with_id(change: Callable[[str], str]) -> Apply:
    """Give new skills another id."""

    class Numbering(SkillController):
        def new_id(self) -> str:
            return change(super().new_id())

    return partial(in_place, part=Numbering)


def with_metadata(change: Callable[[Metadata, Skill | None], Metadata]) -> Apply:
    """Change the metadata of a version; what is current before it is given too."""

    class Describing(SkillController):
        def metadata(
            self, request: PushSkill, identity: Identity, current: Skill | None
        ) -> Metadata:
            return change(super().metadata(request, identity, current), current)

    return partial(in_place, part=Describing)


def with_version(change: Callable[[Skill, Skill | None], Skill]) -> Apply:
    """Make another version of what is pushed; what is current before it is given too."""

    class Making(SkillController):
        def next_version(
            self,
            request: PushSkill,
            identity: Identity,
            archive: Archive,
            key: str,
            current: Skill | None,
        ) -> Skill:
            made = super().next_version(request, identity, archive, key, current)
            return change(made, current)

    return partial(in_place, part=Making)


def archived_under(*names: str) -> Apply:
    """Archive a version under these of its names alone."""

    class Archiving(SkillController):
        def write(self, skill: Skill, message: Any) -> None:
            kept = {name: getattr(skill, name) for name in names}
            self.store.save_audit(SKILL_KIND, skill.metadata.id, message, **kept)
            self.store.save_resource(SKILL_KIND, skill.metadata.id, message)

    return partial(in_place, part=Archiving)


def with_stamp(change: Callable[[AuditInfo], AuditInfo]) -> Apply:
    """Change who and when, in both halves of the audit."""

    class Stamping(SkillController):
        def stamp(self, now: int, before: AuditInfo | None) -> AuditInfo:
            return change(super().stamp(now, before))

    return partial(in_place, part=Stamping)


def with_message(**fields: str) -> Apply:
    """Write other texts into fields that are the same in every record."""

    class Writing(Codec):
        def skill_message(self, skill: Skill) -> Any:
            message = super().skill_message(skill)
            for name, value in fields.items():
                setattr(message, name, value)
            return message

    class Other:
        """The generation, with another codec."""

        def __init__(self, generation: Any) -> None:
            self.generation, self.codec = generation, Writing(generation)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.generation, name)

    class Saying(SkillController):
        def save(self, identity: Identity, skill: Skill) -> Stored:
            own, other = self.generation, Other(self.generation)
            self.generation = cast("Any", other)
            try:
                return super().save(identity, skill)
            finally:
                self.generation = own

    return partial(in_place, part=Saying)
