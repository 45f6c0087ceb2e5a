"""Everything that can be wrong with a scenario file is told in at most five helpful lines."""

from __future__ import annotations

import pickle
import random
import re
from typing import TYPE_CHECKING

import pytest
from tests.scenario.file_texts import GOOD, HEAD, PATH

from pytest_stigmer.errors import ScenarioError
from pytest_stigmer.scenario.loader import loads

if TYPE_CHECKING:
    from collections.abc import Callable

BAD_FILES = {
    "typo in a verb": (
        HEAD + b"  - psuh: {name: x}\n",
        "x.scenario.yaml:3: unknown verb `psuh`; did you mean `push`?",
    ),
    "wrong type": (
        HEAD + b"  - push: {name: 5}\n",
        (
            'x.scenario.yaml:3: `push.name`: 5 must be a text, for example "Calculator"; '
            "quotes make it a text: '5'"
        ),
    ),
    "a key of a step that is not below the verb": (
        HEAD + b"  - push: {name: A}\n   as: one\n",
        (
            "x.scenario.yaml:4: not readable as YAML: this line is indented otherwise than its "
            "neighbours; the keys of one step stand below each other, two columns right of its `-`"
        ),
    ),
    "a caller of no call who goes away": (
        HEAD + b"  - list_artifacts:\n    cut_short: cancelled\n",
        (
            "x.scenario.yaml:4: `cut_short` cannot stand beside `list_artifacts`: it is for calls "
            "of the skill API"
        ),
    ),
    "a reference without quotes": (
        HEAD + b"  - push: {name: A}\n    as: one\n  - get: {id: ${one.metadata.id}}\n",
        "x.scenario.yaml:5: a value with `${...}` must be in quotes",
    ),
    "a reference without braces": (
        HEAD + b'  - push: {name: A}\n    as: one\n  - get: {id: "$one.metadata.id"}\n',
        "x.scenario.yaml:5: `$one.metadata.id` lacks its braces; write `${one.metadata.id}`",
    ),
    "a reference to a field that no skill has": (
        HEAD + b'  - push: {name: A}\n    as: one\n  - get: {id: "${one.metadata.idd}"}\n',
        (
            "x.scenario.yaml:5: `${one.metadata.idd}`: the answer has no `metadata.idd`; "
            "did you mean `metadata.id`?"
        ),
    ),
    "a field within another": (
        HEAD + b"  - get: {id: x}\n    returns: {metadata: {id: x}}\n",
        (
            "x.scenario.yaml:4: unknown key `id` in `returns.metadata`; write a field within "
            "another as one key: `metadata.id: ...`"
        ),
    ),
    "unknown save": (
        HEAD + b"  - get: {id: x}\n    as: two\n  - get:\n      id: ${tow.metadata.id}\n",
        (
            "x.scenario.yaml:6: `${tow.metadata.id}`: nothing is saved as `tow` before this step; "
            "did you mean `two`?"
        ),
    ),
    "duplicate key": (
        HEAD + b"  - push:\n      name: x\n      name: y\n",
        "x.scenario.yaml:5: duplicate key `name`; it is already on line 4",
    ),
    "bad duration": (
        HEAD + b"  - advance: 3 weeks\n",
        "x.scenario.yaml:3: `advance`: '3 weeks' is not a duration; ",
    ),
    "tab": (
        HEAD + b"\t- advance: 3s\n",
        "x.scenario.yaml:3: a tab is used for indentation; YAML takes spaces only",
    ),
    "alias bomb": (
        b"a: &a [x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n",
        "x.scenario.yaml:1: `&a`: anchors are not part of the language; remove it",
    ),
    "empty file": (
        b"# nothing here\n",
        "x.scenario.yaml:1: the file is empty; a scenario has at least `scenario:` and `steps:`",
    ),
    "two documents": (
        GOOD + b"---\n" + GOOD,
        "x.scenario.yaml:18: a second document starts here; write one scenario per file",
    ),
    "wrong encoding": (
        HEAD + b"  - push: {name: Caf\xe9}\n",
        "x.scenario.yaml:3: byte 0xe9 is not UTF-8; save the file as UTF-8",
    ),
    "UTF-16": (GOOD.decode().encode("utf-16"), "x.scenario.yaml:1: the file is UTF-16; "),
    "tag": (b"scenario: !!python/name:os.system x\n", "x.scenario.yaml:1: `tag:yaml.org,2002:py"),
    "alias": (b"scenario: *x\n", "x.scenario.yaml:1: `*x`: aliases are not part of the language"),
    "anchor on a key": (b"&k scenario: x\n", "x.scenario.yaml:1: `&k`: anchors are not part"),
    "NUL": (b"scenario: x\n# \x00\n", "x.scenario.yaml:2: character U+0000 is not allowed"),
    "deep nesting": (b"[" * 9999, "x.scenario.yaml:1: values are nested deeper than 24 levels"),
    "too long": (b"#" * 300_000, "x.scenario.yaml:1: the file has 300000 bytes; a scenario has"),
    "a list as key": (b"? [a]\n: b\n", "x.scenario.yaml:1: a key must be one word"),
    "open quote": (b'scenario: "t\nsteps: []\n', "x.scenario.yaml:1: not readable as YAML: a quo"),
    "second colon": (b"scenario: a: b\n", "x.scenario.yaml:1: not readable as YAML: a second `:`"),
    "no map": (b"- a\n", "x.scenario.yaml:1: a scenario file is a map of keys that starts with"),
    "no steps": (b"scenario: a\n", "x.scenario.yaml:1: the scenario needs `steps`, for example"),
    "empty steps": (b"scenario: a\nsteps: []\n", "x.scenario.yaml:2: `steps` must not be empty"),
    "top-level typo": (
        b"scenario: t\nclok: x\nsteps: [reopen: {}]\n",
        "x.scenario.yaml:2: unknown key `clok` in the scenario; did you mean `clock`?",
    ),
    "argument typo": (
        HEAD + b"  - list_audit_history: {resource_id: x, kid: skill}\n",
        "x.scenario.yaml:3: unknown key `kid` in `list_audit_history`; did you mean `kind`?",
    ),
    "field typo in returns": (
        HEAD + b"  - get: {id: x}\n    returns:\n      status.verson_hash: x\n",
        (
            "x.scenario.yaml:5: unknown key `status.verson_hash` in `returns`; "
            "did you mean `status.version_hash`?"
        ),
    ),
    "code typo": (
        HEAD + b"  - get: {id: x}\n    fails: NOTFOUND\n",
        'x.scenario.yaml:4: `fails`: "NOTFOUND" is not known; did you mean `NOT_FOUND`?',
    ),
    "table typo": (
        HEAD + b"  - rows: {table: resorces}\n",
        'x.scenario.yaml:3: `rows.table`: "resorces" is not known; did you mean `resources`?',
    ),
    "no argument allowed": (
        HEAD + b"  - reopen: {now: true}\n",
        "x.scenario.yaml:3: unknown key `now` in `reopen`; it takes none",
    ),
    "two verbs": (
        HEAD + b"  - reopen:\n    close:\n",
        "x.scenario.yaml:4: a step has one verb; `close` belongs in a step of its own (`- `)",
    ),
    "no verb": (HEAD + b"  - as: x\n", "x.scenario.yaml:3: a step needs a verb, such as `push`"),
    "step key typo": (
        HEAD + b"  - get: {id: x}\n    return: {}\n",
        "x.scenario.yaml:4: unknown key `return` in a step; did you mean `returns`?",
    ),
    "nothing to return": (
        HEAD + b"  - advance: 1s\n    returns: {}\n",
        "x.scenario.yaml:4: `returns` cannot stand here: the verb answers nothing, or the step ",
    ),
    "fails and as": (
        HEAD + b"  - get: {id: x}\n    as: x\n    fails: NOT_FOUND\n",
        "x.scenario.yaml:4: `as` has nothing to save: the step is expected to fail",
    ),
    "a map for a listing": (
        HEAD + b"  - list_resources:\n    returns: {}\n",
        "x.scenario.yaml:4: `returns` needs `count`, for example 250",
    ),
    "bad instant": (
        b"scenario: t\nclock: 2026-01-25T10:00:00\nsteps: [reopen: {}]\n",
        "x.scenario.yaml:2: `clock`: 2026-01-25T10:00:00 has no time zone; end it with Z",
    ),
    "bad expression": (
        HEAD + b"  - get: {id: x}\n    returns:\n      spec.tag: {matches: '('}\n",
        "x.scenario.yaml:5: `matches`: not a regular expression: missing )",
    ),
    "look-around": (
        HEAD + b"  - get: {id: x}\n    returns:\n      spec.tag: {matches: '(?!a)b'}\n",
        "x.scenario.yaml:5: `matches`: not a regular expression: invalid perl operator: (?!; RE2 ",
    ),
    "two matchers": (
        HEAD + b"  - get: {id: x}\n    returns: {spec.tag: {matches: a, not: b}}\n",
        "x.scenario.yaml:4: `returns.spec.tag` takes one key only, one of matches, not",
    ),
    "saved twice": (
        HEAD + b"  - get: {id: x}\n    as: a\n  - get: {id: y}\n    as: a\n",
        "x.scenario.yaml:6: `a` is saved twice; take another name",
    ),
    "saved by the same step": (
        HEAD + b"  - get: {id: '${a.metadata.id}'}\n    as: a\n",
        "x.scenario.yaml:3: `${a.metadata.id}`: nothing is saved as `a` before this step; no ste",
    ),
    "artifact beside files": (
        HEAD + b"  - push:\n      name: x\n      artifact: {bad: bomb}\n      files: {a: b}\n",
        "x.scenario.yaml:6: `files` cannot stand beside `artifact`, which is sent as it is",
    ),
    "too many values": (
        HEAD + b"  - reopen:\n" * 2600,
        "x.scenario.yaml:2501: this is value number 5001; split the scenario",
    ),
    "a row of nothing": (
        HEAD + b"  - open_legacy:\n      rows:\n        - {id: x}\n",
        "x.scenario.yaml:5: `open_legacy.rows` needs `message` or `base64`",
    ),
    "bad base64": (
        HEAD + b"  - push:\n      name: x\n      artifact:\n        base64: '@@@='\n",
        "x.scenario.yaml:6: `base64`: not base64: ",
    ),
    "`ends` of no transaction": (
        HEAD + b"  - reopen:\n    ends: rolled_back\n",
        "x.scenario.yaml:4: `ends` belongs to a `transaction`",
    ),
    "`on` beside what every registry shares": (
        HEAD + b"  - advance: 1s\n    on: other\n",
        "x.scenario.yaml:4: `on` cannot stand beside `advance`",
    ),
    "no caller's step": (
        HEAD + b"  - together:\n      - get: {id: x}\n      - advance: 1s\n",
        "x.scenario.yaml:5: `advance` cannot stand in `together`",
    ),
    "typo in a step of a step": (
        HEAD + b"  - transaction:\n      - get: {id: x}\n      - gett: {id: x}\n",
        "x.scenario.yaml:5: unknown verb `gett`; did you mean `get`?",
    ),
    "wrong value in a step of a step": (
        HEAD + b"  - transaction:\n      - get: {id: x}\n      - get: {id: 5}\n",
        "x.scenario.yaml:5: `get.id`: 5 must be a text, for example",
    ),
    "saved within calls at once": (
        HEAD + b"  - together:\n      - get: {id: x}\n        as: a\n      - get: {id: '${a}'}\n",
        "x.scenario.yaml:6: `${a}`: nothing is saved as `a` before this step; no step before",
    ),
    "no counter": (
        HEAD + b"  - get: {id: '${n}'}\n",
        "x.scenario.yaml:3: `${n}`: nothing is saved as `n` before this step",
    ),
    "a name of our own": (
        HEAD + b"  - get: {id: x}\n    as: database\n",
        "x.scenario.yaml:4: `database` has a meaning of its own; take another name",
    ),
    "a text without end": (
        HEAD + b"  - get:\n      id: {text: abc, times: 20000000}\n",
        "x.scenario.yaml:4: `id`: longer than 20971520 bytes",
    ),
    "generated without a number": (
        HEAD + b"  - get:\n      id: {text: abc}\n",
        "x.scenario.yaml:4: `get.id` needs `times`, for example 255",
    ),
    "a case twice": (
        b"scenario: t\ncases:\n  - {case: a}\n  - {case: a}\nsteps: [reopen: ]\n",
        "x.scenario.yaml:4: the case `a` is there twice",
    ),
    "a case without a value": (
        b"scenario: t\ncases: [{case: a, x: i}, {case: b}]\nsteps: [get: {id: '${case.x}'}]\n",
        "x.scenario.yaml:2: the case `b`: ${case.x}: no `x` on the way to `x`; there is case",
    ),
    "a case with a wrong value": (
        b"scenario: t\ncases: [{case: a, x: INTRENAL}]\nsteps: [{reopen: , fails: '${case.x}'}]\n",
        'x.scenario.yaml:3: the case `a`: `fails`: "INTRENAL" is not known; did you mean `INTERN',
    ),
    "a case without cases": (
        HEAD + b"  - get: {id: '${case.id}'}\n",
        "x.scenario.yaml:3: `${case.id}`: nothing is saved as `case` before this step; no step",
    ),
    "malformed reference": (
        HEAD + b"  - get: {id: '${A b}'}\n",
        "x.scenario.yaml:3: `${A b}` is not a saved name and a path; write `${name.path}`",
    ),
}


