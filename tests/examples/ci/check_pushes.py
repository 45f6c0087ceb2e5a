import asyncio

import pytest


@pytest.mark.parametrize("number", range(4))
def test_tag_names_the_newest_push(number, stigmer_clock, stigmer_flow):
    for text in ("one", "two", "three"):
        pushed = stigmer_flow.push(name=f"Tool {number}", tag="stable", skill_md=f"# {text}")
        stigmer_clock.advance("100ms")
    stigmer_flow.push(name=f"Tool {number}", tag="beta", skill_md="# four")
    found = stigmer_flow.get_by_reference(slug=f"tool-{number}", version="stable")
    assert found == pushed


def test_drawn_names_are_the_same_in_any_order(stigmer_faker):
    assert stigmer_faker.name()


def test_loops_run_beside_the_clock(stigmer_clock):
    before = stigmer_clock.now()
    asyncio.run(asyncio.sleep(0.01))
    assert stigmer_clock.now() == before
