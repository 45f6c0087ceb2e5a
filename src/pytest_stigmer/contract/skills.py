"""The contract of a skill API, as a class to subclass.

    class TestMine(SkillContract):
        can_move_clock = False

        @pytest.fixture
        def skills(self):
            return MyClient("127.0.0.1:7234")

Every inherited test is one fact about the five calls of `declared_skills.SkillApi`. The facts hold
for generation 2026-01 of the API.
"""

from __future__ import annotations

from pytest_stigmer.contract.skill_acceptance import AcceptanceFacts
from pytest_stigmer.contract.skill_identity import IdentityFacts
from pytest_stigmer.contract.skill_refusals import RefusalFacts
from pytest_stigmer.contract.skill_versions import VersionFacts


class SkillContract(VersionFacts, IdentityFacts, AcceptanceFacts, RefusalFacts):
    """Holds a skill API to the contract; `declared_skills.SkillDeclarations` lists the rest."""
