"""The former path of what `pytest_stigmer` exports now; it goes with the release after this one."""

import warnings

from pytest_stigmer.kit.store_contract import StoreContract

__all__ = ["StoreContract"]

warnings.warn(
    "pytest_stigmer.contract.store has moved: import StoreContract from pytest_stigmer",
    DeprecationWarning,
    stacklevel=2,
)
