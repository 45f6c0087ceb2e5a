"""Test harness and fixture service for Stigmer's versioned skill registry.

The names below are loaded when they are first asked for: importing the package costs nothing, and
none of them needs pytest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_stigmer.clock import FrozenClock, SystemClock
    from pytest_stigmer.concurrency.checker import check_file
    from pytest_stigmer.concurrency.recorded_history import Recorder
    from pytest_stigmer.concurrency.recorded_skills import RecordedSkills
    from pytest_stigmer.errors import (
        AuditNotFound,
        ClockIncoherent,
        DiskFull,
        NewerSchema,
        NotADatabase,
        PathNotWritable,
        ResourceNotFound,
        ScenarioError,
        StatusError,
        StigmerError,
        StoreClosed,
        StoreError,
        StoreLocked,
        UndecodableRow,
        UsageError,
    )
    from pytest_stigmer.factories.artifacts import artifact
    from pytest_stigmer.factories.audit_history import History
    from pytest_stigmer.factories.bad_artifacts import BAD_ARTIFACTS, bad_artifact
    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.factories.flaws import BadArtifact
    from pytest_stigmer.factories.loading import load_history
    from pytest_stigmer.factories.seeding import seeded_faker
    from pytest_stigmer.kit.skill_contract import SkillContract
    from pytest_stigmer.kit.store_contract import StoreContract
    from pytest_stigmer.service.running import running_service
    from pytest_stigmer.store.sqlite import SqliteStore

__all__ = [
    "BAD_ARTIFACTS",
    "AuditNotFound",
    "BadArtifact",
    "ClockIncoherent",
    "DiskFull",
    "Factory",
    "FrozenClock",
    "History",
    "NewerSchema",
    "NotADatabase",
    "PathNotWritable",
    "RecordedSkills",
    "Recorder",
    "ResourceNotFound",
    "ScenarioError",
    "SkillContract",
    "SqliteStore",
    "StatusError",
    "StigmerError",
    "StoreClosed",
    "StoreContract",
    "StoreError",
    "StoreLocked",
    "SystemClock",
    "UndecodableRow",
    "UsageError",
    "artifact",
    "bad_artifact",
    "check_file",
    "load_history",
    "running_service",
    "seeded_faker",
]

_HOMES = {
    "AuditNotFound": "errors",
    "BAD_ARTIFACTS": "factories.bad_artifacts",
    "BadArtifact": "factories.flaws",
    "ClockIncoherent": "errors",
    "DiskFull": "errors",
    "Factory": "factories.factory",
    "FrozenClock": "clock",
    "History": "factories.audit_history",
    "NewerSchema": "errors",
    "NotADatabase": "errors",
    "PathNotWritable": "errors",
    "RecordedSkills": "concurrency.recorded_skills",
    "Recorder": "concurrency.recorded_history",
    "ResourceNotFound": "errors",
    "ScenarioError": "errors",
    "SkillContract": "kit.skill_contract",
    "SqliteStore": "store.sqlite",
    "StatusError": "errors",
    "StigmerError": "errors",
    "StoreClosed": "errors",
    "StoreContract": "kit.store_contract",
    "StoreError": "errors",
    "StoreLocked": "errors",
    "SystemClock": "clock",
    "UndecodableRow": "errors",
    "UsageError": "errors",
    "artifact": "factories.artifacts",
    "bad_artifact": "factories.bad_artifacts",
    "check_file": "concurrency.checker",
    "load_history": "factories.loading",
    "running_service": "service.running",
    "seeded_faker": "factories.seeding",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
