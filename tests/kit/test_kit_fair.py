"""What differs from the reference and is right keeps the contract, or is told what to do."""

from __future__ import annotations

import enum
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from google.protobuf.wrappers_pb2 import BytesValue

from pytest_stigmer.declared import SESSION
from pytest_stigmer.errors import StigmerError, UsageError, carried_status
from pytest_stigmer.explore.skill_model import SkillModel
from pytest_stigmer.explore.store_model import StoreModel
from pytest_stigmer.harness.options import Options
from pytest_stigmer.kit.declared_skills import SkillTarget
from pytest_stigmer.kit.declared_store import StoreTarget
from pytest_stigmer.kit.promises import ask, promises_of
from pytest_stigmer.kit.skill_contract import ABSOLUTE_PATH, SkillContract
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
    """A store that lists by no order breaks the promise about it, which is waived here."""

    waived: ClassVar[dict[str, str]] = dict.fromkeys(
        ("listed_by_id", "kinds_are_exact"), "lists by no order"
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
    """A store may refuse a kind that the enum does not name, and says so by a waiver."""

    waived: ClassVar[dict[str, str]] = {"kinds_are_exact": "takes kinds of the enum alone"}

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
        self.clock.advance(milliseconds=0.4)
        return self.clock.now()  # type: ignore[no-any-return]


class _Milliseconds(SkillModel):
    """Keeps times in milliseconds."""

    def _stamp(self, skill: Any, found: Any | None, half: str, microseconds: int) -> None:
        super()._stamp(skill, found, half, microseconds - microseconds % 1000)


class TestSkillsOnARunningClock(SkillContract):
    """A registry may keep times in milliseconds, and its clock may run between two calls."""

    can_move_clock = True

    @pytest.fixture
    def skills(self, clock: Any, api: Generation) -> SkillModel:
        """Give one with nothing in it."""
        return _Milliseconds(StoreModel(), _Running(clock), api)

    def move_clock(self, skills: Any, seconds: float) -> None:
        """Move the clock that the model was given."""
        skills.clock.clock.advance(seconds=seconds)


class _OwnWords:
    """Calls of a model whose errors have texts of their own."""

    def __init__(self, model: SkillModel) -> None:
        self.model = model

    def __getattr__(self, name: str) -> Any:
        def call(request: Any) -> Any:
            try:
                return getattr(self.model, name)(request)
            except StigmerError as error:
                words = str(getattr(error, "details", error)).split(" ")
                raise _Failure(code=error.code, details=" ".join(reversed(words))) from error

        return call


class TestSkillsWithTextsOfTheirOwn(SkillContract):
    """A registry may say in its own words why it refuses."""

    has_reference_texts = False

    @pytest.fixture
    def skills(self, clock: Any, api: Generation) -> Any:
        """Give one with nothing in it."""
        return _OwnWords(SkillModel(StoreModel(), clock, api))


def test_what_is_drawn_is_drawn_from_the_seed_of_the_run() -> None:
    """Another seed gives a store other ids under `other-seed`; the same one the same."""
    (saved,) = (one for one in promises_of("store") if one.id == "second_save")

    def ids(seed: int) -> list[str]:
        store = StoreModel()
        session = SimpleNamespace(options=Options(seed=seed))
        test: Any = SimpleNamespace(
            config=SimpleNamespace(stash={SESSION: session}), user_properties=[]
        )
        target = StoreTarget(StoreContract(), store)
        ask(replace(saved, cell="other-seed"), target, test, target.capabilities)
        return list(store.live["skill"])

    assert ids(1) == ids(1) != ids(2)


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

    def fail(_: Any) -> None:
        raise _Failure(**shape)

    told = SkillTarget(SkillContract(), SimpleNamespace(get=fail), "a test")
    failure = told.perform("get", {"id": "skl-1"}).failure
    assert failure is not None
    assert failure.code == "UNKNOWN"
    assert re.match(r"_Failure: no such.*enum member.*grpc\.Rpc", failure.message)


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
