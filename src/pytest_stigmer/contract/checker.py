"""The former path of what `pytest_stigmer` exports now; it goes with the release after this one."""

import warnings

from pytest_stigmer.concurrency.checker import check_file, faults

__all__ = ["check_file", "faults"]

warnings.warn(
    "pytest_stigmer.contract.checker has moved: import check_file from pytest_stigmer",
    DeprecationWarning,
    stacklevel=2,
)
