"""Flows: what a verb takes, and how it refuses what it does not."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import UndecodableRow, UsageError
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.store.faults import corrupt_row
from pytest_stigmer.targets.flow import Flow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

API = load("bundled")


@pytest.fixture
def flow(tmp_path: Path) -> Iterator[Flow]:
    """Give a flow over a registry in process."""
    with Registry(tmp_path / "flow.db", generation=API) as parts:
        yield Flow(API, parts.client(), Factory(1, "flow", API), store=parts.store)


def test_enum_values_go_by_name_or_number(flow: Flow) -> None:
    """In pushes and in references."""
    pushed = flow.push(name="Calc", org="acme", scope="organization")
    assert pushed == flow.get_by_reference(slug="calc", org="acme", scope=2, kind="skill")


def test_a_text_alone_makes_one_version_however_often_it_is_pushed(flow: Flow) -> None:
    """Nothing is drawn beside it; files that are given are packed too."""
    one, two = (flow.push(name=name, skill_md="# one") for name in ("One", "Two"))
    packed = flow.push(name="Three", skill_md="# one", files={"a.bin": {"base64": "YQ=="}})
    assert flow.get_artifact(key=one.status.artifact_storage_key) == artifact(
        skill_md="# one", files={}
    )
    assert one.status.version_hash == two.status.version_hash
    assert flow.get_artifact(key=packed.status.artifact_storage_key) == artifact(
        skill_md="# one", files={"a.bin": b"a"}
    )


def test_an_artifact_goes_as_bytes_or_base64(flow: Flow) -> None:
    """The version is the one of these bytes."""
    data = artifact(skill_md="# one")
    one = flow.push(name="One", artifact=data)
    two = flow.push(name="Two", artifact={"base64": base64.b64encode(data).decode()})
    assert one.status.version_hash == two.status.version_hash


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"scope": "organisation"}, "did you mean 'organization'?"),
        ({"artifact": {"bad": "bom"}}, "did you mean 'bomb'?"),
        ({"artifact": b"", "skill_md": ""}, "give it or them"),
        ({"artifact": {"base64": "!"}}, "'!' is not base64"),
        ({"skill_md": 3}, "3 is no content"),
        ({"files": {"a": {"sise": 3}}}, "is no content"),
    ],
)
def test_a_push_that_cannot_be_made_says_why(flow: Flow, fields: Any, text: str) -> None:
    """Nothing is sent."""
    with pytest.raises(UsageError, match=text.replace("?", r"\?")):
        flow.push(name="Calc", **fields)
    assert flow.list_resources() == []


def test_a_reference_of_an_unknown_kind_says_why(flow: Flow) -> None:
    """With the nearest kind."""
    with pytest.raises(UsageError, match="did you mean 'skill'"):
        flow.get_by_reference(slug="calc", kind="skil")


def test_a_message_with_an_unknown_field_says_why(flow: Flow) -> None:
    """The path is shown as it was written."""
    with pytest.raises(UsageError, match=r"spec\.skil_md"):
        flow.save_resource(id="skl-1", message={"spec.skil_md": "# one"})


def test_an_unreadable_row_of_a_listing_is_named(flow: Flow) -> None:
    """As in every other answer of the store: data is lost, and where."""
    for name in ("a", "b"):
        flow.save_resource(id=name, message={"spec.skill_md": name})
        flow.save_audit(resource_id="a", message={"spec.skill_md": name})
    corrupt_row(flow.store, "resources", "skill", "b")
    corrupt_row(flow.store, "resource_audit", "skill", "a", row=2)
    with pytest.raises(UndecodableRow, match="row skill/2 of the list does not decode"):
        flow.list_resources()
    with pytest.raises(UndecodableRow, match="row skill/a does not decode"):
        flow.list_audit_history(resource_id="a")


def test_a_message_is_described_by_maps_within_maps_that_stay_as_they_are(flow: Flow) -> None:
    """The caller's own maps are not written to, and a text is no map."""
    spec = {"skill_md": "# one"}
    assert flow.message({"spec": spec, "spec.tag": "v1"}).spec.tag == "v1"
    assert spec == {"skill_md": "# one"}
    with pytest.raises(UsageError, match=r"spec\.tag lies in spec, which is no map"):
        flow.message({"spec": "text", "spec.tag": "v1"})
