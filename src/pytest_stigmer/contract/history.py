"""The former path of what `pytest_stigmer` exports now; it goes with the release after this one."""

import warnings

from pytest_stigmer.concurrency.recorded_history import Operation, Recorder, load

__all__ = ["Operation", "Recorder", "load"]

warnings.warn(
    "pytest_stigmer.contract.history has moved: import Recorder from pytest_stigmer",
    DeprecationWarning,
    stacklevel=2,
)
