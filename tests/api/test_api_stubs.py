"""The bundled messages beside the user's own stubs, each case in a fresh Python."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., str]

SKILL = Path("ai/stigmer/agentic/skill/v1")

SHOW_SOURCE = """
from pytest_stigmer.api.generation import load
print(load("auto").source)
"""

SHOW_REFUSAL = """
from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import UsageError
try:
    load("installed")
except UsageError as error:
    print(error)
"""

IMPORT_OURS = """
from pytest_stigmer.api.generation import load
api = load("auto")
"""

IMPORT_THEIRS = """
from ai.stigmer.agentic.skill.v1 import io_pb2
"""

USE_BOTH = """
ours = api.PushSkillRequest(name="n", artifact=b"a")
theirs = io_pb2.PushSkillRequest(org="o", artifact=b"a", tag="t")
assert api.validate(ours) is None
assert api.PushSkillRequest.FromString(ours.SerializeToString()) == ours
assert io_pb2.PushSkillRequest.FromString(theirs.SerializeToString()) == theirs
data = theirs.SerializeToString()
assert api.codec.foreign(api.PushSkillRequest.FromString(data), data)
print(api.source)
"""


@pytest.fixture
def own_copy(stubs: Path, tmp_path: Path) -> Path:
    """Stubs of this generation that the test may damage."""
    return Path(shutil.copytree(stubs, tmp_path / "stubs"))


@pytest.mark.parametrize("order", [[IMPORT_OURS, IMPORT_THEIRS], [IMPORT_THEIRS, IMPORT_OURS]])
def test_stubs_of_another_generation_work_beside_ours(
    order: list[str], other_stubs: Path, run: Run
) -> None:
    """Both sets of one package parse, serialize and validate, whichever comes first."""
    assert run("".join([*order, USE_BOTH]), stubs=other_stubs) == "bundled"


def test_stubs_of_another_generation_are_not_imported(other_stubs: Path, run: Run) -> None:
    """Looking at stubs that do not fit leaves no trace of them in the process."""
    program = f'{SHOW_SOURCE}\nimport sys\nprint("ai" in sys.modules)'

    assert run(program, stubs=other_stubs).split() == ["bundled", "False"]


def test_installed_refuses_stubs_of_another_generation(other_stubs: Path, run: Run) -> None:
    """The refusal shows both field maps and says what to do."""
    assert run(SHOW_REFUSAL, stubs=other_stubs) == (
        "stigmer_stubs = installed, but ai.stigmer.agentic.skill.v1.io_pb2 is of another API "
        "generation: its PushSkillRequest is {org 1, artifact 2, tag 3}, generation 2026-01 has "
        "{name 1, scope 2, org 3, artifact 4, tag 5}: install stubs of that generation, or set "
        "stigmer_stubs to auto or bundled"
    )


@pytest.mark.parametrize("choice", ["auto", "installed"])
def test_fitting_stubs_give_the_user_his_own_classes(choice: str, stubs: Path, run: Run) -> None:
    """With stubs of this generation, messages are of the classes that the user imports."""
    program = f"""
    from pytest_stigmer.api.generation import load
    api = load({choice!r})
    from ai.stigmer.agentic.skill.v1 import api_pb2, io_pb2
    from ai.stigmer.commons.apiresource.io_pb2 import ApiResourceReference
    assert api.PushSkillRequest is io_pb2.PushSkillRequest
    assert api.Skill is api_pb2.Skill
    assert api.ApiResourceReference is ApiResourceReference
    assert api.methods["push"].response is api_pb2.Skill
    print(api.source)
    """

    assert run(program, stubs=stubs) == "installed"


def test_fitting_stubs_validate_and_convert(stubs: Path, run: Run) -> None:
    """Validation texts and the codec are the same on the user's own classes."""
    program = """
    from pytest_stigmer.api import values
    from pytest_stigmer.api.generation import load
    api = load("installed")
    skill = values.Skill(tag="stable", metadata=values.Metadata(name="n", labels={"a": "b"}))
    assert api.codec.skill(api.codec.skill_message(skill)) == skill
    print(api.validate(api.PushSkillRequest(name="n", artifact=b"a", tag="v1\\n")))
    """

    assert run(program, stubs=stubs) == (
        "validation error: tag: value does not match regex pattern `^$|^[a-zA-Z0-9._-]+$`"
    )


def test_bundled_is_bundled_even_beside_fitting_stubs(stubs: Path, run: Run) -> None:
    """The choice bundled never takes the user's classes, and both sets stay usable."""
    program = IMPORT_THEIRS + textwrap.dedent("""
    from pytest_stigmer.api.generation import load
    api = load("bundled")
    assert api.PushSkillRequest is not io_pb2.PushSkillRequest
    assert api.PushSkillRequest(name="n").SerializeToString() == b"\\n\\x01n"
    print(api.source)
    """)

    assert run(program, stubs=stubs) == "bundled"


def test_no_stubs_means_the_bundled_set_and_no_foreign_names(run: Run) -> None:
    """Without stubs nothing of ours takes the top-level names ai and buf."""
    program = f"""{SHOW_SOURCE}
import sys
api = load("auto")
api.validate(api.SkillId(value="x"))
print({{"ai", "buf"}} & set(sys.modules))
"""

    assert run(program).split("\n") == ["bundled", "set()"]


