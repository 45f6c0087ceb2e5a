"""The reference as a project declares it to the kit, with all that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_stigmer.kit.skill_contract import SkillContract
from pytest_stigmer.kit.store_contract import StoreContract

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.skills.endpoint import SkillClient
    from pytest_stigmer.store.sqlite import SqliteStore


class StoreOnAFile(StoreContract):
    """The store on a file; all that can be declared but cascading deletions, and threads."""

    has_transactions = can_reopen = can_open_twice = can_move_clock = True
    assembled: Callable[[], Registry]

    def reopen(self, store: Any) -> SqliteStore:
        """Open the same file again."""
        store.close()
        return self.beside(store)

    def beside(self, store: Any) -> SqliteStore:
        """Open the same file beside the first one."""
        del store
        return self.assembled().store

    def move_clock(self, store: Any, seconds: float) -> None:
        """Move the clock that the store was given."""
        store.clock.advance(seconds=seconds)


class SkillsOnAFile(SkillContract):
    """The skill API in process, over a store on a file."""

    can_reopen = can_open_twice = can_move_clock = is_disposable = True
    assembled: Callable[[], Registry]
    parts: Registry

    def opened(self, assembled: Callable[[], Registry]) -> SkillClient:
        """Return a client of a registry that this function opens, and opens again."""
        self.assembled = assembled
        self.parts = assembled()
        return self.parts.client()

    def reopen(self, skills: Any) -> SkillClient:
        """Close the file and open it again."""
        self.parts.close()
        return self.beside(skills)

    def beside(self, skills: Any) -> SkillClient:
        """Open the same file beside the first one."""
        del skills
        return self.assembled().client()

    def move_clock(self, skills: Any, seconds: float) -> None:
        """Move the clock that the registry was given."""
        del skills
        clock: Any = self.parts.clock
        clock.advance(seconds=seconds)