@pytest.mark.parametrize("fault", BAD_FILES)
def test_a_fault_is_told_with_file_line_and_advice(
    fault: str, faults: Callable[[bytes], list[str]]
) -> None:
    """One fault gives one line that starts with the file and the line it stands on."""
    data, expected = BAD_FILES[fault]
    lines = faults(data)
    assert len(lines) == 1
    assert lines[0].startswith(expected)


def test_all_faults_of_a_file_are_listed_in_line_order(
    faults: Callable[[bytes], list[str]],
) -> None:
    """Two faults in one file give two lines."""
    lines = faults(HEAD + b"  - push: {nam: x, name: y}\n  - advance: 3\n")
    assert [line.split(": ")[0] for line in lines] == ["x.scenario.yaml:3", "x.scenario.yaml:4"]


def test_faults_of_every_sort_are_in_line_order(faults: Callable[[bytes], list[str]]) -> None:
    """A duplicate key, found while reading, does not come before an earlier unknown verb."""
    lines = faults(HEAD + b"  - push: {}\n  - psuh: {}\n  - close:\n    close:\n")
    places = [line.split(": ")[0] for line in lines]
    assert places == ["x.scenario.yaml:3", "x.scenario.yaml:4", "x.scenario.yaml:6"]


def test_many_faults_take_five_lines(faults: Callable[[bytes], list[str]]) -> None:
    """The fifth line counts what is not shown."""
    lines = faults(HEAD + b"  - psuh: {}\n" * 9)
    assert len(lines) == 5
    assert lines[-1] == "x.scenario.yaml: and 5 more"


