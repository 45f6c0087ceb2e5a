"""A tag or version may end with a newline."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.skills.endpoint import SkillEndpoint

HARM = "A tag read from a file is stored with its line end, and no reference finds it."
ORIGIN = "stigmer b070f18, io.proto: `$` in RE2 is the end of the text only"


class _LineWise(SkillEndpoint):
    def validate(self, message: Any, message_class: type[Any], request: bytes) -> None:
        trimmed = message_class()
        trimmed.CopyFrom(message)
        for field, value in message.ListFields():
            if isinstance(value, str):
                setattr(trimmed, field.name, value.removesuffix("\n"))
        super().validate(trimmed, message_class, request)
