"""What may be repeated is made twice."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.conditions.condition import Condition, Perform
from pytest_stigmer.conditions.reads import READS
from pytest_stigmer.scenario.target import Answer, Call, Target

_COUNTED = frozenset(
    {"delete_resources_by_kind", "delete_resources_by_id_prefix", "delete_audit_by_resource_id"}
)
_IDEMPOTENT = READS | _COUNTED | {"save_resource", "delete_resource"}


class Again(Condition):
    """Makes every step that is idempotent by contract a second time at once."""

    name = "again"
    is_harmless = True
    why = "A caller that has lost an answer asks again; what was done already is not done twice."

    def may_act(self) -> bool:
        """Repeat within transactions, too."""
        return self.disturbance.allows_repeats

    def answer(self, call: Call, target: Target, perform: Perform) -> Answer:
        """Return the first answer, after a look at the second."""
        first = perform(call, target)
        if call.verb not in _IDEMPOTENT or not self.may_act():
            return first
        second = perform(call, target)
        wanted = replace(first, value=0) if call.verb in _COUNTED and not first.failure else first
        self.agree(call, wanted, second, "when it is repeated")
        return first
