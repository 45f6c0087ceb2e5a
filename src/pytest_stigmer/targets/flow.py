"""The verbs of a scenario step as methods, over a skill client and, where there is one, a store."""

from __future__ import annotations

import base64
import functools
import random
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from pytest_stigmer.errors import UsageError
from pytest_stigmer.factories.artifacts import artifact as packed
from pytest_stigmer.store.translation import ResourceRow, decode, kind_text
from pytest_stigmer.targets.plain import described

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.api.message_types import Skill
    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.skills.endpoint import SkillClient
    from pytest_stigmer.store.sqlite import SqliteStore


class _Undone(Exception):
    """Ends a transaction that is not to be kept."""


class Flow:
    """Scripted flows: messages come back, a failed call of the skill API is a StatusError.

    Store verbs raise the store's own errors. Where the target has no store or no clock of ours,
    their verbs raise UsageError.
    """

    def __init__(
        self,
        api: Generation,
        skills: SkillClient,
        factory: Factory,
        *,
        store: SqliteStore | None = None,
        clock: FrozenClock | None = None,
    ) -> None:
        self.api = api
        self.skills = skills
        self._factory = factory
        self._store = store
        self._clock = clock

    def push(
        self,
        *,
        name: str,
        org: str = "",
        scope: str | int = 0,
        tag: str = "",
        skill_md: Any = None,
        files: Mapping[str, Any] | None = None,
        artifact: Any = None,
        unknown: str = "",
    ) -> Skill:
        """Push a skill whose content is `skill_md` with `files`, or a whole `artifact`.

        With `skill_md` alone the ZIP holds nothing else, so that equal texts make equal versions;
        without any of the three the content is drawn. Content is written as in scenarios; `unknown`
        has, here and below, in base64 the fields that only a newer client sends.
        """
        data = self.artifact(skill_md=skill_md, files=files, artifact=artifact)
        request = self.api.codec.push_message(
            name=name, artifact=data, org=org, scope=scope, tag=tag
        )
        return self.skills.push(_and(request, unknown))

    def artifact(
        self, *, skill_md: Any = None, files: Mapping[str, Any] | None = None, artifact: Any = None
    ) -> bytes:
        """Return the ZIP that a push of this content sends."""
        if artifact is None:
            return self._packed(skill_md, files)
        if skill_md is None and files is None:
            return self._given(artifact)
        raise UsageError("push(): artifact holds skill_md and files; give it or them")

    def get(self, *, id: str, unknown: str = "") -> Skill:  # noqa: A002 - the field's own name
        """Return the current record of a skill."""
        return self.skills.get(_and(self.api.codec.id_message(id), unknown))

    def get_by_reference(
        self,
        *,
        slug: str = "",
        org: str = "",
        scope: str | int = 0,
        kind: str | int = 0,
        version: str = "",
        unknown: str = "",
    ) -> Skill:
        """Return the version that a reference names."""
        reference = self.api.codec.reference_message(
            slug=slug, org=org, version=version, scope=scope, kind=kind
        )
        return self.skills.get_by_reference(_and(reference, unknown))

    def get_artifact(self, *, key: str, unknown: str = "") -> bytes:
        """Return the ZIP behind a storage key."""
        request = _and(self.api.codec.artifact_key_message(key), unknown)
        answer = self.skills.get_artifact(request)
        return self.api.codec.artifact(answer)

    def delete(self, *, id: str, unknown: str = "") -> Skill:  # noqa: A002 - the field's own name
        """Delete a skill with its history and return it as it was."""
        return self.skills.delete(_and(self.api.codec.id_message(id), unknown))

    def save_resource(self, *, id: str, message: Any, kind: str | int = "skill") -> None:  # noqa: A002
        """Save a live record."""
        with self._lent(message) as lent:
            self.store.save_resource(kind, id, lent)

    def get_resource(self, *, id: str, kind: str | int = "skill") -> Skill:  # noqa: A002
        """Return a live record as a Skill."""
        return self.store.get_resource(kind, id, self.api.Skill)

    def list_resources(self, *, kind: str | int = "skill") -> list[Skill]:
        """Return the live records of a kind as Skills, by id."""
        listed = enumerate(self.store.list_resources(kind), start=1)
        return [self._skill(data, kind, f"{number} of the list") for number, data in listed]

    def delete_resource(self, *, id: str, kind: str | int = "skill") -> None:  # noqa: A002
        """Delete a live record."""
        self.store.delete_resource(kind, id)

    def delete_resources_by_kind(self, *, kind: str | int = "skill") -> int:
        """Delete the live records of a kind and return their number."""
        return self.store.delete_resources_by_kind(kind)

    def delete_resources_by_id_prefix(self, *, prefix: str, kind: str | int = "skill") -> int:
        """Delete the live records whose id starts with a prefix and return their number."""
        return self.store.delete_resources_by_id_prefix(kind, prefix)

    def save_audit(
        self,
        *,
        resource_id: str,
        message: Any,
        kind: str | int = "skill",
        version_hash: str = "",
        tag: str = "",
    ) -> None:
        """Append an audit record."""
        with self._lent(message) as lent:
            self.store.save_audit(kind, resource_id, lent, version_hash=version_hash, tag=tag)

    def get_audit_by_hash(
        self, *, resource_id: str, version_hash: str, kind: str | int = "skill"
    ) -> Skill:
        """Return the newest audit record of a version hash as a Skill."""
        return self.store.get_audit_by_hash(kind, resource_id, version_hash, self.api.Skill)

    def get_audit_by_tag(self, *, resource_id: str, tag: str, kind: str | int = "skill") -> Skill:
        """Return the newest audit record of a tag as a Skill."""
        return self.store.get_audit_by_tag(kind, resource_id, tag, self.api.Skill)

    def list_audit_history(self, *, resource_id: str, kind: str | int = "skill") -> list[Skill]:
        """Return the audit records of a resource as Skills, newest first."""
        listed = self.store.list_audit_history(kind, resource_id)
        return [self._skill(data, kind, resource_id) for data in listed]

    def delete_audit_by_resource_id(self, *, resource_id: str, kind: str | int = "skill") -> int:
        """Delete the audit records of a resource and return their number."""
        return self.store.delete_audit_by_resource_id(kind, resource_id)

    def advance(self, duration: Any) -> None:
        """Move the clock by a duration such as `300ms`."""
        self.clock.advance(duration)

    def set_clock(self, instant: Any) -> None:
        """Move the clock to an instant."""
        self.clock.move_to(instant)

    @contextmanager
    def transaction(self, *, keep: bool = True) -> Iterator[None]:
        """Make what the block does to the store one unit, undone at its end unless `keep`."""
        with suppress(_Undone), self.store.transaction():
            yield
            if not keep:
                raise _Undone

    @property
    def store(self) -> SqliteStore:
        """The store behind the target; raise UsageError where there is none."""
        if self._store is None:
            msg = "this target gives no access to its store; use --stigmer-target local or service"
            raise UsageError(msg)
        return self._store

    @property
    def clock(self) -> FrozenClock:
        """The frozen clock; raise UsageError where there is none."""
        if self._clock is None:
            msg = "no frozen clock here: use the stigmer_clock fixture and target local or service"
            raise UsageError(msg)
        return self._clock

    def _packed(self, skill_md: Any, files: Mapping[str, Any] | None) -> bytes:
        given = files and {name: content_bytes(content) for name, content in files.items()}
        if skill_md is None:
            return self._factory.artifact(files=given)
        return packed(skill_md=content_bytes(skill_md), files=given or {})

    def _given(self, artifact: Any) -> bytes:
        if isinstance(artifact, bytes):
            return artifact
        if isinstance(artifact, dict) and "bad" in artifact:
            return self._factory.bad_artifact(artifact["bad"])
        if isinstance(artifact, dict) and "good" in artifact:
            return self._factory.good_artifact(artifact["good"])
        content = content_bytes(artifact)
        return content.encode() if isinstance(content, str) else content

    def _skill(self, data: bytes, kind: str | int, row: str) -> Any:
        return decode(self.api.Skill, data, kind_text(kind), row)

    @contextmanager
    def _lent(self, message: Any) -> Iterator[Any]:
        """Give a message to be stored; one that was made here is emptied, as its caller may do."""
        made = self.message(message)
        yield made
        if made is not message:
            made.Clear()

    def message(self, message: Any) -> Any:
        """Return a message as it is, or the Skill that a map of dotted paths describes."""
        return described(message, self.api.Skill) if isinstance(message, dict) else message


