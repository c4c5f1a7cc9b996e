"""Milliseconds for a report and for whole pages of segments, fresh and kept, against one query that counts the answers.

Fresh is the first view after an answer came, by period and language; kept is every further one. PostgreSQL is measured
where its programs are installed.
"""

from __future__ import annotations

import gc
import secrets
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from bench import server, table

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

SIZES = (1_000, 10_000, 100_000, 1_000_000)
PERIODS = (30, 90, 180, 365, 3 * 365)  # days
TIMES = 15
PAGES = {
    "segments page, 3 plans": "/surveys/bench/segments?by=attr.plan",
    "segments page, 12 languages": "/surveys/bench/segments?by=language",
    "comparison page, 2 plans": "/surveys/bench/compare?by=attr.plan",
    "comparison page, 2 periods": "/surveys/bench/compare?by=period",
}
Values = list[float]


def main() -> None:
    """For each size and database: fill the tables, then ask for the report again and again."""
    rows = []
    for size in SIZES:
        for name, measured in _databases():
            rows += [[f"{size:,}", name, *row] for row in measured(size)]
    table.show(["answers", "database", "what", "p50 ms", "p95 ms", "ratio"], rows)


def _databases() -> Iterator[tuple[str, Callable[[int], list[list[str]]]]]:
    from tests.postgresql import BINARIES

    yield "SQLite", lambda size: _measured(size, is_sqlite=True)
    if BINARIES:
        yield "PostgreSQL", lambda size: _measured(size, is_sqlite=False)


def _measured(size: int, *, is_sqlite: bool) -> list[list[str]]:
    from tests.postgresql import Server

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        environment = server.settings(folder / "data")
        if not is_sqlite:
            (folder / "server").mkdir()
            folder.chmod(0o755)
            environment["DATABASE_URL"] = stack.enter_context(Server(folder / "server")).create("whyscore")
        server.flask(environment, "db", "upgrade")
        app = server.application(environment)
        with app.app_context():
            rows = _timed(app, size)
            _close()
    return rows


def _close() -> None:
    from app.extensions import db

    db.session.remove()
    db.engine.dispose()


def _timed(app: Flask, size: int) -> list[list[str]]:
    import sqlalchemy as sa

    from app.models import Response
    from app.reports.filters import Filters
    from bench import population

    survey = population.fill(size)
    today = population.now().date()
    every = [Filters(from_day=today - timedelta(days - 1), to_day=today) for days in PERIODS]
    views = [
        Filters(view.from_day, view.to_day, language=language)
        for view, language in product(every, population.LANGUAGES)
    ]
    gc.collect()
    gc.freeze()  # as web processes do when they start
    asking = _Asking(app, survey)
    first = _milliseconds([lambda: asking.report(every[0])])
    found = {
        "first in its process": first,
        "fresh, by date and language": asking.fresh(views),
        "fresh, 90 days": asking.fresh([Filters()] * TIMES),
        "fresh, all three years": asking.fresh([every[-1]] * TIMES),
        "kept": _milliseconds([lambda: asking.report(every[-1])] * TIMES),
    }
    count = sa.select(Response.score, sa.func.count()).group_by(Response.score)
    yardstick = _milliseconds([lambda: asking.rows(count)] * TIMES)
    found = {f"report, {name}": values for name, values in found.items()} | asking.pages()
    rows = [[name, *_shown(values, yardstick)] for name, values in found.items()]
    return [*rows, ["one GROUP BY score", *_shown(yardstick, yardstick)]]


class _Asking:
    """Asks for reports as a request would: each in a transaction of its own."""

    def __init__(self, app: Flask, survey: object) -> None:
        self.app, self.survey = app, survey

    def report(self, filters: object) -> None:
        from app.extensions import db
        from app.models import now
        from app.services import reports

        db.session.rollback()
        reports.build(self.survey, filters, now())  # type: ignore[arg-type]

    def fresh(self, views: Iterable[object]) -> Values:
        """Each view after another answer came."""
        times: Values = []
        for view in views:
            times += self._after_an_answer(partial(self.report, view))
        return times

    def pages(self) -> dict[str, Values]:
        """Each page as somebody who is signed in gets it."""
        from tests.pages.reader import ann

        browser = ann(self.app).browser
        found: dict[str, Values] = {}
        for name, address in PAGES.items():
            ask = partial(_get, browser, address)
            ask()
            fresh = [time for _ in range(TIMES) for time in self._after_an_answer(ask)]
            found |= {f"{name}, fresh": fresh, f"{name}, kept": _milliseconds([ask] * TIMES)}
        return found

    def _after_an_answer(self, ask: Callable[[], object]) -> Values:
        self._answer()
        return _milliseconds([ask])

    def rows(self, query: object) -> None:
        from app.extensions import db

        db.session.rollback()
        db.session.execute(query).all()  # type: ignore[call-overload]

    def _answer(self) -> None:
        from app.services import responses
        from app.services.responses import Answer

        said = {"comment": "Support takes days to answer", "language": "en", "respondent": f"u-{secrets.randbelow(99)}"}
        responses.record(self.survey.id, Answer(secrets.token_hex(8), 3, "api", **said))  # type: ignore[attr-defined,arg-type]


def _get(browser: FlaskClient, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status, answer.headers.get("Location"))


def _milliseconds(functions: Iterable[Callable[[], object]]) -> Values:
    times = []
    for function in functions:
        began = time.perf_counter()
        function()
        times.append(1000 * (time.perf_counter() - began))
    return times


def _shown(values: Values, yardstick: Values) -> list[str]:
    p50, p95 = (table.percentile(sorted(values), share) for share in (0.5, 0.95))
    return [f"{p50:.1f}", f"{p95:.1f}", f"{p50 / table.percentile(sorted(yardstick), 0.5):.1f}"]
