"""Rules of structure, held against the code: who imports whom, and where each concern may live."""

from __future__ import annotations

import ast
import re
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1] / "src" / "pytest_stigmer"
MODULES = sorted(PACKAGE.rglob("*.py"))

MOST_LINES = 300
"""The longest file."""

CORE = {"errors", "clock"}
REGISTRY = CORE | {"api", "store", "skills", "registry"}
ALLOWED = {
    "errors": set(),
    "freezing": set(),
    "as_they_are": set(),
    "clock": {"errors", "freezing"},
    "api": CORE,
    "store": CORE | {"freezing"},
    "skills": CORE | {"api", "store"},
    "factories": CORE | {"api", "store"},
    "registry": CORE | {"api", "store", "skills"},
    "scenario": CORE,
    "service": REGISTRY | {"factories"},
    "targets": REGISTRY | {"factories", "scenario", "service"},
    "conditions": REGISTRY | {"factories", "scenario", "targets"},
    "defects": REGISTRY,
    "prove": REGISTRY | {"scenario", "conditions", "defects"},
    "report": CORE | {"scenario", "prove"},
    "kit": REGISTRY | {"as_they_are", "factories", "scenario", "targets", "conditions", "declared"},
    "explore": REGISTRY | {"factories", "scenario", "targets", "conditions"},
    "concurrency": CORE | {"skills"},
    "harness": REGISTRY
    | {"factories", "scenario", "targets", "defects", "service", "prove", "report", "explore"}
    | {"kit", "concurrency", "conditions", "declared", "as_they_are", "__init__"},
    "contract": {"kit", "concurrency"},
    "declared": set(),
    "plugin": REGISTRY | {"declared"} | {"harness", "factories", "service", "targets"},
    "fixtures": REGISTRY | {"harness", "service"},
    "cli": {"harness", "service", "concurrency", "errors", "scenario", "registry"},
    "__init__": REGISTRY
    | {"factories", "scenario", "targets", "kit", "concurrency", "service"}
    | {"harness"},
}
"""For each part of the package, the parts it may import; itself is always allowed."""

LIBRARIES = {
    "pytest": {"plugin", "declared", "fixtures", "harness", "kit"},
    "grpc": {"service", "targets/remote"},
    "yaml": {"scenario/document"},
    "jsonschema": {"scenario"},
    "sqlite3": {"store", "defects", "clock"},  # the clock: only to name the type
    "re2": {"scenario/expressions"},
    "freezegun": {"freezing"},
    "faker": {"factories", "harness", "plugin"},
    "protovalidate": {"api"},
    "hypothesis": {"explore"},
}
"""For each library with a place of its own, the places that may import it."""

FILES = {
    "api/compile_set": "the set of message descriptors",
    "api/descriptors": "the set of message descriptors",
    "api/stubs": "the source of a user's stubs",
    "cli": "the null device",
    "concurrency/recorded_history": "a record of calls",
    "defects/artifacts/links_in_the_storage_are_followed": "what a link leads to, as its harm is",
    "harness/commands": "a scenario file",
    "harness/completing": "a scenario file",
    "harness/report_building": "reports",
    "harness/sharding": "a report",
    "harness/run_session": "a certificate",
    "harness/report_collector": "the summary of a CI job",
    "prove/verdicts": "code, scenarios and records of its own",
    "registry/files": "artifacts, never the database beside them",
    "registry/own_folder": "a file for its lock",
    "scenario/loader": "a scenario file",
    "scenario/writer": "a scenario file",
    "service/control_api": "the set of message descriptors",
    "service/places": "a certificate",
    "skills/artifact_storage": "an artifact",
    "store/faults": "a database that no connection is on",
    "store/legacy": "a database whose only connection is closed",
    "store/template": "a database before its first connection, or after its only one",
}
"""The modules that open files themselves, and which. A database with a connection on it is never
among them: closing such a descriptor drops the locks of the whole process on that file."""

RAW_FILE_CALLS = {"open", "read_bytes", "write_bytes", "copy", "copy2", "copyfile", "copytree"}

