"""The promises of a store and of a skill API, as classes to subclass."""

import pytest_stigmer.as_they_are  # noqa: F401 - before the others
