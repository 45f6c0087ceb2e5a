"""The report as JSON; `schema.json` beside this file describes it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_stigmer.report.data import Document

SCHEMA_FILE = Path(__file__).with_name("schema.json")


def render(document: Document) -> str:
    """Return the whole document, in ASCII, ending in a line break."""
    return json.dumps(asdict(document), indent=1) + "\n"
