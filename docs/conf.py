"""How Sphinx builds the documentation; the pages of defects and options are made from the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

project = "pytest-stigmer"
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_generated"]
html_theme = "furo"
html_title = "pytest-stigmer"
nitpicky = True

HERE = Path(__file__).parent
GENERATED = HERE / "_generated"
STORIES = "ordering"
"""The family whose defects are told in full; of the others, what they do and what shows them."""


def setup(app: Any) -> None:
    """Make the generated pages before Sphinx looks for files."""
    del app
    GENERATED.mkdir(exist_ok=True)
    pages = {"defects": defects, "options": options, "commands": commands, "keys": keys}
    pages |= {"disputed": disputed}
    for name, made in pages.items():
        lines = made()
        (GENERATED / f"{name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def keys() -> list[str]:
    """Return the page of scenario keys, which lies beside the shipped scenarios."""
    text = (HERE.parent / "scenarios/README.md").read_text(encoding="utf-8")
    return [text.replace("(VERBS.md)", "(verbs.md)")]


def defects() -> list[str]:
    """Return the catalogue by family: id, harm, origin, and the scenarios that show each."""
    from pytest_stigmer.defects.catalogue import catalogue
    from pytest_stigmer.defects.hazards import explained
    from pytest_stigmer.harness.showing import story

    claims = claimed()
    lines = ["# The known defects", ""]
    family = ""
    for defect in catalogue().values():
        if defect.family != family:
            family = defect.family
            lines += [f"## {family}", ""]
        lines += [f"### {defect.id}", "", defect.harm, "", f"Origin: {explained(defect.origin)}."]
        lines += [f"Shown by: {'; '.join(claims.get(defect.id, ['nothing that ships']))}.", ""]
        if family == STORIES:
            lines += ["```text", *story(defect), "```", ""]
    return lines


def disputed() -> list[str]:
    """Return the disputed points: what we do, what others may do, and where that is seen."""
    from pytest_stigmer.scenario.disputed import POINTS

    lines = ["| point | ours | others may | seen in |", "|---|---|---|---|"]
    return lines + [
        f"| `{point.name}` | {point.ours} | {point.others} | {point.source} |"
        for point in POINTS.values()
    ]


def claimed() -> dict[str, list[str]]:
    """Return the titles of the shipped scenarios that claim each defect."""
    from pytest_stigmer.scenario.loader import load
    from pytest_stigmer.scenario.shipped import shipped_scenarios

    found: dict[str, list[str]] = {}
    for scenario in map(load, shipped_scenarios()):
        for defect in scenario.detects:
            found.setdefault(defect, []).append(scenario.title)
    return found


def options() -> list[str]:
    """Return pytest's options as pytest shows them."""
    import pytest

    from pytest_stigmer.declared import add_options

    parser = pytest.Parser(_ispytest=True)
    add_options(parser)
    group = parser.getgroup("stigmer")
    lines = ["| option | meaning |", "|---|---|"]
    for option in group.options:
        names = " ".join(option.names())
        given = option.attrs().get("metavar")
        word = f"{names} {given}" if given else names
        told = str(option.attrs().get("help", "")).replace("|", "\\|")
        lines.append(f"| `{word}` | {told} |")
    return lines


def commands() -> list[str]:
    """Return the commands of stigmer-harness with their arguments, as `--help` shows them."""
    import argparse

    from pytest_stigmer.harness.commands import COMMANDS

    lines: list[str] = []
    for name, command in COMMANDS.items():
        parser = argparse.ArgumentParser(f"stigmer-harness {name}", formatter_class=_Narrow)
        command.add_arguments(parser)
        lines += [f"## {name}", "", f"{command.help[0].upper()}{command.help[1:]}.", ""]
        lines += ["```text", parser.format_help().rstrip(), "```", ""]
    return lines


def _Narrow(prog: str) -> Any:  # noqa: N802 - stands where argparse expects a class
    import argparse

    return argparse.HelpFormatter(prog, width=80)