def test_installed_without_stubs_says_where_it_looked(tmp_path: Path, run: Run) -> None:
    """The refusal names the module, the folders and the ways out."""
    text = run(SHOW_REFUSAL, stubs=tmp_path)

    assert text.startswith(
        "stigmer_stubs = installed, but there is no module ai.stigmer.agentic.skill.v1.io_pb2 "
        "(looked in "
    )
    assert str(tmp_path) in text
    assert text.endswith("install the stubs here, or set stigmer_stubs to auto or bundled")


def test_an_unrelated_package_called_ai_is_left_alone(tmp_path: Path, run: Run) -> None:
    """Somebody else's package of that name is neither imported nor mistaken for stubs."""
    Path(tmp_path, "ai").mkdir()
    Path(tmp_path, "ai/__init__.py").write_text("raise RuntimeError('imported')")

    assert run(SHOW_SOURCE, stubs=tmp_path) == "bundled"
    assert f"looked in {tmp_path / 'ai'}" in run(SHOW_REFUSAL, stubs=tmp_path)


DAMAGES: list[tuple[dict[Path, str | None], str]] = [
    ({Path("ai/stigmer/commons/apiresource/enum_pb2.py"): None}, "enum_pb2"),
    ({SKILL / "command_pb2.py": None}, "ModuleNotFoundError"),
    ({SKILL / "io_pb2.py": "def"}, "SyntaxError"),
    ({SKILL / "io_pb2.py": ""}, "holds no serialized file descriptor"),
    ({SKILL / "query_pb2.py": "raise RuntimeError('no')"}, "RuntimeError: no"),
    ({SKILL / "io_pb2.py": "pool.AddSerializedFile(b'\\xff')"}, "DecodeError"),
    ({SKILL / "command_pb2.py": "", SKILL / "query_pb2.py": ""}, "a message is missing"),
]
"""What the user's files hold instead, None where they are gone, and what is said of it."""


@pytest.mark.parametrize(("damage", "why"), DAMAGES, ids=[why for _, why in DAMAGES])
def test_broken_stubs_do_not_stop_auto(
    damage: dict[Path, str | None], why: str, own_copy: Path, run: Run
) -> None:
    """With half-installed or broken stubs auto takes the bundled set; installed says why not."""
    for name, text in damage.items():
        if text is None:
            (own_copy / name).unlink()
        else:
            (own_copy / name).write_text(text)

    assert run(SHOW_SOURCE, stubs=own_copy) == "bundled"
    assert why in run(SHOW_REFUSAL, stubs=own_copy)


def test_a_warning_from_the_users_stubs_does_not_break_them(own_copy: Path, run: Run) -> None:
    """Stubs that warn of their age are still the user's own, even where warnings are errors."""
    path = Path(own_copy, SKILL, "io_pb2.py")
    path.write_text(path.read_text() + "\nimport warnings\nwarnings.warn('old')\n")

    assert run(SHOW_SOURCE, stubs=own_copy) == "installed"


def test_a_module_put_in_place_by_hand_does_not_stop_auto(run: Run) -> None:
    """A stand-in without spec or descriptor under the stubs' name is passed over."""
    program = f"""
import sys, types
sys.modules["ai"] = types.ModuleType("ai")
sys.modules["ai"].__spec__ = None
{SHOW_SOURCE}
"""
    stand_in = program.replace('"ai"', '"ai.stigmer.agentic.skill.v1.io_pb2"')

    assert run(program) == "bundled"
    assert run(stand_in) == "bundled"


def test_importing_the_loader_loads_no_protobuf(run: Run) -> None:
    """Protobuf and protovalidate load when messages and validation are first asked for."""
    program = """
    import sys
    from pytest_stigmer.api.generation import load
    assert "google.protobuf" not in sys.modules
    load()
    print("protovalidate" in sys.modules)
    """

    assert run(program) == "False"


def test_pure_python_protobuf_gives_the_same_answers(run: Run) -> None:
    """Where protobuf has no compiled part, texts and values are the same."""
    program = """
    import os
    os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"
    from google.protobuf.internal import api_implementation
    from pytest_stigmer.api import values
    from pytest_stigmer.api.generation import load
    from pytest_stigmer.errors import UndecodableMessage
    assert api_implementation.Type() == "python"
    api = load("bundled")
    data = api.codec.encode(api.codec.skill_message(values.Skill(tag="t")))
    assert api.codec.skill(api.codec.decode(api.Skill, data)) == values.Skill(tag="t")
    assert api.validate(api.SkillId()) == "validation error: value: value is required"
    try:
        api.codec.decode(api.SkillId, b"\\x0a\\x01\\xff")
    except UndecodableMessage as error:
        print(error.reason)
    """

    assert run(program) == "string field contains invalid UTF-8"


def test_threads_that_load_at_once_get_one_generation(run: Run) -> None:
    """A race for the first load gives every thread the same classes."""
    program = """
    from concurrent.futures import ThreadPoolExecutor
    from pytest_stigmer.api.generation import load
    with ThreadPoolExecutor(16) as threads:
        print(len({id(api) for api in threads.map(load, ["auto", "bundled"] * 50)}))
    """

    assert run(program) == "1"


def test_unknown_choice_is_refused(run: Run) -> None:
    """A misspelt choice gets the nearest one."""
    program = SHOW_REFUSAL.replace('"installed"', '"bundle"')

    assert run(program) == (
        "unknown value of stigmer_stubs 'bundle'; did you mean 'bundled'? "
        "(known: auto, bundled, installed)"
    )
