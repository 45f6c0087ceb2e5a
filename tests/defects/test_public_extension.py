"""Defects of other distributions: what they may rely on, and that those we know still load."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from pytest_stigmer.defects.catalogue import _from_module, catalogue
from pytest_stigmer.registry.assembly import REFERENCE

ROOT = Path(__file__).parents[2]
README = ROOT / "scenarios" / "README.md"
SAMPLE = Path(os.environ.get("STIGMER_SAMPLE_DEFECTS", ROOT.parent / "shared" / "sample_defects"))
"""A distribution of forty-two defects; it does not ship with this one."""

LISTED = re.findall(
    r"(?m)^(pytest_stigmer\S+)\((.*)\)\n((?:    .*\n)+)", README.read_text(encoding="utf-8")
)
"""Each class that a defect may subclass: its path, its arguments, its methods."""

MODULE = """
from dataclasses import replace

from pytest_stigmer.defects.change import with_migrations
from pytest_stigmer.errors import StoreError
from {module} import {name}

HARM = "Something is lost."
ORIGIN = "ACME-17"


class Broken({name}):
    def {method}(self, *arguments, **options):
        raise StoreError("lost")


def apply(recipe):
    return {change}
"""
BROKEN = {
    "skills.controller.SkillController.next_version": "replace(recipe, skills=Broken)",
    "skills.references.ReferenceResolver.by_tag": "replace(recipe, references=Broken)",
    "skills.index.SlugIndex.find": "replace(recipe, index=Broken)",
    "skills.endpoint.SkillEndpoint.validate": "replace(recipe, endpoint=Broken)",
    "skills.artifact_storage.ArtifactStorage.path_of": "replace(recipe, artifacts=Broken)",
    "skills.archive.ArchiveReader.find_skill_md": "replace(recipe, archives=Broken)",
    "store.sqlite.SqliteStore.save_audit": "replace(recipe, store=Broken)",
    "store.migration.Migrations.names_of": "with_migrations(recipe, Broken)",
}
"""For each class a method that the scenario below cannot do without, and how it is put in place."""

SCENARIO = """
scenario: A version is found by its tag, and so is one from before the upgrade
detects: [{claims}]
steps:
  - push: {{name: Calc, tag: v1, skill_md: "# one"}}
  - push: {{name: Calc, skill_md: "# two"}}
  - get_by_reference: {{slug: calc, version: v1}}
    returns: {{spec.skill_md: "# one"}}
  - open_legacy:
      rows: [{{id: skill_audit/skl-1/1, message: {{spec.tag: v0}}}}]
  - get_audit_by_tag: {{resource_id: skl-1, tag: v0}}
    returns: {{spec.tag: v0}}
"""


@pytest.mark.parametrize(("path", "arguments", "methods"), LISTED, ids=[row[0] for row in LISTED])
def test_what_a_defect_may_override_is_as_listed(path: str, arguments: str, methods: str) -> None:
    """Names and arguments of the constructors and methods in the README are the code's."""
    module, _, name = path.rpartition(".")
    subject = getattr(importlib.import_module(module), name)
    listed = {"__init__": arguments, **dict(re.findall(r"(\w+)\(([^)]*)\)", methods))}
    found = {}
    for method in listed:
        parameters = inspect.signature(getattr(subject, method)).parameters
        found[method] = ", ".join(list(parameters)[1:])
    if not arguments:
        found["__init__"] = ""  # object's own takes anything
    assert found == listed


def test_a_registered_defect_of_each_class_is_caught(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One scenario goes through all parts and is red under a broken subclass of each."""
    site = pytester.mkdir("site")
    points = ["[pytest_stigmer.defects]"]
    for path, change in BROKEN.items():
        module, name, method = path.rsplit(".", 2)
        stem = f"broken_{method}"
        text = MODULE.format(
            module=f"pytest_stigmer.{module}", name=name, method=method, change=change
        )
        (site / f"{stem}.py").write_text(text)
        points.append(f"{stem} = {stem}")
    info = site / "acme_defects-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-defects\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("\n".join(points))
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=":")
    ids = [point.partition(" ")[0].replace("_", "-") for point in points[1:]]
    path = pytester.path / "all.scenario.yaml"
    path.write_text(SCENARIO.format(claims=", ".join(ids)), encoding="utf-8")
    told = pytester.runpytest_subprocess("--stigmer-prove", "-p", "no:randomly").stdout.str()
    assert [name for name in ids if not re.search(rf"(?m)^{name} +1 ", told)] == [], told


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="STIGMER_SAMPLE_DEFECTS names no folder")
def test_every_sample_defect_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Defects that somebody else wrote load unchanged beside the ported `_tools.py`."""
    shutil.copytree(SAMPLE / "src", tmp_path / "src", copy_function=shutil.copyfile)
    package = tmp_path / "src" / "sample_defects"
    package.chmod(0o755)
    shutil.copyfile(Path(__file__).with_name("sample_tools.py"), package / "_tools.py")
    monkeypatch.syspath_prepend(tmp_path / "src")
    project = tomllib.loads((SAMPLE / "pyproject.toml").read_text(encoding="utf-8"))
    points = project["project"]["entry-points"]["pytest_stigmer.defects"]
    try:
        found = [_from_module(importlib.import_module(name), "") for name in points.values()]
    finally:
        for name in [name for name in sys.modules if name.startswith("sample_defects")]:
            del sys.modules[name]
    changed = [defect.id for defect in found if defect.apply(REFERENCE) != REFERENCE]
    assert len(changed) == len(points) == 42
    assert not set(changed) & set(catalogue()), "a defect of ours has taken the id of another's"
