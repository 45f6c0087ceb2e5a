"""The shipped schema is closed, complete, and says what every key is for."""

from __future__ import annotations

from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from pytest_stigmer.factories.bad_artifacts import BAD_ARTIFACTS
from pytest_stigmer.factories.good_artifacts import GOOD_ARTIFACTS
from pytest_stigmer.scenario.reference_page import page_path, reference_page
from pytest_stigmer.scenario.schema_file import SCHEMA_PATH, text
from pytest_stigmer.scenario.verbs import SCHEMA, STEP_KEYS, VERBS, harm_of
from pytest_stigmer.targets.flow import Flow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_stigmer.scenario.verbs import Verb

STEP = SCHEMA["$defs"]["step"]


def keys(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every key that a file can have, with the part of the schema that describes it."""
    for word in ("properties", "$defs"):
        for key, inner in part.get(word, {}).items():
            yield f"{path}/{key}", inner
            yield from keys(inner, f"{path}/{key}")
    if isinstance(part.get("items"), dict):
        yield from keys(part["items"], f"{path}/items")


def parts(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every map within the schema."""
    if isinstance(part, dict):
        yield path, part
        for key, inner in part.items():
            yield from parts(inner, f"{path}/{key}")


def test_it_is_a_valid_schema_of_its_draft() -> None:
    """The schema itself follows JSON Schema 2020-12."""
    Draft202012Validator.check_schema(SCHEMA)


def test_every_key_has_a_description_and_an_example() -> None:
    """An editor can explain each key."""
    lacking = [
        f"{path} lacks {word}"
        for path, part in keys(SCHEMA)
        for word in ("description", "examples")
        if not part.get(word) and part.keys() != {"$ref"}
    ]
    assert lacking == []


def test_every_example_is_valid() -> None:
    """No description shows a value that the loader refuses."""
    wrong = [
        f"{path}: {example!r}: {error.message}"
        for path, part in keys(SCHEMA)
        for example in part.get("examples", ())
        for error in Draft202012Validator({**part, "$defs": SCHEMA["$defs"]}).iter_errors(example)
    ]
    assert wrong == []


def test_every_map_is_closed() -> None:
    """Each part that names keys refuses others; a typo cannot pass."""
    open_parts = [
        path
        for path, part in parts(SCHEMA)
        if isinstance(part.get("properties"), dict)
        and "description" in part
        and "additionalProperties" not in part
    ]
    assert open_parts == []


def test_the_verbs_are_those_of_the_table() -> None:
    """The schema's steps take exactly the verbs that the runner knows."""
    assert set(STEP["properties"]) == {*VERBS, *(key.name for key in STEP_KEYS)}
    assert [branch["required"] for branch in STEP["oneOf"]] == [[name] for name in VERBS]


def test_the_shipped_file_is_the_one_that_the_table_makes() -> None:
    """Editors see the language that the loader reads."""
    assert SCHEMA_PATH.read_text(encoding="utf-8") == text()


def test_the_shipped_page_is_the_one_that_the_table_makes() -> None:
    """Whoever looks a verb up reads what the loader reads."""
    assert page_path().read_text(encoding="utf-8") == reference_page()


@pytest.mark.parametrize("verb", [one for one in VERBS.values() if hasattr(Flow, one.name)])
def test_a_flow_takes_what_the_table_says(verb: Verb) -> None:
    """The method of a verb has its arguments, and needs none that may be left out."""
    taken = signature(getattr(Flow, verb.name)).parameters.values()
    if verb.bare == "steps":
        return  # the steps are the block's own
    assert {one.name for one in taken} - {"self"} == {one.name for one in verb.arguments}
    needed = {one.name for one in taken if one.default is Parameter.empty} - {"self"}
    assert needed <= {one.name for one in verb.arguments if one.required}


def test_what_could_harm_a_server_is_known_by_verb_and_by_key() -> None:
    """Injected faults and deletions of many harm, and so does a key that leaves the storage."""
    harmful = {name for name in VERBS if harm_of(name, {})}
    assert {"lock", "write_artifact", "delete_resources_by_id_prefix"} <= harmful
    assert harmful.isdisjoint({"push", "get", "delete", "reopen", "rows", "get_artifact"})
    keys = ("../stigmer.db", "/etc/passwd", "skills\\..\\..\\x", "skills/../${one.x}/../../x")
    assert all(harm_of("get_artifact", {"key": key}) for key in keys)
    within = ("skills/../skills/${one.status.version_hash}.zip", "./skills", "")
    assert not any(harm_of("get_artifact", {"key": key}) for key in within)


def test_every_shape_of_an_answer_can_be_expected() -> None:
    """A count is expected of a verb that counts, a listing of one that lists."""
    shapes = {verb.shape for verb in VERBS.values()} - {"nothing"}
    assert {f"expected_{shape}" for shape in shapes} <= set(SCHEMA["$defs"])


@pytest.mark.parametrize(("kind", "made"), [("bad", BAD_ARTIFACTS), ("good", GOOD_ARTIFACTS)])
def test_an_archive_can_be_of_every_kind_the_factory_makes(
    kind: str, made: Mapping[str, object]
) -> None:
    """The kinds of bad and of good artifacts are those of the factory."""
    kinds = SCHEMA["$defs"]["artifact"]["properties"][kind]["else"]["enum"]
    assert sorted(kinds) == sorted(made)


def test_a_message_can_be_expected_as_it_was_stored() -> None:
    """Every field that can be stored can be expected."""
    stored = SCHEMA["$defs"]["message"]["properties"]
    assert set(stored) <= set(SCHEMA["$defs"]["fields"]["properties"])
