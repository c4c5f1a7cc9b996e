"""Every engine, every way of embedding, every habit: each ends in one answer and thanks; another site sees nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import Response
from app.models.transaction import writing
from app.services import surveys
from tests.browsers import results
from tests.browsers.engines import ENGINES, HABITS, Chromium, Engine, Habit
from tests.journeys.embeddings import EMBEDDINGS, PLAIN
from tests.journeys.host import Host
from tests.journeys.site import Site

SCRIPT = "<script>document.title = 'scripts run'</script>"
pytestmark = pytest.mark.parametrize(
    "engine", [(name, habit) for name in ENGINES for habit in HABITS], ids=" ".join, indirect=True
)


@pytest.fixture(scope="module")
def host(site: Site) -> Iterator[Host]:
    with Host() as host, site.inside():
        surveys.create("frame", "Acme", allowed_origins=[host.url])
        yield host


@pytest.fixture(scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One browser with one habit, for all embeddings."""
    name, habit = request.param
    missing = ENGINES[name].missing()
    if missing:
        results.skipped(name, habit, f"{missing} is not installed")
        pytest.skip(f"{missing} is not installed")
    started = _start(name, habit)
    yield started
    started.quit()


def _start(name: str, habit: Habit) -> Engine:
    started = ENGINES[name](habit)
    results.runs(name, started.version)
    return started


def answers(site: Site) -> list[tuple[int, str | None, str | None]]:
    """What is stored; it is gone afterwards."""
    with site.inside():
        query = sa.select(Response.score, Response.comment, Response.mark)
        found = [(score, comment, mark) for score, comment, mark in db.session.execute(query)]
        with writing() as session:
            session.execute(sa.delete(Response))
    return found


@pytest.mark.parametrize("embedding", EMBEDDINGS)
def test_an_answer_is_given_stored_once_and_thanked_for(engine: Engine, host: Host, site: Site, embedding: str) -> None:
    tag, headers = EMBEDDINGS[embedding]
    answers(site)

    title = engine.visit(host.shows(SCRIPT + tag.format(f"{site.url}/w/frame?lang=en"), **headers))
    with results.cell(engine, embedding):
        engine.press("button[value='3']")
        engine.write("#comment", "Search is slow")
        engine.press("button[value='send']")

        assert engine.reads("h1", "Thank you. Your answer has been saved.")
        assert answers(site) == [(3, "Search is slow", None)]
        assert title == ("Shop" if engine.habit == "scripts off" else "scripts run")


def test_a_site_that_was_not_named_sees_nothing(engine: Engine, host: Host, site: Site) -> None:
    host.shows(PLAIN.format(f"{site.url}/w/frame?lang=en"))

    engine.visit(host.other_url)
    with results.cell(engine, "a site that the survey does not name", "refused"):
        assert not engine.shows("button[value='3']")


def test_a_cookie_of_a_third_party_meets_the_habit(engine: Engine, host: Host) -> None:
    address = host.shows(f'<iframe src="{host.other_url}/jar"></iframe>')

    blocks = engine.habit == "third-party storage blocked" or isinstance(engine, Chromium)  # it never does over http
    said = "no cookie came" if blocks else "a cookie came"
    engine.visit(address)
    assert engine.reads("p", "cookie")
    engine.visit(address)
    assert engine.reads("p", said)
