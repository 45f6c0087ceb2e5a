"""What the model of the skill API refuses, before it looks at what is stored."""

from __future__ import annotations

import string
from typing import Any

from pytest_stigmer.api import values
from pytest_stigmer.errors import ArchiveError
from pytest_stigmer.skills import refusals
from pytest_stigmer.skills.archive import ArchiveReader

_HASH_DIGITS = 64


def model_slug(name: str) -> str:
    """Return the slug of a name, letter by letter."""
    kept = [
        "-" if letter == " " else letter
        for letter in name.lower()
        if letter in string.ascii_lowercase + string.digits + "- "
    ]
    return "-".join(part for part in "".join(kept).split("-") if part)


def check_push(request: Any, otherwise: frozenset[str]) -> None:
    """Raise StatusError for what contradicts itself; `otherwise` are points taken that way."""
    if request.scope == values.SCOPE_IDENTITY_ACCOUNT:
        raise refusals.invalid_field("scope", "a skill cannot belong to an identity account")
    if request.scope == values.SCOPE_ORGANIZATION and not request.org:
        raise refusals.invalid_field("org", "value is required with scope organization")
    if request.scope == values.SCOPE_PLATFORM and request.org:
        raise refusals.invalid_field("org", "value must be empty with scope platform")
    takes_capitals = "hash_in_capitals_is_refused" in otherwise
    if is_hash(request.tag if takes_capitals else request.tag.lower()):
        raise refusals.invalid_field("tag", "64 hexadecimal digits would be taken for a hash")


def check_reference(reference: Any, otherwise: frozenset[str]) -> None:
    """Raise StatusError for a reference to no skill; `otherwise` are points taken that way."""
    is_of_skills = reference.kind in (values.KIND_UNKNOWN_NUMBER, values.KIND_SKILL_NUMBER)
    is_of_account = reference.scope == values.SCOPE_IDENTITY_ACCOUNT
    if "reference_to_no_skill_is_refused" in otherwise and (is_of_account or not is_of_skills):
        raise refusals.no_skill_with_slug(reference.slug)
    if not is_of_skills:
        raise refusals.invalid_field("kind", "value must be skill or unset")
    if is_of_account:
        raise refusals.invalid_field("scope", "no skill belongs to an identity account")
    if reference.scope == values.SCOPE_ORGANIZATION and not reference.org:
        if "organization_needs_org" in otherwise and reference.slug:
            raise refusals.no_skill_with_slug(reference.slug)
        raise refusals.invalid_field("org", "value is required with scope organization")
    if not reference.slug:
        raise refusals.slug_required()


def skill_md_of(artifact: bytes) -> str:
    """Return the text of SKILL.md; raise StatusError for an artifact that is not acceptable."""
    try:
        return ArchiveReader().read(artifact).skill_md
    except ArchiveError as error:
        raise refusals.invalid_artifact(error) from error


def is_hash(version: str) -> bool:
    """Whether a version is a hash and not a tag: 64 lower-case hexadecimal digits."""
    return len(version) == _HASH_DIGITS and set(version) <= set("0123456789abcdef")
