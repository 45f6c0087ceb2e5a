"""The model of what explains red steps: plain values, in reports and in statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True)
class RedData:
    """One red step of a promise."""

    promise: str
    cell: str
    step: Annotated[str, "NUMBER: VERB."]


@dataclass(frozen=True)
class CauseData:
    """Red steps that stand together, since one likely defect explains them."""

    registry: Annotated[str, "The target, or the class of the kit."]
    defect: Annotated[str, "The id of the likely defect, or '' where none explains them."]
    harm: str
    origin: Annotated[str, "What the defect stands for, its hazards explained."]
    instead: Annotated[tuple[str, ...], "Ids of other defects that explain them as well."]
    reds: tuple[RedData, ...]
