"""Milliseconds for a report, fresh and kept, against one query that counts the same answers."""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import server, table
from bench.analysis import comments

SIZES = (1_000, 10_000)
TIMES = 15


def main() -> None:
    """Import, analyse, then build the report again and again."""
    rows = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            rows += _measured(size, Path(folder))
    table.show(["answers", "what", "p50 ms", "p95 ms", "ratio"], rows)


def _measured(size: int, folder: Path) -> list[list[object]]:
    environment = server.settings(folder)
    file = folder / "answers.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["score", "comment"])
        writer.writerows((score, text) for text, score in comments(size))
    server.flask(environment, "import", str(file), "--survey", "bench")
    server.flask(environment, "analyse", "--survey", "bench")
    return _timed(size, folder, environment)


def _timed(size: int, folder: Path, environment: dict[str, str]) -> list[list[object]]:
    import sqlalchemy as sa

    from app.extensions import db
    from app.models import Response, now
    from app.reports.filters import Filters
    from app.services import reports, surveys

    app = server.application(environment)
    with app.app_context():
        survey, at = surveys.get("bench"), now()

        def fresh() -> None:
            app.extensions.get("report_cache", {}).clear()
            reports.build(survey, Filters(), at)

        count = sa.select(Response.score, sa.func.count()).group_by(Response.score)
        yardstick = _milliseconds(lambda: db.session.execute(count).all())
        named = {"fresh": fresh, "kept": lambda: reports.build(survey, Filters(), at)}
        figures = {name: _milliseconds(function) for name, function in named.items()}
        db.engine.dispose()
    rows = [[f"{size:,}", f"report, {name}", *_shown(values, yardstick)] for name, values in figures.items()]
    return [*rows, [f"{size:,}", "one GROUP BY score", *_shown(yardstick, yardstick)]]


def _milliseconds(function: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        function()
        times.append(1000 * (time.perf_counter() - began))
    return sorted(times)


def _shown(values: list[float], yardstick: list[float]) -> list[str]:
    p50, p95 = table.percentile(values, 0.5), table.percentile(values, 0.95)
    return [f"{p50:.1f}", f"{p95:.1f}", f"{p50 / table.percentile(yardstick, 0.5):.1f}"]
