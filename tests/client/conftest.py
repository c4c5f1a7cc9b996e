"""A shop whose programs call a real gunicorn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from app.services import keys
from tests import rows
from tests.journeys.site import Site
from tests.rows import Raised, Said

SLOW = "Support takes days to answer"


@dataclass(frozen=True)
class Shop:
    """Where it is, its survey and its key."""

    url: str
    survey: str
    key: str


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Whyscore as it runs in production, on SQLite."""
    with Site(tmp_path_factory.mktemp("called")) as site:
        yield site


@pytest.fixture
def shop(site: Site, request: pytest.FixtureRequest) -> Shop:
    """A survey of its own for each test, with thirty-one answers that were read."""
    name = "shop-" + "".join(one for one in request.node.name.lower() if one.isascii() and one.isalnum())[-40:]
    with site.inside():
        survey = rows.survey(name)
        rows.store(survey, [Said(score, SLOW, [Raised("support", SLOW)]) for score in (3, 7) * 15] + [Said(10)])
        return Shop(site.url, name, keys.create(survey, "shop backend"))