WALL_CLOCK = re.compile(
    r"(time\.(time|time_ns|gmtime|localtime|ctime)"
    r"|(dt|datetime|date)\.(now|utcnow|today)"
    r"|datetime\.datetime\.(now|utcnow|today))$"
)
SQL = re.compile(
    r"\s*(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM"
    r"|CREATE\s+(TABLE|INDEX|TRIGGER)|DROP\s+(TABLE|INDEX|TRIGGER)|PRAGMA\s|BEGIN\s+IMMEDIATE)",
    re.IGNORECASE | re.DOTALL,
)


def place(module: Path) -> str:
    """Name a module by its path below the package, without `.py`."""
    return module.relative_to(PACKAGE).with_suffix("").as_posix()


def part(name: str) -> str:
    """Name the part of the package that a place belongs to."""
    return name.split("/", maxsplit=1)[0]


def tree(module: Path) -> ast.Module:
    """Parse one module."""
    return ast.parse(module.read_text(encoding="utf-8"), str(module))


def imported(module: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full name of every import, those inside functions included."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: relative import"
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def own_part(name: str) -> str | None:
    """Name the part of this package that an import reaches, or None for a library."""
    words = name.split(".")
    if words[0] != "pytest_stigmer":
        return None
    inside = words[1] if len(words) > 1 else ""
    is_part = (PACKAGE / inside).is_dir() or (PACKAGE / f"{inside}.py").is_file()
    return inside if inside and is_part else "__init__"


def import_faults(module: Path) -> list[str]:
    """List the imports of one module that its part may not make."""
    here = part(place(module))
    faults = []
    for line, name in imported(module):
        target = own_part(name)
        if target and target != here and target not in ALLOWED[here]:
            allowed = ", ".join(sorted(ALLOWED[here])) or "nothing"
            faults.append(f"{place(module)}:{line}: {here} imports {target}; allowed: {allowed}")
    return faults


def library_faults(module: Path) -> list[str]:
    """List the libraries that one module imports outside their places."""
    faults = []
    for line, name in imported(module):
        homes = LIBRARIES.get(
            name.split(".")[0].removesuffix("_health").removesuffix("_reflection")
        )
        if homes is not None and not {place(module), part(place(module))} & homes:
            faults.append(
                f"{place(module)}:{line}: {place(module)} imports {name}; "
                f"allowed in: {', '.join(sorted(homes))}"
            )
    return faults


def clock_faults(module: Path) -> list[str]:
    """List the places where one module asks the operating system for the time."""
    return [
        f"{place(module)}:{node.lineno}: {ast.unparse(node)}; ask the Clock"
        for node in ast.walk(tree(module))
        if (isinstance(node, ast.Attribute) and WALL_CLOCK.search(ast.unparse(node)))
        or (isinstance(node, ast.ImportFrom) and node.module == "time" and not _sleeps_only(node))
    ]


def _sleeps_only(node: ast.ImportFrom) -> bool:
    return {alias.name for alias in node.names} == {"sleep"}


def opens_files(module: Path) -> bool:
    """Tell whether a module opens or copies files itself."""
    return any(
        isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] in RAW_FILE_CALLS
        and not ast.unparse(node.func).endswith((".copy", "webbrowser.open", "self.open"))
        for node in ast.walk(tree(module))
    )


