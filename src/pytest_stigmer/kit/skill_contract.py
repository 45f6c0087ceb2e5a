"""The contract of a skill API, as a class to subclass.

    class TestMine(SkillContract):
        is_thread_safe = True

        @pytest.fixture
        def skills(self, stigmer_api):
            with closing(open_channel("127.0.0.1:7234")) as channel:
                yield SkillClient(stigmer_api, GrpcTransport(channel, stigmer_api))

`SkillClient` is in `pytest_stigmer.skills.endpoint`, the other two are in
`pytest_stigmer.service.transport`; anything else with the five calls will do as well.
The inherited `test_promise` asks every scenario about the skill API, one test each: the test's id
is the name of the scenario's file. The promises are those of generation 2026-01 of the API.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from pytest_stigmer.kit.declared_skills import SkillTarget
from pytest_stigmer.kit.promises import ask
from pytest_stigmer.kit.skill_acceptance import AcceptanceFacts
from pytest_stigmer.kit.skill_identity import IdentityFacts
from pytest_stigmer.kit.skill_refusals import RefusalFacts
from pytest_stigmer.kit.skill_versions import VersionFacts

if TYPE_CHECKING:
    import pytest

    from pytest_stigmer.kit.promises import Promise
    from pytest_stigmer.skills.endpoint import SkillApi


class SkillContract(VersionFacts, IdentityFacts, AcceptanceFacts, RefusalFacts):
    """Holds a skill API to the promises; `SkillDeclarations` lists what to declare."""

    def test_promise(
        self, skills: SkillApi, promise: Promise, request: pytest.FixtureRequest
    ) -> None:
        """The registry keeps the promise that a scenario states."""
        target = SkillTarget(self, skills, request.node.nodeid)
        try:
            ask(promise, target, request.node.nodeid)
        finally:
            for left in target.clean_up():
                warnings.warn(f"left behind by {promise.id}: {left}", stacklevel=2)
