"""Three engines need more than the other tests: `make test-browsers` installs it and says so in BROWSERS."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.browsers import results
from tests.journeys.site import Site

collect_ignore_glob = [] if os.environ.get("BROWSERS") else ["test_*.py"]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Whyscore as it runs in production, on SQLite."""
    with Site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session", autouse=True)
def page_of_results() -> Iterator[None]:
    """The table of docs/browsers.md, made anew by every run."""
    yield
    results.write()
