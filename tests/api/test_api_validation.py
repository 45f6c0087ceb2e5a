"""The validation texts of the real server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pytest_stigmer.api.generation import load

generation = load("bundled")

TAG_TEXT = "value does not match regex pattern `^$|^[a-zA-Z0-9._-]+$`"


def _push(**fields: Any) -> Any:
    return generation.PushSkillRequest(**{"name": "n", "artifact": b"a", **fields})


def test_threads_share_one_validator() -> None:
    """Many threads validate at once, each getting its own answer."""
    messages = [_push(tag=tag) for tag in ("ok", "not ok")] * 50
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(generation.validate, messages))

    assert found == [None, f"validation error: tag: {TAG_TEXT}"] * 50
