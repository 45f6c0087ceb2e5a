"""Every error a caller can meet; named constructors say what, why and what to do."""

from pytest_stigmer.errors.api_errors import (
    STATUS_SHAPES,
    ArchiveError,
    ServerLost,
    StatusError,
    UndecodableMessage,
    carried_status,
)
from pytest_stigmer.errors.base_error import StigmerError
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
    MAX_FAULT_LINES,
    ClockIncoherent,
    ScenarioError,
    UnknownField,
    UsageError,
)
from pytest_stigmer.errors.visible import visible, visible_json

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
    "visible",
    "visible_json",
]
