"""The former path of what `pytest_stigmer` exports now; it goes with the release after this one."""

import warnings

from pytest_stigmer.concurrency.recorded_skills import RecordedSkills

__all__ = ["RecordedSkills"]

warnings.warn(
    "pytest_stigmer.contract.recording has moved: import RecordedSkills from pytest_stigmer",
    DeprecationWarning,
    stacklevel=2,
)