def _and(request: Any, unknown: str) -> Any:
    request.MergeFromString(_unpacked(unknown))
    return request


def content_bytes(content: Any) -> str | bytes:
    """Read content as scenarios write it: text, `{size: N}`, `{noise: N}`, `{base64: TEXT}`."""
    match content:
        case str() | bytes():
            return content
        case {"size": int(size)}:
            return _of_size(size)
        case {"noise": int(size)}:
            return random.Random(size).randbytes(size)  # noqa: S311 - incompressible, not secret
        case {"base64": str(text)}:
            return _unpacked(text)
    raise UsageError(
        f"{content!r} is no content: give text, bytes, {{size: N}}, {{noise: N}} or "
        "{base64: TEXT}"
    )


def legacy_rows(
    rows: Iterable[Mapping[str, Any]], message: Callable[[Any], Any]
) -> Iterator[ResourceRow]:
    """Yield rows of an older release one by one; of `numbered: N` that many.

    Their ids end in their number, and so does the slug of the message, if it has one; `message`
    makes a message of its fields.
    """
    for row in rows:
        ends = [str(number) for number in range(1, row.get("numbered", 0) + 1)] or [""]
        yield from (_with_end(row, end, message) for end in ends)


def _with_end(row: Mapping[str, Any], end: str, message: Callable[[Any], Any]) -> ResourceRow:
    fields = dict(row.get("message", {}))
    if "metadata.slug" in fields:
        fields["metadata.slug"] += end
    row_id = content_bytes(row["id"])
    if isinstance(row_id, bytes):
        row_id = row_id.decode("utf-8", "surrogateescape")
    data = _unpacked(row["base64"]) if "base64" in row else message(fields).SerializeToString()
    return ResourceRow(row.get("kind", "skill"), f"{row_id}{end}", data, row.get("updated_at"))


@functools.lru_cache(maxsize=1)
def _of_size(size: int) -> bytes:
    return b"#" * size


def _unpacked(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise UsageError(f"{text!r} is not base64: {error}") from None
