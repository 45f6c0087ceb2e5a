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
is the name of the scenario's file. The others state what a scenario cannot: sizes to the byte,
threads, and what a path looks like. The promises are those of generation 2026-01 of the API.
"""

from __future__ import annotations

import hashlib
import re
import uuid
import warnings
from typing import Any

import pytest

from pytest_stigmer.api.values import MAX_MESSAGE_BYTES
from pytest_stigmer.declared import SESSION
from pytest_stigmer.errors import carried_status, visible
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.kit.calls import at_once, must_succeed
from pytest_stigmer.kit.declared_skills import SkillTarget
from pytest_stigmer.kit.promises import Promise, ask
from pytest_stigmer.kit.skill_declarations import SkillDeclarations
from pytest_stigmer.scenario.verbs import harm_of
from pytest_stigmer.skills.endpoint import SkillApi

STRANGE_KEYS = (
    *("../stigmer.db", "/etc/hostname", "skills/../skills"),
    *("skills", "skills/", "skills/\0.zip", "x" * 5000),
)
"""Storage keys that name no artifact."""

ABSOLUTE_PATH = re.compile(
    r"""
    file:\S+
    | \b[A-Za-z]:[/\\] (?!/) \S*        # below a drive; `https://` has two slashes
    | (?<![\w.~<>*/\\-]) / (?!/) [\w.~-] \S*  # from the root, and not within a relative path
    """,
    re.VERBOSE,
)
"""A path from the root of a file system, as a text may hold it."""

_THREADS = 8


class SkillContract(SkillDeclarations):
    """Holds a skill API to the promises; `SkillDeclarations` lists what to declare."""

    @pytest.mark.usefixtures("stigmer_api")
    def test_promise(
        self, skills: SkillApi, promise: Promise, request: pytest.FixtureRequest
    ) -> None:
        """The registry keeps the promise that a scenario states."""
        target = SkillTarget(self, skills, request.node.nodeid)
        target.spares &= not request.config.getoption("--stigmer-harmful")
        try:
            ask(promise, target, request.node, self.provided())
        finally:
            for left in target.clean_up():
                warnings.warn(f"left behind by {promise.id}: {visible(left)}", stacklevel=2)
            request.config.stash[SESSION].left |= target.left

    def test_message_of_10_mib_is_accepted(self, skills: SkillApi) -> None:
        """A request of exactly 10 MiB is within the limit."""
        request = self._request("# big", bytes(MAX_MESSAGE_BYTES - 1000))
        filler = MAX_MESSAGE_BYTES - 1000 + MAX_MESSAGE_BYTES - request.ByteSize()
        request = self._request("# big", bytes(filler), request.name)
        what = f"a push of {request.ByteSize()} bytes"
        made = must_succeed(what, skills.push, request)
        digest = hashlib.sha256(request.artifact).hexdigest()
        assert made.status.version_hash == digest, "version_hash is not the artifact's SHA-256"
        must_succeed("deleting it", skills.delete, self.api.SkillId(value=made.metadata.id))

    def test_concurrent_first_pushes_make_one_skill(self, skills: SkillApi) -> None:
        """Several first pushes of one name at once make one skill, and none of them is lost."""
        self.needs("is_thread_safe")
        name, made = _name(), []

        def work(number: int) -> None:
            request = self._request(f"# {number}", b"", name)
            made.append(must_succeed("a push among others", skills.push, request))

        at_once(work, _THREADS, seconds=self.patience)
        ids = {skill.metadata.id for skill in made}
        assert len(ids) == 1, f"{_THREADS} pushes of one name at once made {len(ids)} skills"
        for skill in made:
            reference = self.api.ApiResourceReference(
                slug=skill.metadata.slug, org=skill.metadata.org, version=skill.status.version_hash
            )
            must_succeed("a reference to one of them", skills.get_by_reference, reference)
        must_succeed("deleting it", skills.delete, self.api.SkillId(value=ids.pop()))

    @pytest.mark.parametrize("key", STRANGE_KEYS, ids=range(len(STRANGE_KEYS)))
    def test_refusal_of_a_key_tells_no_path(
        self, skills: SkillApi, key: str, pytestconfig: pytest.Config
    ) -> None:
        """Whatever a key looks like, the error names no place of the machine."""
        harm = harm_of("get_artifact", {"key": key})
        if harm and not (self.is_disposable or pytestconfig.getoption("--stigmer-harmful")):
            pytest.skip(f"{harm}: asked only with is_disposable or --stigmer-harmful")
        request = self.api.GetArtifactRequest(artifact_storage_key=key)
        with pytest.raises(Exception) as failed:  # noqa: PT011 - errors of others share no base
            skills.get_artifact(request)
        text = (carried_status(failed.value) or ("", str(failed.value)))[1]
        path = ABSOLUTE_PATH.search(text.replace(key, ""))
        assert not path, f"get_artifact({key[:40]!r}) tells a path of the machine: {text}"

    def _request(self, text: str, filler: bytes, name: str = "") -> Any:
        data = artifact(skill_md=text, files={"big.bin": filler} if filler else {})
        return self.api.PushSkillRequest(name=name or _name(), org="contract-kit", artifact=data)


def _name() -> str:
    return f"Contract {uuid.uuid4().hex}"
