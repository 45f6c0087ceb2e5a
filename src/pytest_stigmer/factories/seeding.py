"""Data drawn for one test: a function of the run seed and the test's id, never of a stream."""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_stigmer.clock import DEFAULT_START, parse_instant

if TYPE_CHECKING:
    from faker import Faker

_ULID_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_ULID_LENGTH = 26
_ULID_RANDOM_BITS = 80


def digest(*parts: object) -> bytes:
    """Return 32 bytes that depend on the text of every part, and on nothing else."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).digest()


def seeded_faker(seed: object, test_id: str) -> Faker:
    """Return a Faker of its own (en_US) whose data depend on the run seed and the test's id only.

    Equal data needs an equal release of Faker, since its word lists change.
    """
    from faker import Faker

    faker = Faker("en_US")
    faker.seed_instance(int.from_bytes(digest(seed, test_id)))
    return faker


class Draws:
    """The values that a test did not give: the nth name of a test is always the same name.

    Each field counts for itself, so that a value given or drawn elsewhere moves no other.
    """

    def __init__(self, seed: object, test_id: str) -> None:
        self._seed = seed
        self._test_id = test_id
        self._drawn: Counter[str] = Counter()

    def name(self) -> str:
        """Return a name that no other draw of this test returns; its slug is never empty."""
        words = self._seeded("name").bs().title()
        count = self._drawn["name"]
        return words if count == 1 else f"{words} {count}"

    def skill_md(self, name: str) -> str:
        """Return instructions as an author writes them: front matter, a heading, a paragraph."""
        faker = self._seeded("skill_md")
        head = f"---\nname: {slug(name)}\ndescription: {faker.sentence()}\n---\n"
        return f"{head}\n# {name}\n\n{faker.paragraph()}\n"

    def files(self) -> dict[str, str | bytes]:
        """Return a script and a page of reference, by relative path."""
        faker = self._seeded("files")
        return {
            f"references/{faker.word()}.md": f"{faker.paragraph()}\n",
            "scripts/run.py": f'print("{faker.sentence()}")\n',
        }

    def resource_id(self, prefix: str = "skl") -> str:
        """Return an id in the form of the real ones: a prefix, `-` and a ULID in lower case."""
        instant = parse_instant(DEFAULT_START).timestamp()
        return f"{prefix}-{_ulid(int(instant * 1000), self._next('id'))}"

    def _next(self, field: str) -> bytes:
        self._drawn[field] += 1
        return digest(self._seed, self._test_id, field, self._drawn[field])

    def _seeded(self, field: str) -> Faker:
        self._faker.seed_instance(int.from_bytes(self._next(field)))
        return self._faker

    @cached_property
    def _faker(self) -> Faker:
        return seeded_faker(self._seed, self._test_id)


def slug(name: str) -> str:
    """Return the slug that a registry gives this name: lower case, ASCII letters, digits and `-`.

    Source: stigmer b070f18, backend/libs/go/grpc/request/pipeline/steps/slug.go.
    """
    kept = (char for char in name.lower().replace(" ", "-") if char.isascii())
    words = "".join(char for char in kept if char.isalnum() or char == "-").split("-")
    return "-".join(word for word in words if word)


def _ulid(milliseconds: int, random: bytes) -> str:
    number = milliseconds << _ULID_RANDOM_BITS | int.from_bytes(random) >> 256 - _ULID_RANDOM_BITS
    return "".join(_ULID_DIGITS[number >> 5 * i & 31] for i in reversed(range(_ULID_LENGTH)))