def test_five_faults_are_all_shown(faults: Callable[[bytes], list[str]]) -> None:
    """Nothing is counted that would have had room."""
    assert faults(HEAD + b"  - psuh: {}\n" * 5)[-1].startswith("x.scenario.yaml:7: unknown verb")


def test_the_error_crosses_processes() -> None:
    """A ScenarioError survives pickling with its parts."""
    error = ScenarioError.of_file("a.yaml", [(3, "bad"), (4, "worse")])
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (str(copy), copy.line) == ("a.yaml:3: bad\na.yaml:4: worse", 3)


def _mutant(source: random.Random) -> bytes:
    data = bytearray(GOOD)
    alphabet = b"\t\n :-{}[],'\"&*!|>#%@`?~$\\\x00\xff\xefaz09"
    for _ in range(source.randint(1, 6)):
        at = source.randrange(len(data))
        data[at : at + source.randint(0, 9)] = bytes(
            source.choices(alphabet, k=source.randint(0, 5))
        )
    return bytes(data)


def _complaint(data: bytes) -> ScenarioError | None:
    try:
        loads(data, PATH)
    except ScenarioError as error:
        return error
    return None


@pytest.mark.parametrize("seed", range(20))
def test_any_damage_gives_a_scenario_or_at_most_five_lines(seed: int) -> None:
    """Random damage never ends in another exception, nor in a line without file and line."""
    source = random.Random(seed)  # noqa: S311 - damage, not secrets
    for _ in range(40):
        data = _mutant(source)
        error = _complaint(data)
        if error is not None:
            lines = str(error).splitlines()
            assert 1 <= len(lines) <= 5, data
            assert all(re.match(r"x\.scenario\.yaml(:\d+: |: and \d+ more)", at) for at in lines)
            assert 1 <= error.line <= data.count(b"\n") + 1, data
