"""The user's own store as a target: spoken to in Skills, answering in our statuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, cast

from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import StatusError
from pytest_stigmer.kit.calls import shown
from pytest_stigmer.kit.capabilities import ToldClock
from pytest_stigmer.kit.store_declarations import StoreDeclarations
from pytest_stigmer.scenario.target import Answer, Target, answered
from pytest_stigmer.store.interface import Store
from pytest_stigmer.targets.flow import Flow
from pytest_stigmer.targets.plain import answer_value

if TYPE_CHECKING:
    from google.protobuf.message import Message

_LOOKUPS = ("get_audit_by_hash", "get_audit_by_tag")


class SkillStore:
    """A user's store whose messages are Skills: each travels as the text of the user's own."""

    def __init__(self, declared: StoreDeclarations, store: Store, skill_class: Any) -> None:
        self.declared = declared
        self.store = store
        self._skill = skill_class
        self._is_closed = False

    def save_resource(self, kind: str | int, resource_id: str, message: Message) -> None:
        """Save the user's message that carries a Skill."""
        self._call("save_resource", kind, resource_id, self._sent(message))

    def save_audit(self, kind: str | int, resource_id: str, message: Message, **names: str) -> None:
        """Archive the user's message that carries a Skill."""
        self._call("save_audit", kind, resource_id, self._sent(message), **names)

    def get_resource(self, kind: str | int, resource_id: str, _: Any) -> Any:
        """Return the Skill that a live record carries."""
        return self._found("get_resource", kind, resource_id)

    def get_audit_by_hash(
        self, kind: str | int, resource_id: str, version_hash: str, _: Any
    ) -> Any:
        """Return the Skill that the newest audit record of a hash carries."""
        return self._found("get_audit_by_hash", kind, resource_id, version_hash)

    def get_audit_by_tag(self, kind: str | int, resource_id: str, tag: str, _: Any) -> Any:
        """Return the Skill that the newest audit record of a tag carries."""
        return self._found("get_audit_by_tag", kind, resource_id, tag)

    def list_resources(self, kind: str | int) -> list[bytes]:
        """Return the Skills that the live records carry."""
        return self._listed("list_resources", kind)

    def list_audit_history(self, kind: str | int, resource_id: str) -> list[bytes]:
        """Return the Skills that the audit records carry."""
        return self._listed("list_audit_history", kind, resource_id)

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        """Return a verb that neither takes nor gives a message."""
        return lambda *arguments: self._call(verb, *arguments)

    def transaction(self) -> Any:
        """Return the store's own transaction."""
        return self._call("transaction")

    def reopen(self) -> None:
        """Go on with another store on the same data."""
        self.store = self.declared.reopen(self.store)
        self._is_closed = False

    def close(self) -> None:
        """Close the store."""
        self._call("close")
        self._is_closed = True

    def _call(self, verb: str, *arguments: Any, **names: Any) -> Any:
        try:
            return getattr(self.store, verb)(*arguments, **names)
        except Exception as error:
            raise self._declared(verb, error) from error

    def _declared(self, verb: str, error: Exception) -> StatusError:
        """Return what an error is by the declarations of the class."""
        declared, text = self.declared, str(error)
        meanings = (
            (self._is_closed, declared.store_closed, "UNAVAILABLE", "store is closed"),
            (
                verb == "get_resource",
                declared.resource_not_found,
                "NOT_FOUND",
                "resource not found",
            ),
            (verb in _LOOKUPS, declared.audit_not_found, "NOT_FOUND", "audit record not found"),
            (verb.startswith("get_"), declared.undecodable, "DATA_LOSS", "undecodable"),
        )
        for applies, class_, code, words in meanings:
            if applies and isinstance(error, class_):
                return StatusError(code, text if words in text else f"{words}: {text}")
        return StatusError("UNKNOWN", f"the class declares no {shown(error)}")

    def _found(self, verb: str, *arguments: Any) -> Any:
        expected = self.declared.message_class
        found = self._call(verb, *arguments, expected)
        if not isinstance(found, expected):
            raise StatusError("UNKNOWN", f"{verb} returned {found!r}, not a {expected.__name__}")
        return self._received(found)

    def _listed(self, verb: str, *arguments: Any) -> list[bytes]:
        listed = self._call(verb, *arguments)
        if not isinstance(listed, list):
            raise StatusError("UNKNOWN", f"{verb} returned {listed!r}, not a list of bytes")
        read = self.declared.message_class.FromString
        return [self._received(read(data)).SerializeToString() for data in listed]

    def _sent(self, skill: Message) -> Message:
        """Return the user's message of a Skill; one with nothing set for a Skill with nothing."""
        from google.protobuf.json_format import MessageToJson

        if not skill.ByteSize():
            return self.declared.message_class()  # type: ignore[no-any-return]
        text = MessageToJson(skill, preserving_proto_field_name=True, indent=None, sort_keys=True)
        return self.declared.message(text)

    def _received(self, message: Any) -> Any:
        from google.protobuf.json_format import Parse, ParseError

        text = self.declared.text_of(message)
        try:
            return Parse(text or "{}", self._skill())
        except ParseError:
            raise StatusError("DATA_LOSS", f"{text!r} came back, which nobody saved") from None


class StoreTarget(Target):
    """Performs the verbs of a store on the one that a class declares."""

    is_ours = False

    def __init__(
        self, declared: StoreDeclarations, store: Store, clock: ToldClock | None = None
    ) -> None:
        self.name = type(declared).__name__
        self.capabilities = declared.capabilities()
        self.takes_threads = declared.is_thread_safe
        self._declared = declared
        api, nothing = load(), cast("Any", None)
        self._given, self._store = store, SkillStore(declared, store, api.Skill)
        self._clock = clock or ToldClock(self._move if declared.can_move_clock else None)
        opened, told = cast("Any", self._store), cast("Any", self._clock)
        self._flow = Flow(api, nothing, nothing, store=opened, clock=told)
        self._other: StoreTarget | None = None

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform one verb; what the store raises is an answer too."""
        life = {"reopen": self._store.reopen, "close": self._store.close}
        act = life.get(verb) or getattr(self._flow, verb)
        return answered(lambda: answer_value(act(**arguments)))

    def transaction(self, *, keep: bool) -> AbstractContextManager[None]:
        """Make the block one unit; a block that is kept needs no unit where there are none."""
        if keep and not self._declared.has_transactions:
            return nullcontext()
        return self._flow.transaction(keep=keep)

    def other(self) -> Target:
        """Return a target on a second store on the same data."""
        if self._other is None:
            beside = self._declared.beside(self._store.store)
            self._other = StoreTarget(self._declared, beside, self._clock)
        return self._other

    def now(self) -> dt.datetime:
        """Return the instant that the scenario has told so far."""
        return self._clock.now()

    def close(self) -> None:
        """Close what was opened beside the store of the fixture, or after it."""
        if self._other is not None:
            self._other.close()
            self._other.perform("close", {})
        if self._store.store is not self._given:
            self.perform("close", {})

    def _move(self, seconds: float) -> None:
        self._declared.move_clock(self._store.store, seconds)