def docstrings(module: ast.Module) -> set[int]:
    """Collect the identities of the docstring nodes of a module."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(statement.value)
        for node in ast.walk(module)
        if isinstance(node, owners)
        for statement in node.body
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    }


def sql_faults(module: Path) -> list[str]:
    """List the string constants of one module that are SQL."""
    parsed = tree(module)
    prose = docstrings(parsed)
    return [
        f"{place(module)}:{node.lineno}: SQL outside store: {node.value[:60]!r}"
        for node in ast.walk(parsed)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in prose
        and SQL.match(node.value)
    ]


def test_imports_go_one_way() -> None:
    """Each part of the package imports only the parts below it."""
    assert not [fault for module in MODULES for fault in import_faults(module)]


def test_libraries_stay_in_their_places() -> None:
    """A library with a place of its own is imported nowhere else."""
    assert not [fault for module in MODULES for fault in library_faults(module)]


def test_only_the_clock_asks_the_operating_system_for_the_time() -> None:
    """Outside clock.py nothing reads the wall clock directly."""
    others = [module for module in MODULES if place(module) != "clock"]
    assert not [fault for module in others for fault in clock_faults(module)]


def test_sql_lives_in_the_store_and_in_defects() -> None:
    """Outside store and defects no string is SQL."""
    others = [module for module in MODULES if part(place(module)) not in {"store", "defects"}]
    assert not [fault for module in others for fault in sql_faults(module)]


def test_no_module_opens_a_database_that_is_in_use() -> None:
    """Whoever opens files itself is known, with the reason why these are safe to open."""
    assert {place(module) for module in MODULES if opens_files(module)} == set(FILES)


def test_every_part_has_a_rule() -> None:
    """No part of the package is missing from the table of imports."""
    assert {part(place(module)) for module in MODULES} <= set(ALLOWED)


def dotted(module: Path) -> str:
    """Name a module as an import does."""
    return f"pytest_stigmer.{place(module)}".removesuffix("/__init__").replace("/", ".")


def import_circle(modules: list[Path]) -> list[str]:
    """Return modules that import each other in a circle, for types alone too; [] without one."""
    names = {dotted(module) for module in modules}
    graph = {
        dotted(module): {
            name if name in names else name.rpartition(".")[0] for _, name in imported(module)
        }
        & names
        for module in modules
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def repeated_stems(modules: list[Path]) -> set[str]:
    """Return the file names that stand twice; former paths and packages do not count."""
    kept = [module for module in modules if part(place(module)) != "contract"]
    stems = Counter(module.stem for module in kept if module.stem != "__init__")
    return {stem for stem, count in stems.items() if count > 1}


def long_files(modules: list[Path]) -> dict[str, int]:
    """Return the modules of more lines than a reader keeps in mind."""
    lengths = {place(module): len(module.read_text().splitlines()) for module in modules}
    return {name: length for name, length in lengths.items() if length > MOST_LINES}


def test_no_modules_import_each_other() -> None:
    """Imports of modules, those for types alone included, form no circle."""
    assert import_circle(MODULES) == []


def test_file_names_are_unique() -> None:
    """A file's name says which question it answers, and no other file has it."""
    assert repeated_stems(MODULES) == set()


def test_files_are_short() -> None:
    """No module is longer than a reader keeps in mind."""
    assert long_files(MODULES) == {}


def test_broken_rules_of_files_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A circle for types alone, a second file of one name and a long file are told."""
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path)
    sources = {
        "api/one.py": "if TYPE_CHECKING:\n    from pytest_stigmer.store.two import two",
        "store/two.py": "def two():\n    from pytest_stigmer.api import one",
        "store/one.py": "\n" * (MOST_LINES + 1),
    }
    modules = [tmp_path / name for name in sources]
    for module in modules:
        module.parent.mkdir(exist_ok=True)
        module.write_text(sources[module.relative_to(tmp_path).as_posix()], encoding="utf-8")
    circle = import_circle(modules)
    assert set(circle) == {"pytest_stigmer.api.one", "pytest_stigmer.store.two"}
    assert repeated_stems(modules) == {"one"}
    assert long_files(modules) == {"store/one": MOST_LINES + 1}


BROKEN = {
    "import pytest_stigmer.harness.options": import_faults,
    "def f():\n    from pytest_stigmer.defects import base": import_faults,
    "from pytest_stigmer import SqliteStore": import_faults,
    "import grpc": library_faults,
    "def f():\n    import sqlite3": library_faults,
    "import time\nx = time.time()": clock_faults,
    "import datetime as dt\nx = dt.datetime.now(dt.UTC)": clock_faults,
    "QUERY = 'SELECT data FROM resources'": sql_faults,
}


@pytest.mark.parametrize("source", BROKEN, ids=[source.split("\n")[-1] for source in BROKEN])
def test_a_broken_rule_is_named(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that breaks a rule is reported with its place and what it did."""
    (tmp_path / "defects").mkdir()
    (tmp_path / "harness").mkdir()
    (tmp_path / "scenario").mkdir()
    module = tmp_path / "scenario" / "model.py"
    module.write_text(source, encoding="utf-8")
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path)
    faults = BROKEN[source](module)
    assert faults
    assert faults[0].startswith("scenario/model:")
