"""The former path of what `pytest_stigmer` exports now; it goes with the release after this one."""

import warnings

from pytest_stigmer.kit.skill_contract import SkillContract

__all__ = ["SkillContract"]

warnings.warn(
    "pytest_stigmer.contract.skills has moved: import SkillContract from pytest_stigmer",
    DeprecationWarning,
    stacklevel=2,
)
