"""What differs from the reference and is right keeps the contract, or is told what to do."""

from __future__ import annotations

import enum
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from google.protobuf.wrappers_pb2 import BytesValue

from pytest_stigmer.errors import UsageError, carried_status
from pytest_stigmer.explore.skill_model import SkillModel
from pytest_stigmer.explore.store_model import StoreModel
from pytest_stigmer.kit.skill_contract import SkillContract
from pytest_stigmer.kit.skill_declarations import refusal
from pytest_stigmer.kit.skill_refusals import ABSOLUTE_PATH
from pytest_stigmer.kit.store_contract import StoreContract
from pytest_stigmer.store.translation import KIND_NAMES

if TYPE_CHECKING:
    import datetime as dt

    from pytest_stigmer.api.generation import Generation


class _NewestSavedFirst(StoreModel):
    """Lists live records in another order than that of their ids."""

    def list_resources(self, kind: str | int) -> list[bytes]:
        return super().list_resources(kind)[::-1]


class TestStoreWithAnotherOrder(StoreContract):
    """A store that lists by no order breaks the one fact about it, which is left out here."""

    test_records_are_listed_by_id = None
    waived: ClassVar[dict[str, str]] = dict.fromkeys(
        ("prefix_with_brackets", "prefix_with_underscore"), "lists by no order"
    )

    @pytest.fixture
    def store(self) -> StoreModel:
        """Give an empty one."""
        return _NewestSavedFirst()


class _OfTheEnum(StoreModel):
    """Takes kinds by number, or by a name of the enum."""

    def _kind(self, kind: str | int) -> str:
        name = super()._kind(kind)
        if isinstance(kind, str) and name and name not in KIND_NAMES.values():
            int(name)
        return name


class TestStoreThatChecksKinds(StoreContract):
    """A store may refuse a kind that the enum does not name."""

    @pytest.fixture
    def store(self) -> StoreModel:
        """Give an empty one."""
        return _OfTheEnum()


class _Single(SkillModel):
    """A registry of one tenant: the organisation is read in no request, and told in no answer."""

    def _find(self, org: str, slug: str) -> Any | None:
        del org
        return super()._find("", slug)

    def _next_version(self, request: Any, *rest: Any) -> Any:
        skill = super()._next_version(request, *rest)
        skill.metadata.org = ""
        return skill


class TestSkillsOfOneTenant(SkillContract):
    """A registry without organisations keeps every other fact."""

    has_organisations = False

    @pytest.fixture
    def skills(self, clock: Any, api: Generation) -> SkillModel:
        """Give one with nothing in it."""
        return _Single(StoreModel(), clock, api)


class _Running:
    """A clock that runs on between two looks at it."""

    def __init__(self, clock: Any) -> None:
        self.clock = clock

    def now(self) -> dt.datetime:
        """Return a later instant each time."""
        self.clock.move(0.0004)
        return self.clock.now()  # type: ignore[no-any-return]

    def move(self, seconds: float) -> None:
        """Move by seconds, below 0 backwards."""
        self.clock.move(seconds)


class _Milliseconds(SkillModel):
    """Keeps times in milliseconds."""

    def _stamp(self, skill: Any, found: Any | None, half: str, microseconds: int) -> None:
        super()._stamp(skill, found, half, microseconds - microseconds % 1000)


@pytest.mark.parametrize("model", [SkillModel, _Milliseconds])
@pytest.mark.parametrize(
    "fact",
    [
        "pushed_record_is_whole",
        "update_keeps_what_it_does_not_say",
        "update_moves_only_updated_at",
    ],
)
def test_clock_may_run_and_be_precise_to_a_millisecond(
    fact: str, model: type[SkillModel], clock: Any, api: Generation, verdict_on: Any
) -> None:
    """A registry may keep times in milliseconds, and its clock may run between two calls."""
    skills = model(StoreModel(), _Running(clock), api)
    assert verdict_on(f"Skills.test_{fact}", skills) is None


def test_foreign_message_that_parses_is_not_the_stores_fault() -> None:
    """A project whose messages take any bytes is asked for another foreign message."""

    class OfBytes(StoreContract):
        def message(self, text: str) -> BytesValue:
            return BytesValue(value=text.encode())

        def text_of(self, message: Any) -> str:
            return str(message.value.decode())

    with pytest.raises(UsageError, match=r"OfBytes.foreign_message.*override `foreign_message`"):
        OfBytes().test_record_of_another_type_is_named(StoreModel())


class _Code(enum.Enum):
    NOT_FOUND = 5


class _Failure(Exception):
    def __init__(self, **shape: Any) -> None:
        super().__init__("no such skill")
        self.__dict__.update(shape)


SHAPES = {
    "grpc.RpcError": {"code": lambda: _Code.NOT_FOUND, "details": lambda: "no such skill"},
    "an enum member": {"code": _Code.NOT_FOUND},
    "a text": {"code": "NOT_FOUND", "details": "no such skill"},
    "a method of a text": {"code": lambda: "NOT_FOUND"},
    "something with a name": {"code": SimpleNamespace(name="NOT_FOUND"), "details": ""},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_status_is_understood(shape: str) -> None:
    """The status of a failure is read from each shape in use."""
    assert carried_status(_Failure(**SHAPES[shape])) == ("NOT_FOUND", "no such skill")


@pytest.mark.parametrize("shape", [{}, {"code": 5}, {"code": None}])
def test_unknown_shape_is_told_which_are_understood(shape: dict[str, Any]) -> None:
    """A failure without a status is told with the shapes that carry one."""

    def fail() -> None:
        raise _Failure(**shape)

    with pytest.raises(pytest.fail.Exception, match=r"_Failure: no such.*enum member.*grpc\.Rpc"):
        refusal("NOT_FOUND", "a call", fail)


PATHS = ("/srv/a", "stat '/srv/a'", "open:/srv/a", "file:///srv/a", r"C:\data\a", "D:/a", "(/v)")
NO_PATHS = (
    "a key is skills/<64 hex digits>.zip",
    "see https://example.org/keys/a",
    "and/or",
    "n/a",
    "./skills/a",
    "~/a",
    "not found: ",
    "10 MB/s",
)


@pytest.mark.parametrize("text", [*PATHS, *NO_PATHS])
def test_absolute_paths_are_told_from_other_slashes(text: str) -> None:
    """A path of the machine is one from the root or a drive; other slashes are no path."""
    assert bool(ABSOLUTE_PATH.search(text)) == (text in PATHS)
