"""Which of our modules pytest rewrites."""

from __future__ import annotations

import pytest

SHOWS = """
    from pytest_stigmer.kit import calls, store_contract
    from pytest_stigmer.store import sqlite

    def test_loaders(stigmer_store):
        loaders = [type(module.__loader__).__name__ for module in (calls, store_contract, sqlite)]
        assert loaders == ["AssertionRewritingHook", "AssertionRewritingHook", "SourceFileLoader"]
"""


@pytest.mark.skipif(
    pytest.version_tuple < (9,), reason="an older pytest rewrites nothing of an editable install"
)
def test_only_the_kit_is_rewritten(pytester: pytest.Pytester) -> None:
    """Its asserts show their values; the rest of the plugin is loaded as any other module is."""
    pytester.makepyfile(SHOWS)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
