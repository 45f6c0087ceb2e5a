"""The start of a run's session: at an option of ours, or at the first use of anything else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_stigmer.declared import SESSION
from pytest_stigmer.harness.diagnosing import Diagnoser
from pytest_stigmer.harness.options import read_options
from pytest_stigmer.harness.reporting import Causes, Reporter
from pytest_stigmer.harness.run_session import HarnessSession, worker_input
from pytest_stigmer.harness.sharding import Selection

if TYPE_CHECKING:
    import pytest


def session_of(config: pytest.Config) -> HarnessSession:
    """Return the session of a run; the first time, read the options and start reporting."""
    if SESSION not in config.stash:
        _start(config)
    session: HarnessSession = config.stash[SESSION]
    return session


def _start(config: pytest.Config) -> None:
    sent = worker_input(config)
    worker = str(sent["workerid"]) if sent else "main"
    session = HarnessSession(read_options(config, sent), worker)
    config.stash[SESSION] = session
    config.pluginmanager.register(Reporter(session, is_worker=sent is not None), "stigmer-reporter")
    config.pluginmanager.register(Causes(), "stigmer-causes")
    if session.options.shard or session.options.reports:
        selection = Selection(session.options.shard)
        config.pluginmanager.register(selection, "stigmer-selection")
    if not session.options.prove:
        config.pluginmanager.register(Diagnoser(session), "stigmer-diagnoser")
    if session.options.expect or session.options.write_expectations:
        _register_expecter(config, session)
    if session.options.reports and sent is None:
        from pytest_stigmer.harness.report_collector import Collector

        config.pluginmanager.register(Collector(session, config), "stigmer-collector")
    if os.environ.get("GITHUB_ACTIONS") == "true" and sent is None:
        from pytest_stigmer.harness.annotations import Annotator

        config.pluginmanager.register(Annotator(config.rootpath), "stigmer-annotator")


def _register_expecter(config: pytest.Config, session: HarnessSession) -> None:
    """Hold a run to its file of expected reds; a file that cannot be read is a usage error."""
    import pytest

    from pytest_stigmer.errors import UsageError
    from pytest_stigmer.harness.expecting import Expecter

    try:
        config.pluginmanager.register(Expecter(session), "stigmer-expecter")
    except UsageError as error:
        raise pytest.UsageError(f"--stigmer-expect: {error}") from error
