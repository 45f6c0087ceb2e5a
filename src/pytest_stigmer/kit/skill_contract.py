"""The contract of a skill API, as a class to subclass.

    class TestMine(SkillContract):
        is_thread_safe = True

        @pytest.fixture
        def skills(self, stigmer_api):
            with closing(open_channel("127.0.0.1:7234")) as channel:
                yield SkillClient(stigmer_api, GrpcTransport(channel, stigmer_api))

`SkillClient` is in `pytest_stigmer.skills.client`, the other two are in
`pytest_stigmer.service.transport`; anything else with the five calls will do as well.
Every inherited test is one fact about the five calls of `declared_skills.SkillApi`. The facts hold
for generation 2026-01 of the API.
"""

from __future__ import annotations

from pytest_stigmer.kit.skill_acceptance import AcceptanceFacts
from pytest_stigmer.kit.skill_identity import IdentityFacts
from pytest_stigmer.kit.skill_refusals import RefusalFacts
from pytest_stigmer.kit.skill_versions import VersionFacts


class SkillContract(VersionFacts, IdentityFacts, AcceptanceFacts, RefusalFacts):
    """Holds a skill API to the contract; `declared_skills.SkillDeclarations` lists the rest."""
