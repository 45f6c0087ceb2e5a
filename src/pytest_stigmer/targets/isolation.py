"""A client that leaves no trace: its names are nobody else's, and what it made it deletes."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from pytest_stigmer.api.values import MAX_MESSAGE_BYTES
from pytest_stigmer.errors import ServerLost, StatusError, counted
from pytest_stigmer.scenario.target import Unsupported
from pytest_stigmer.skills.controller import slug_of
from pytest_stigmer.skills.endpoint import SkillClient

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from google.protobuf.message import Message

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.skills.endpoint import Transport

_NONCE_BYTES = 6
_FEW = 10


def told_left(keys: Collection[str]) -> Iterator[str]:
    """Say what stays on a server, since no call deletes an artifact; only a few are named."""
    if not keys:
        return
    yield f"LEFT BEHIND {counted(len(keys), 'artifact')}, which no call deletes:"
    yield from (f"  {key}" for key in sorted(keys)[:_FEW])
    if len(keys) > _FEW:
        yield f"  and {len(keys) - _FEW} more"


class IsolatedSkills(SkillClient):
    """The skill API of a server that others use too.

    Names, slugs and organisations get a suffix on their way to the server and lose it on the way
    back, in texts of errors too; contents, hashes and ids are the server's. A name without a slug
    and empty texts go as they are, so that they are refused as anywhere. `left` are the storage
    keys of the artifacts that stay: no call deletes one.
    """

    def __init__(self, messages: Generation, transport: Transport) -> None:
        super().__init__(messages, transport)
        self.suffix = f"-x{secrets.token_hex(_NONCE_BYTES)}"
        self.left: set[str] = set()
        self.before_push: Callable[[bytes], None] = _look_away
        self._made: dict[tuple[str, str], str] = {}

    def push(self, request: Message) -> Any:
        """Push under a name of our own."""
        own = _copy(request)
        slug = slug_of(own.name)
        if slug:
            own.name += self.suffix
        own.org = self._own(own.org)
        identity = (slug_of(own.name), own.org)
        if request.ByteSize() <= MAX_MESSAGE_BYTES < own.ByteSize():
            raise Unsupported("with a name of our own the message is over the limit")
        self.before_push(own.artifact)
        self._made.setdefault(identity, "")  # before the call: its answer may be lost
        try:
            answer = self._answered(super().push, own)
        except StatusError as error:
            if error.code != "INVALID_ARGUMENT":  # it may have been written before the failure
                self.left.add(storage_key(own.artifact))
            raise
        self._made[identity] = answer.metadata.id
        self.left.add(answer.status.artifact_storage_key)
        return answer

    def get(self, request: Message) -> Any:
        """Return the current record."""
        return self._answered(super().get, request)

    def get_by_reference(self, request: Message) -> Any:
        """Resolve a reference to one of our own names."""
        own = _copy(request)
        own.slug, own.org = self._own(own.slug), self._own(own.org)
        return self._answered(super().get_by_reference, own)

    def get_artifact(self, request: Message) -> Any:
        """Return an artifact; its key is its content's."""
        return self._answered(super().get_artifact, request)

    def delete(self, request: Any) -> Any:
        """Delete a skill that this client made; PERMISSION_DENIED for anybody else's.

        An id that nobody has goes to the server, which refuses it as anywhere.
        """
        if request.value and request.value not in self._made.values():
            self._refuse_if_alive(request)
        return self._answered(super().delete, request)

    def clean_up(self) -> list[str]:
        """Delete whatever was made and still is there; return what could not be, a line each."""
        left: list[str] = []
        made = list(self._made.items())
        for number, ((slug, org), skill_id) in enumerate(made):
            try:
                self._remove(slug, org, skill_id)
            except ServerLost as error:
                slugs = ", ".join(slug for (slug, _), _ in made[number:])
                return [*left, f"{slugs}: {error}"]
            except StatusError as error:
                left.append(f"{slug} (org {org!r}, id {skill_id or 'unknown'}): {error}")
        return left

    def _remove(self, slug: str, org: str, skill_id: str) -> None:
        api = self._messages
        try:
            if not skill_id:
                reference = api.ApiResourceReference(slug=slug, org=org)
                skill_id = super().get_by_reference(reference).metadata.id
            super().delete(api.SkillId(value=skill_id))
        except StatusError as error:
            if error.code not in ("NOT_FOUND", "INVALID_ARGUMENT"):
                raise

    def _refuse_if_alive(self, request: Any) -> None:
        try:
            super().get(request)
        except StatusError as error:
            if error.code in ("NOT_FOUND", "INVALID_ARGUMENT"):
                return
            raise
        raise StatusError(
            "PERMISSION_DENIED", f"{request.value} was not made by this run: it is left alone"
        )

    def _own(self, text: str) -> str:
        return text and text + self.suffix

    def _answered(self, call: Any, request: Message) -> Any:
        try:
            answer = call(request)
        except ServerLost:
            raise
        except StatusError as error:
            text = error.details.replace(self.suffix, "")
            raise StatusError(error.code, text) from error
        return self.without_suffix(answer) if hasattr(answer, "metadata") else answer

    def without_suffix(self, skill: Any) -> Any:
        """Give a skill the names that the scenario knows, and return it."""
        found = skill.metadata
        for field in ("name", "slug", "org"):
            setattr(found, field, getattr(found, field).removesuffix(self.suffix))
        return skill


def storage_key(artifact: bytes) -> str:
    """Return the key under which a server stores an artifact that it accepts."""
    return f"skills/{hashlib.sha256(artifact).hexdigest()}.zip"


def _look_away(artifact: bytes) -> None:
    """See nothing of what is sent."""


def _copy(request: Message) -> Any:
    own = type(request)()
    own.CopyFrom(request)
    return own
