"""A file with every sort of key, and the beginning of any other."""

from __future__ import annotations

from pathlib import Path

PATH = Path("x.scenario.yaml")
HEAD = b"scenario: t\nsteps:\n"

GOOD = b"""\
# yaml-language-server: $schema=schema.json
scenario: A tag moved twice within one second names the newest push
description: Ties happen.
clock: 2026-01-25T10:00:00.100Z
detects: [tag-order-without-tiebreak]
marks: [slow]
origin: [D16, contract 2.6]
not_under: {restart: the answer is about one process}
matrix: plans
steps:
  - push: {name: Calculator, tag: stable, skill_md: "# one"}
    as: one
  - advance: 300ms
  - get_resource: {id: "${one.metadata.id}"}
    returns: {status.version_hash: "${one.status.version_hash}"}
  - get: {id: nobody}
    fails: {code: NOT_FOUND, message: nobody}
"""
