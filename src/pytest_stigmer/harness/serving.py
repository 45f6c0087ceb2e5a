"""The command `serve`: the fixture service, with catalogued defects in place where asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.service import serve

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the service, and what is wrong with it."""
    serve.add_arguments(parser)
    parser.add_argument(
        "--defect",
        metavar="ID",
        nargs="+",
        action="extend",
        default=[],
        help="with these catalogued defects in place, all at once; with --no-control the server "
        "stands in for one of others",
    )


def run(options: argparse.Namespace) -> int:
    """Serve until stopped; return 0. Raises UsageError for a defect that nobody knows."""
    from pytest_stigmer.defects.catalogue import recipe_of

    return serve.run(options, recipe_of(options.defect))
