"""A status has the same code and text in process and on every channel, however long its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import grpc
import pytest

from pytest_stigmer.errors import StatusError
from pytest_stigmer.errors.api_errors import LONGEST_DETAILS

if TYPE_CHECKING:
    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.service.loopback import Service
    from pytest_stigmer.skills.endpoint import SkillClient


@pytest.mark.parametrize("character", ["x", "%", "\n", "é", "技", "🧰"])
def test_a_long_text_is_the_same_on_an_ordinary_channel(
    stigmer_service: Service, stigmer_skills: SkillClient, stigmer_api: Generation, character: str
) -> None:
    """A refusal that repeats 20,000 characters of the caller's is still NOT_FOUND everywhere."""
    missing = stigmer_api.SkillId(value=character * 20_000)
    with pytest.raises(StatusError) as in_process:
        stigmer_skills.get(missing)
    with (
        grpc.insecure_channel(stigmer_service.address) as channel,
        pytest.raises(grpc.RpcError) as caught,
    ):
        stigmer_service.query_on(channel).get(missing, timeout=10)
    error: Any = caught.value
    assert (error.code().name, error.details()) == ("NOT_FOUND", in_process.value.details)


@pytest.mark.parametrize("character", ["x", "%", "\n", "é", "技", "🧰"])
def test_what_is_cut_is_counted(character: str) -> None:
    """The text ends at a whole character and says how many are missing."""
    details = StatusError("NOT_FOUND", "no " + character * 20_000).details
    kept, _, note = details.partition("... (")
    assert note == f"{20_003 - len(kept)} more characters)"
    assert kept.rstrip(character) == "no "
    width = len(quote(details, safe=" !\"#$&'()*+,-./:;<=>?@[]^_`{|}~\\"))
    assert LONGEST_DETAILS - 12 <= width <= LONGEST_DETAILS


@pytest.mark.parametrize("text", ["", "x" * LONGEST_DETAILS, "é" * (LONGEST_DETAILS // 6)])
def test_what_fits_is_left_alone(text: str) -> None:
    """Nothing is cut from a text up to the limit, and cutting twice changes nothing."""
    assert StatusError("NOT_FOUND", text).details == text
    once = StatusError("NOT_FOUND", text * 3).details
    assert StatusError("NOT_FOUND", once).details == once


def test_an_unknown_method_with_a_long_name_is_refused_alike(stigmer_service: Service) -> None:
    """What a path says is cut too."""
    with pytest.raises(grpc.RpcError) as caught:
        stigmer_service.channel.unary_unary(f"/{'x' * 6000}/get")(b"", timeout=10)
    error: Any = caught.value
    assert error.code() is grpc.StatusCode.UNIMPLEMENTED
    assert error.details().endswith("more characters)")
