import pytest
from runs import Runs


@pytest.fixture
def runs(stigmer_clock, stigmer_service, stigmer_api, tmp_path):
    opened = Runs(tmp_path / "runs.db", stigmer_service.query, stigmer_api.ApiResourceReference)
    yield opened
    opened.close()


def test_newest_run_of_one_second(runs, stigmer_clock, stigmer_service, stigmer_factory):
    for text in ("# one", "# two"):
        request = stigmer_factory.push_request(name="Calculator", skill_md=text)
        pushed = stigmer_service.command.push(request)
        runs.start("calculator")
        stigmer_clock.advance("300ms")
    assert runs.newest("calculator") == pushed.status.version_hash


def test_own_table_follows_the_clock(runs, stigmer_clock, stigmer_service, stigmer_factory):
    stigmer_service.command.push(stigmer_factory.push_request(name="Calculator"))
    runs.start("calculator")
    stigmer_clock.advance("2s")
    runs.start("calculator")
    assert runs.times() == ["2026-01-25 10:00:00", "2026-01-25 10:00:02"]
