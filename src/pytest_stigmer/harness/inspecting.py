"""The command `inspect`: facts about a store file, as text from 60 columns up and as JSON."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pytest_stigmer.errors import StigmerError, visible, visible_json
from pytest_stigmer.harness.arguments import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_stigmer.store.facts import Facts, History, Record, Sample, SchemaFacts, TagAnswers

CLEAN, HAZARDS, UNUSABLE = 0, 1, 2
"""Exit codes: nothing rests on an order that the clock does not give; something does; no answer."""

_DEFAULT_LIMIT = 10
_MIN_WIDTH = 60
_HASH_LENGTH = 12
_UNITS = ("bytes", "KiB", "MiB", "GiB")
_STEP = 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.description = (
        "Look into a store file, ours or a real server's, without changing it; safe while a server "
        "uses it. Exit code: 0 no ordering hazard, 1 ordering hazards found, 2 damaged or not "
        "a store file."
    )
    parser.add_argument("databases", metavar="DB", nargs="+", help="paths of store files")
    parser.add_argument(
        "--json", action="store_true", help="print all facts as JSON, an object per file and line"
    )
    parser.add_argument(
        "--limit",
        metavar="N",
        type=_count,
        default=_DEFAULT_LIMIT,
        help=f"how many entries each list shows (default: {_DEFAULT_LIMIT}); totals count all",
    )
    parser.add_argument("--resource", metavar="ID", help="show the histories of this resource id")


def run(arguments: argparse.Namespace) -> int:
    """Print the facts of each file; return the worst of their codes.

    0, or 1 with ordering hazards, or 2 for no usable store file.
    """
    return max([_told(path, arguments) for path in arguments.databases])


def _told(path: str, arguments: argparse.Namespace) -> int:
    from pytest_stigmer.store.inspect import inspect

    tell = _progress()
    try:
        facts = inspect(path, limit=arguments.limit, resource=arguments.resource, tell=tell)
    except StigmerError as error:
        sys.stderr.write(f"stigmer-harness inspect: {visible(error)}\n")
        return UNUSABLE
    finally:
        tell("")
    if arguments.json:
        indent = 2 if len(arguments.databases) == 1 else None
        sys.stdout.write(f"{as_json(facts, indent)}\n")
    else:
        say("\n".join(described(facts, shutil.get_terminal_size().columns)))
    return HAZARDS if facts.has_hazards else CLEAN


def as_json(facts: Facts, indent: int | None = 2) -> str:
    """Return the facts as JSON: the fields of `store.facts.Facts`, and the two verdicts."""
    data = asdict(facts)
    data["has_hazards"] = facts.has_hazards
    for sample, tag in zip(data["tags_at_risk"]["shown"], facts.tags_at_risk.shown, strict=True):
        sample["is_wrong"] = tag.is_wrong
    return visible_json(data, indent=indent)


def _progress() -> Callable[[str], None]:
    """Return a function that shows on a terminal what is being read; elsewhere it does nothing."""
    if not sys.stderr.isatty():
        return lambda _: None

    def tell(what: str) -> None:
        line = f"reading {what} ..." if what else ""
        sys.stderr.write(f"\r{line:<40}" + ("" if what else "\r"))
        sys.stderr.flush()

    return tell


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        msg = f"{text!r} is not a whole number from 1"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def described(facts: Facts, width: int) -> Iterator[str]:
    """Yield the lines: what the file is, what it holds, what rests on an order, some histories."""
    width = max(width, _MIN_WIDTH)
    for line in _lines(facts):
        body = line.lstrip()
        indent = " " * (len(line) - len(body))
        yield from textwrap.wrap(
            body,
            width,
            initial_indent=indent,
            subsequent_indent=f"{indent}    ",
            break_on_hyphens=False,
            drop_whitespace=True,
        ) or [""]


def _lines(facts: Facts) -> Iterator[str]:
    yield facts.path
    yield f"  {_size(facts.size)}, journal mode {facts.journal_mode}, {_version(facts.schema)}"
    yield from (f"  {sentence}" for sentence in _schema(facts.schema))
    yield from _section("kinds", _kinds(facts))
    yield from _section("audit records without a live resource", _orphans(facts))
    yield from _section("snapshots stored as live rows", _legacy(facts))
    yield from _section("ordering hazards", _hazards(facts))
    yield from _section("histories, newest insertion first", _histories(facts))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield title
    yield from (f"  {line}" for line in lines)


def _size(size: int) -> str:
    amount, unit = float(size), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit else f"{size} bytes"


def _version(schema: SchemaFacts) -> str:
    if not schema.version:
        return "no schema version recorded"
    return f"schema version {schema.version}{'' if schema.is_known else ' (not known here)'}"


def _schema(schema: SchemaFacts) -> Iterator[str]:
    yield from (f"missing table: {name}" for name in schema.missing_tables)
    yield from (f"extra column: {name}" for name in schema.extra_columns)
    yield from (f"missing index: {name}" for name in schema.missing_indexes)
    yield from (f"other index: {sentence}" for sentence in schema.other_indexes)
    yield from (f"extra index: {name}" for name in schema.extra_indexes)
    yield from (f"extra table, view or trigger: {name}" for name in schema.extra_objects)


def _kinds(facts: Facts) -> Iterator[str]:
    if not facts.kinds:
        yield "none: the file holds no resource"
    for kind in facts.kinds:
        audits = f"{_many(kind.audits, 'audit record')} of {kind.audited_resources:,}"
        more = f", {audits}, {kind.tagged_audits:,} with a tag" if kind.audits else ""
        yield f"{kind.kind}: {_many(kind.resources, 'live resource')}{more}"


def _orphans(facts: Facts) -> Iterator[str]:
    yield from _sampled(
        facts.orphans, [f"{o.kind}/{o.resource_id}: {o.records:,}" for o in facts.orphans.shown]
    )


def _legacy(facts: Facts) -> Iterator[str]:
    yield from _sampled(facts.legacy, [f"{row.kind}: {row.id}" for row in facts.legacy.shown])


def _sampled(sample: Sample[Any], lines: list[str]) -> Iterator[str]:
    yield from lines or ["none"]
    if sample.total > len(lines):
        yield f"... and {sample.total - len(lines):,} more"


def _hazards(facts: Facts) -> Iterator[str]:
    if not facts.has_hazards:
        yield "none: within every history the clock alone tells the order"
        return
    yield (
        f"{_many(facts.histories_at_risk, 'history', 'histories')} with records of one second or a "
        "clock that steps back: only ids tell their order"
    )
    tags = facts.tags_at_risk
    yield f"{_many(tags.total, 'tag')} whose newest record the clock alone does not tell"
    for tag in tags.shown:
        yield from _answers(tag)
    if tags.total > len(tags.shown):
        yield f"... and {tags.total - len(tags.shown):,} more; --limit N shows more"


def _answers(tag: TagAnswers) -> Iterator[str]:
    yield f"{tag.kind}/{tag.resource_id} tag {tag.tag}: {'WRONG' if tag.is_wrong else 'same'}"
    for name, answer in (
        ("inserted last", tag.newest),
        ("by clock, then id", tag.with_tiebreak),
        ("by clock alone", tag.without_tiebreak),
    ):
        choice = f", one of {tag.tied}" if name == "by clock alone" and tag.tied > 1 else ""
        yield f"  {name + ':':<19}{_record(answer)}{choice}"


def _histories(facts: Facts) -> Iterator[str]:
    for history in facts.histories:
        yield from _history(history)
    if not facts.histories:
        yield "none"


def _history(history: History) -> Iterator[str]:
    notes = [_many(history.records.total, "record")]
    notes += [f"{_many(history.ties, 'tie')} within a second"] if history.ties else []
    notes += [f"the clock steps back ({history.steps_back})"] if history.steps_back else []
    notes += [] if history.is_live else ["no live resource"]
    yield f"{history.kind}/{history.resource_id}: {', '.join(notes)}"
    yield from (f"  {_record(record)}" for record in history.records.shown)
    if history.records.total > len(history.records.shown):
        yield f"  ... and {history.records.total - len(history.records.shown):,} older"
    for tag in history.tags.shown:
        yield f"  tag {tag.tag} names {_named(tag)}"


def _named(tag: TagAnswers) -> str:
    ids = (tag.newest.id, tag.with_tiebreak.id, tag.without_tiebreak.id)
    if len(set(ids)) == 1:
        return f"id {ids[0]}"
    return f"id {ids[0]}; by clock, then id: {ids[1]}; by clock alone: {ids[2]}"


def _record(record: Record) -> str:
    version = record.version_hash[:_HASH_LENGTH] or "no hash"
    tag = f" tag {record.tag}" if record.tag else ""
    return f"id {record.id} at {record.archived_at} hash {version}{tag}"


def _many(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
