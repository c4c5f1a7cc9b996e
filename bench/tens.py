"""Ten million answers on PostgreSQL, made there: bytes and milliseconds of each, and the report on them."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import server, table

if TYPE_CHECKING:
    from flask import Flask

SIZE = int(os.environ.get("TEN", "10_000_000"))
POINTS = 25
TIMES = 9
VIEWS: dict[str, list[tuple[int, str | None]]] = {
    "by language, 30 to 365 days": list(product((30, 90, 365), ("en", "de", "sv"))),
    "90 days": [(90, None)] * TIMES,
    "all three years": [(1095, None)] * TIMES,
}

# Ages lie more densely towards today, three answers in ten say why, six in ten come from one of a fifth as many people.
SQL = {
    "respondent": """
        INSERT INTO respondent (id, survey_id, subject, created_at)
        SELECT n, {survey}, 'u-' || n, now() - interval '3 years' FROM generate_series(1, {people}) n""",
    "response": """
        INSERT INTO response (id, survey_id, nonce, revision, score, comment, language, touchpoint, respondent_id,
          identity, counts, has_load, attributes, source, created_at, updated_at)
        SELECT n, {survey}, 'n' || n, 1, (ARRAY[0,1,2,3,4,5,6,7,7,8,8,8,9,9,9,10,10,10,10,10])[1 + (a * 20)::int % 20],
          CASE WHEN b < 0.3 THEN 'Support took ' || (c * 9)::int || ' days to answer, and the app keeps crashing' END,
          (ARRAY['en','en','en','en','de','de','fr','es','it','nl','pl','sv'])[1 + (c * 12)::int % 12],
          (ARRAY['checkout','support','onboarding',NULL])[1 + (d * 4)::int % 4],
          CASE WHEN d < 0.6 THEN 1 + (a * ({people} - 1))::int END,
          CASE WHEN d < 0.6 THEN 'verified' ELSE 'anonymous' END, true, true,
          CASE WHEN c < 0.5 THEN '{{"plan": "free"}}' ELSE '{{"plan": "team"}}' END::json, 'import', given, given
        FROM (SELECT n, random() a, random() b, random() c, random() d,
                now() - interval '1095 days' * power(1 - n::float8 / {size}, 1.7) AS given
              FROM generate_series(1, {size}) n) drawn""",
    "event": """
        INSERT INTO event (id, webhook_id, type, survey_id, response_id, body, created_at)
        SELECT id, 'msg_' || id, 'response.created', {survey}, id, '{{}}', created_at FROM response""",
    "reading": """
        INSERT INTO reading (run_id, response_id, revision, language, edition)
        SELECT {run}, id, 1, language, 0 FROM response WHERE comment IS NOT NULL""",
    "mention": """
        INSERT INTO mention (run_id, response_id, pain_point_id, start, "end", stance, confidence, terms)
        SELECT {run}, id, {point} + floor(power(random(), 2) * {points})::int, 0, 30, 'complaint',
          0.4 + 0.6 * random(), '[]' FROM response WHERE comment IS NOT NULL""",
}


def rows() -> Iterator[list[str]]:
    """Load, weigh, and ask."""
    from tests.postgresql import BINARIES, Server

    if not BINARIES:
        yield [f"{SIZE:,} answers on PostgreSQL", "not measured: its programs are not installed", ""]
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        environment = server.settings(folder / "data")
        (folder / "server").mkdir()
        folder.chmod(0o755)
        running = stack.enter_context(Server(folder / "server", is_durable=True))
        environment["DATABASE_URL"] = running.create("whyscore")
        server.flask(environment, "db", "upgrade")
        app = server.application(environment)
        with app.app_context():
            yield from _measured(app)


def _measured(app: Flask) -> Iterator[list[str]]:
    from app.extensions import db

    survey, took = fill(SIZE)
    parts = ", ".join(f"{name} {one:.0f}" for name, one in took.items())
    what = f"{SIZE:,} answers into PostgreSQL by INSERT … SELECT, keys and indexes afterwards"
    yield [what, f"{sum(took.values()):.0f} s ({parts})", ""]
    yield ["tables and indexes, bytes for each answer", _weights(), ""]
    yield from _asked(app, survey)
    db.session.remove()
    db.engine.dispose()


def fill(size: int) -> tuple[Any, dict[str, float]]:
    """The survey `bench` and how many seconds each part took."""
    import sqlalchemy as sa

    from app.extensions import db
    from app.models import AnalysisRun, CurrentRun, PainPoint, now
    from app.models.copy_targets import Target
    from app.models.transaction import writing
    from app.services import surveys

    survey = surveys.create("bench", "Bench")
    with writing() as session:
        named = [{"en": f"Repair part {place}"} for place in range(POINTS)]
        points = [
            PainPoint(survey_id=survey.id, key=f"p{at}", origin="seed", names=names) for at, names in enumerate(named)
        ]
        run = AnalysisRun(survey_id=survey.id, state="succeeded", method="1", finished_at=now())
        session.add_all([*points, run])
        session.flush()
        session.add(CurrentRun(survey_id=survey.id, run_id=run.id))
        values = {"survey": survey.id, "run": run.id, "point": points[0].id, "points": POINTS}
    raw = db.engine.raw_connection()
    target = Target(raw.driver_connection)
    target.cursor.execute("SET statement_timeout = 0")
    target.begin("bench")
    took = {}
    for name, query in SQL.items():
        took[name] = _seconds(lambda: target.cursor.execute(query.format(**values, size=size, people=size // 5)))  # noqa: B023
        target.raw.commit()
    took["keys"] = _seconds(lambda: target.finish(dict.fromkeys(("respondent", "response", "event"), size)))
    took["statistics"] = _seconds(target.gather_statistics)
    target.forget()
    raw.invalidate()
    db.session.execute(sa.text("SELECT 1"))
    return survey, took


def _weights() -> str:
    import sqlalchemy as sa

    from app.extensions import db

    asked = "SELECT pg_table_size(:name), pg_indexes_size(:name)"
    sizes = {name: db.session.execute(sa.text(asked), {"name": name}).one() for name in SQL}
    total = sum(sum(one) for one in sizes.values())
    parts = [f"{name} {one[0] / SIZE:.0f} + {one[1] / SIZE:.0f}" for name, one in sizes.items()]
    return f"{total / SIZE:.0f} ({', '.join(parts)}), {total / 2**30:.1f} GiB"


def _asked(app: Flask, survey: Any) -> Iterator[list[str]]:
    """Reports as a request would ask for them: first, after an answer came, and again."""
    from app.extensions import db
    from app.models import now
    from app.reports.filters import Filters
    from app.services import reports
    from bench.report import _Asking

    def ask(days: int, language: str | None = None) -> tuple[float, float]:
        """Seconds, and those of them in which this process had a processor."""
        today, began = now().date(), time.process_time()
        db.session.rollback()
        view = Filters(from_day=today - timedelta(days - 1), to_day=today, language=language)
        return _seconds(lambda: reports.build(survey, view, now())), time.process_time() - began

    before, asking = _held(), _Asking(app, survey)
    first, busy = ask(90)
    grown = _held() - before
    yield ["report, first in its process", f"{first:.1f} s, {busy:.1f} s busy; {grown:.0f} MiB more in the process", ""]
    for name, views in VIEWS.items():
        times = []
        for days, language in views:
            asking._answer()
            times.append(ask(days, language))
        yield [f"report, fresh after an answer, {name}", _said(times), "< 1 s"]
    yield ["report, kept", _said([ask(90) for _ in range(TIMES)]), "< 1 s"]


def _said(times: list[tuple[float, float]]) -> str:
    took, busy = (sorted(1000 * one for one in column) for column in zip(*times, strict=True))
    p50, p95 = (table.percentile(took, share) for share in (0.5, 0.95))
    return f"p50 {p50:.0f} ms, p95 {p95:.0f} ms; busy p50 {table.percentile(busy, 0.5):.0f} ms"


def _held() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 / 1024


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
