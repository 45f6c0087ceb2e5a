"""Fixtures of every scope: shared by tests that do not see each other."""

from __future__ import annotations

import subprocess
import sys
import unittest
from typing import TYPE_CHECKING

import grpc
import pytest

import pytest_stigmer
from pytest_stigmer.api.generation import load
from pytest_stigmer.factories.factory import Factory

if TYPE_CHECKING:
    from pytest_stigmer.service.running import RunningService

CONFTEST = """
import pytest
from pytest_stigmer import Factory
from pytest_stigmer.api.generation import load
from pytest_stigmer.fixtures import (
    clock_fixture, service_fixture, skills_fixture, store_fixture
)

my_store = store_fixture(scope="{scope}")
my_skills = skills_fixture("my_store", scope="{scope}")
my_service = service_fixture("my_skills", scope="{scope}")
other_service = service_fixture(scope="{scope}")
my_clock = clock_fixture("2026-03-03T03:03:03Z", scope="{scope}")
FACTORY = Factory(1, "seed", load("bundled"))

@pytest.fixture(scope="{scope}")
def seeded(my_clock, my_service, other_service):
    my_clock.advance("1h")
    my_service.command.push(FACTORY.push_request(name="seeded"))
    return my_service.address

def names(store):
    return sorted(row[0] for row in store.resource_rows("skill"))
"""
SUITE = """
import pytest
from conftest import FACTORY, load, names

class TestIt:
    @pytest.mark.parametrize("number", range(3))
    def test_each(self, number, seeded, my_store, my_skills, my_service, my_clock, other_service):
        assert my_service.address == seeded != other_service.address
        assert my_clock.now().isoformat() == "2026-03-03T04:03:03+00:00"
        assert len(names(my_store)) == 1
        assert names(other_service.store) == []
        assert my_service.calls == []
        pushed = my_skills.push(FACTORY.push_request(name=f"mine {number}"))
        my_service.command.push(FACTORY.push_request(name=f"wired {number}"))
        other_service.skills.push(FACTORY.push_request(name="elsewhere"))
        my_store.execute("CREATE TABLE users_own (x)")
        my_clock.advance("1d")
        assert len(names(my_store)) == 3
        assert [call.method for call in my_service.calls] == ["push"]
        assert my_skills.get(load("bundled").SkillId(value=pushed.metadata.id)) == pushed
"""


@pytest.mark.parametrize("scope", ["session", "package", "module", "class"])
def test_what_a_test_does_is_undone_and_what_a_broader_fixture_does_stays(
    pytester: pytest.Pytester, scope: str
) -> None:
    """Store, skills, service and clock of any scope begin each test as the seed left them."""
    pytester.makeconftest(CONFTEST.format(scope=scope))
    pytester.makepyfile(SUITE)
    pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=3)


def test_shared_fixtures_work_in_parallel_and_in_random_order(pytester: pytest.Pytester) -> None:
    """Each worker has fixtures of its own."""
    pytester.makeconftest(CONFTEST.format(scope="session"))
    pytester.makepyfile(SUITE, test_again=SUITE)
    pytester.runpytest_subprocess("-n", "2", "-p", "randomly").assert_outcomes(passed=6)


def test_a_fixture_of_a_factory_may_belong_to_one_test(pytester: pytest.Pytester) -> None:
    """Without a scope there is one for each test, under any name and beside ours."""
    pytester.makepyfile("""
        import pytest
        from pytest_stigmer.fixtures import store_fixture

        @pytest.fixture(scope="module")
        def seen(): return set()

        made = store_fixture(name="another_store")

        @pytest.mark.parametrize("turn", [1, 2])
        def test_it(turn, another_store, stigmer_store, seen):
            seen |= {another_store.path, stigmer_store.path}
            assert len(seen) == 2 * turn
    """)
    pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=2)


def test_reset_empties_what_is_shared_until_the_test_ends(pytester: pytest.Pytester) -> None:
    """A test that starts from nothing leaves the seed to the next one; the clock starts anew."""
    pytester.makeconftest(CONFTEST.format(scope="module"))
    pytester.makepyfile("""
        import pytest
        from conftest import names

        @pytest.mark.parametrize("which", ["my_store", "my_skills", "my_service"])
        def test_each(which, seeded, request, my_store, my_clock):
            assert len(names(my_store)) == 1
            request.getfixturevalue(which).reset()
            assert names(my_store) == []
            assert my_clock.reset().hour == 3
    """)
    pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=3)


