"""Every error a caller can meet; named constructors say what, why and what to do."""

from pytest_stigmer.errors.api_errors import (
    STATUS_SHAPES,
    ArchiveError,
    ServerLost,
    StatusError,
    UndecodableMessage,
    carried_status,
)
from pytest_stigmer.errors.base_error import (
    StigmerError,
)
from pytest_stigmer.errors.clock_errors import (
    ClockIncoherent,
)
from pytest_stigmer.errors.scenario_errors import (
    MAX_FAULT_LINES,
    ScenarioError,
)
from pytest_stigmer.errors.store_errors import (
    AuditNotFound,
    ClockNotFollowed,
    DiskFull,
    InvalidPath,
    InvalidText,
    NewerSchema,
    NotADatabase,
    NotReadable,
    PathNotWritable,
    ResourceNotFound,
    StoreClosed,
    StoreError,
    StoreForked,
    StoreLocked,
    UndecodableRow,
)
from pytest_stigmer.errors.usage_errors import (
    UnknownField,
    UsageError,
)

__all__ = [
    "MAX_FAULT_LINES",
    "STATUS_SHAPES",
    "ArchiveError",
    "AuditNotFound",
    "ClockIncoherent",
    "ClockNotFollowed",
    "DiskFull",
    "InvalidPath",
    "InvalidText",
    "NewerSchema",
    "NotADatabase",
    "NotReadable",
    "PathNotWritable",
    "ResourceNotFound",
    "ScenarioError",
    "ServerLost",
    "StatusError",
    "StigmerError",
    "StoreClosed",
    "StoreError",
    "StoreForked",
    "StoreLocked",
    "UndecodableMessage",
    "UndecodableRow",
    "UnknownField",
    "UsageError",
    "carried_status",
]
