"""What the plugin does: options, collection, fixture bodies, summaries, reports."""

import pytest_stigmer.as_they_are  # noqa: F401 - before the others
