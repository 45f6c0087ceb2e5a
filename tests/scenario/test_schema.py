"""The shipped schema is closed, complete, and says what every key is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from pytest_stigmer.factories.bad_artifacts import BAD_ARTIFACTS
from pytest_stigmer.scenario.verbs import VERBS
from pytest_stigmer.scenario.violations import STEP_KEYS, schema

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = schema()
STEP = SCHEMA["$defs"]["step"]
SHAPES = {
    "skill": "#/$defs/expected_skill",
    "skills": "#/$defs/expected_skills",
    "count": "#/$defs/expected_count",
    "artifact": "#/$defs/expected_artifact",
    "keys": "#/$defs/expected_keys",
}


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
        if not part.get(word)
    ]
    assert lacking == []


def test_every_example_is_valid() -> None:
    """No description shows a value that the loader refuses."""
    wrong = [
        f"{path}: {example!r}: {error.message}"
        for path, part in keys(SCHEMA)
        for example in part["examples"]
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
    assert set(STEP["properties"]) == {*VERBS, *STEP_KEYS}
    assert [branch["required"] for branch in STEP["oneOf"]] == [[name] for name in VERBS]


@pytest.mark.parametrize("name", VERBS)
def test_what_a_verb_returns_has_the_shape_of_its_answer(name: str) -> None:
    """A count is expected of a verb that counts, a listing of one that lists."""
    returns = STEP["dependentSchemas"][name]["properties"]["returns"]
    expected = SHAPES.get(VERBS[name].shape)
    assert returns == ({"$ref": expected} if expected else {"not": {}})


def test_a_bad_archive_can_be_of_every_kind_the_factory_makes() -> None:
    """The kinds of bad artifacts are those of the factory."""
    kinds = STEP["properties"]["push"]["properties"]["artifact"]["properties"]["bad"]["enum"]
    assert sorted(kinds) == sorted(BAD_ARTIFACTS)


def test_a_message_can_be_expected_as_it_was_stored() -> None:
    """Every field that can be stored can be expected."""
    stored = SCHEMA["$defs"]["message"]["properties"]
    assert set(stored) <= set(SCHEMA["$defs"]["expected_skill"]["properties"])
