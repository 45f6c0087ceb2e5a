"""Test harness and fixture service for Stigmer's versioned skill registry.

The names below are loaded when they are first asked for: importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_stigmer.api.generation import Generation
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
    from pytest_stigmer.harness.fixture_bodies import StoreFactory
    from pytest_stigmer.harness.scopes import SharedSkills
    from pytest_stigmer.kit.skill_contract import SkillContract
    from pytest_stigmer.kit.store_contract import StoreContract
    from pytest_stigmer.service.injection import Fault
    from pytest_stigmer.service.loopback import Service
    from pytest_stigmer.service.running import RunningService, running_service
    from pytest_stigmer.skills.endpoint import SkillClient
    from pytest_stigmer.store.sqlite import SqliteStore
    from pytest_stigmer.targets.flow import Flow

__all__ = [
    "BAD_ARTIFACTS",
    "AuditNotFound",
    "BadArtifact",
    "ClockIncoherent",
    "DiskFull",
    "Factory",
    "Fault",
    "Flow",
    "FrozenClock",
    "Generation",
    "History",
    "NewerSchema",
    "NotADatabase",
    "PathNotWritable",
    "RecordedSkills",
    "Recorder",
    "ResourceNotFound",
    "RunningService",
    "ScenarioError",
    "Service",
    "SharedSkills",
    "SkillClient",
    "SkillContract",
    "SqliteStore",
    "StatusError",
    "StigmerError",
    "StoreClosed",
    "StoreContract",
    "StoreError",
    "StoreFactory",
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

if not TYPE_CHECKING:  # where a __getattr__ would hide what is misspelt
    _NAMES = {
        "api.generation": "Generation",
        "clock": "FrozenClock SystemClock",
        "concurrency.checker": "check_file",
        "concurrency.recorded_history": "Recorder",
        "concurrency.recorded_skills": "RecordedSkills",
        "errors": "AuditNotFound ClockIncoherent DiskFull NewerSchema NotADatabase PathNotWritable "
        "ResourceNotFound ScenarioError StatusError StigmerError StoreClosed StoreError "
        "StoreLocked UndecodableRow UsageError",
        "factories.artifacts": "artifact",
        "factories.audit_history": "History",
        "factories.bad_artifacts": "BAD_ARTIFACTS bad_artifact",
        "factories.factory": "Factory",
        "factories.flaws": "BadArtifact",
        "factories.loading": "load_history",
        "factories.seeding": "seeded_faker",
        "harness.fixture_bodies": "StoreFactory",
        "harness.scopes": "SharedSkills",
        "kit.skill_contract": "SkillContract",
        "kit.store_contract": "StoreContract",
        "service.injection": "Fault",
        "service.loopback": "Service",
        "service.running": "RunningService running_service",
        "skills.endpoint": "SkillClient",
        "store.sqlite": "SqliteStore",
        "targets.flow": "Flow",
    }
    _HOMES = {name: home for home, names in _NAMES.items() for name in names.split()}

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import_module(f"{__name__}.as_they_are")
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