def test_artifacts_namespaces_and_faults_of_a_test_end_with_it(pytester: pytest.Pytester) -> None:
    """Files of artifacts come back, and nothing of a namespace or a fault is left."""
    pytester.makeconftest(CONFTEST.format(scope="module"))
    pytester.makepyfile("""
        import pytest
        from conftest import FACTORY
        from pytest_stigmer.service.injection import Fault

        OTHER = (("stigmer-namespace", "other"),)

        @pytest.mark.parametrize("turn", [1, 2])
        def test_each(turn, seeded, my_service, my_store):
            folder = my_store.path.with_name(my_store.path.name + ".artifacts")
            (artifact,) = [path for path in folder.rglob("*") if path.is_file()]
            content = artifact.read_bytes()
            assert content.startswith(b"PK")
            artifact.write_bytes(b"damaged by this test")
            assert my_service.registries.names() == set()
            my_service.command.push(FACTORY.push_request(name="there"), metadata=OTHER)
            assert my_service.registries.names() == {"other"}
            assert len(my_store.list_resources("skill")) == 1
            my_service.faults.add(Fault(code="UNAVAILABLE", times=9))
    """)
    pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=2)


def test_sharing_with_a_fixture_that_has_nothing_to_share_says_so(
    pytester: pytest.Pytester,
) -> None:
    """The name of a fixture of another sort is a usage error that names the factories."""
    pytester.makepyfile("""
        from pytest_stigmer.fixtures import skills_fixture
        mine = skills_fixture("tmp_path")
        def test_it(mine): pass
    """)
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*'tmp_path' was not made with store_fixture*"])


@pytest.mark.parametrize("kind", ["store", "skills", "service", "clock"])
@pytest.mark.parametrize("scope", ["class", "module", "session"])
def test_a_scope_mismatch_says_which_factory_to_use(
    pytester: pytest.Pytester, kind: str, scope: str
) -> None:
    """Who asks for one of our fixtures from a broader scope is shown the two lines to write."""
    pytester.makepyfile(f"""
        import pytest
        @pytest.fixture(scope="{scope}")
        def mine(stigmer_{kind}): return stigmer_{kind}
        def test_it(mine): pass
    """)
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            f"*stigmer_{kind} belongs to one test*",
            f"*from pytest_stigmer.fixtures import {kind}_fixture",
            f'*my_{kind} = {kind}_fixture(scope="{scope}")',
        ]
    )


def test_a_service_runs_for_a_block_without_pytest() -> None:
    """A script that knows nothing of pytest pushes over the wire and leaves nothing behind."""
    script = """
import sys
from pytest_stigmer import Factory, running_service
from pytest_stigmer.api.generation import load
with running_service() as service:
    path = service.store.path
    service.command.push(Factory(1, "x", load("bundled")).push_request(name="one"))
    print(len(service.store.list_resources("skill")), path.exists())
print(path.parent.exists(), "pytest" in sys.modules)
"""
    command = [sys.executable, "-c", script]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.split() == ["1", "True", "False", "False"]


@pytest_stigmer.running_service()
class Shared(unittest.TestCase):
    """A user's own tests, which run below."""

    stigmer_service: RunningService

    @classmethod
    def setUpClass(cls) -> None:
        """Push what every test finds."""
        cls.factory = Factory(1, "unittest", load("bundled"))  # type: ignore[attr-defined]
        cls.stigmer_service.command.push(cls.factory.push_request(name="seeded"))  # type: ignore[attr-defined]

    def push_one(self) -> None:
        """Find what the class pushed and nothing else; push one more."""
        assert len(self.stigmer_service.store.list_resources("skill")) == 1
        self.stigmer_service.command.push(self.factory.push_request())  # type: ignore[attr-defined]

    test_one = test_two = push_one


def test_a_unittest_class_has_a_service_of_its_own() -> None:
    """The runner of unittest runs the decorated class, and its tests do not see each other."""
    result = unittest.TestResult()
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Shared)
    suite.run(result)
    assert (result.testsRun, result.errors, result.failures) == (2, [], [])
    with pytest.raises(grpc.RpcError, match="UNAVAILABLE"):
        grpc.insecure_channel(Shared.stigmer_service.address).unary_unary("/x/y")(b"", timeout=5)
