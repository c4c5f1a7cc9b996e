"""SQLite and PostgreSQL give the same answers, to the byte, and the score is arithmetic that anyone can redo."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.analysis import pipeline
from app.extensions import db
from app.models import Response, Survey, Vector, now
from app.models.transaction import writing
from app.models.upsert import insert_many_once
from app.reports import rankings
from app.reports.exports import as_csv, as_text
from app.reports.filters import Filters
from app.reports.report_json import to_json
from app.schemas import filters
from app.services import analyses, demo, exports, files, imports, reports, responses, surveys
from app.services.responses import Answer
from tests.rows import NOON

VIEWS = (
    "",
    "compare=none",
    "from=2026-09-01&to=2026-10-15",
    "language=de",
    "group=detractor",
    "attr.plan=team&sort=overlap",
    "touchpoint=checkout&sort=impact",
    "attr.country=DE&attr.country=IT&sort=trend",
    "language=sv&attr.plan=free",
)
SAID = (
    "Support takes days to answer, and the app keeps crashing",
    "Der Kundendienst antwortet erst nach Tagen ☹",
    "L’assistenza è lenta, ma l’app è bella",
    "Служба поддержки отвечает только через несколько дней",
    "=1+1 is what my invoice says\r\nand nobody can explain it",
)

Told = dict[str, bytes]


@pytest.fixture(scope="module")
def histories() -> dict[str, Told]:
    """What each database told about the history, and under "vectors" what the first one has encoded."""
    return {}


def happen() -> Survey:
    """A quarter of the demo survey, a busy hour of the widget, second thoughts, and the same file once more."""
    loaded = demo.load(["https://www.example.com"])
    survey, ids = loaded.survey, []
    for place, comment in enumerate(SAID):
        known = {"respondent": f"u-{place}", "identity": "verified"} if place % 2 else {}
        answer = Answer(f"form-{place}", 2 * place, "widget", touchpoint="checkout", **known)
        ids.append(responses.record(survey.id, answer).response_id)
        responses.change(survey.id, ids[-1], score=None, comment=comment)
    responses.record(survey.id, Answer("form-marked", 0, "widget", mark="token refused"))
    jump = responses.record(survey.id, Answer("form-0", 10, "widget"))
    responses.record(survey.id, Answer("form-1", 2, "widget", respondent="u-1", identity="verified"))
    assert jump.response_id == ids[0]
    responses.change(survey.id, ids[1], score=9, comment="Jetzt antwortet der Kundendienst sofort")
    imported = imports.bring_in(survey, demo._rows(), source="demo")
    assert imported.outcomes["created"] == 0
    analyses.read_new(survey.id)
    return survey


def tell(survey: Survey) -> Told:
    """Everything that can be read about a survey, as bytes."""
    told = {f"export {kind}": "".join(exports.lines(survey, kind)) for kind in ("csv", "jsonl")}
    for view in VIEWS:
        pairs = [tuple(part.split("=", 1)) for part in view.split("&") if part]
        report = reports.build(survey, filters.parse(pairs), now())  # type: ignore[arg-type]
        told[f"json {view}"] = json.dumps(to_json(report), ensure_ascii=False, indent=1)
        told[f"csv {view}"] = as_csv(report)
        told[f"text {view}"] = as_text(report)
    return {name: text.encode() for name, text in told.items()}


def vectors() -> Sequence[dict[str, Any]]:
    return [{"digest": row.digest, "content": row.content} for row in db.session.scalars(sa.select(Vector))]


def remember(rows: Sequence[dict[str, Any]]) -> None:
    """A vector does not depend on the database, so the second one need not work it out again."""
    with writing():
        for start in range(0, len(rows), 500):
            insert_many_once(Vector, rows[start : start + 500])


@pytest.fixture
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.mark.usefixtures("at_noon")
def test_the_same_history_is_told_in_the_same_bytes(app: Flask, histories: dict[str, Any]) -> None:
    remember(histories.setdefault("vectors", ()))

    survey = happen()
    told = tell(survey)
    told_again = tell(survey)
    histories["vectors"] = vectors()
    others = [other for name, other in histories.items() if name != "vectors"]
    histories[db.engine.dialect.name] = told

    assert told == told_again
    assert min(map(len, told.values())) > 100
    report = json.loads(told["json "])
    assert report["nps"]["n"] > 400
    assert len(report["pain_points"]) > 3
    for other in others:
        assert [name for name in told if told[name] != other[name]] == []


CORPUS = Path(__file__).parent / "corpus"
VARIANTS, TIMES = 3, 8  # of each comment of the corpus, so that reading is spread over processes


def write_corpus(path: Path, seed: int) -> int:
    """The comments of the corpus many times over as a file, in an order of its own; how many."""
    rows = []
    for file in sorted(CORPUS.glob("??.csv")):
        with file.open(encoding="utf-8") as lines:
            rows += [(row["score"], row["comment"], row["language"]) for row in csv.DictReader(lines)]
    said = [(score, f"{text} {n or ''}", code) for score, text, code in rows for n in range(VARIANTS)] * TIMES
    numbered = [(f"a-{n}", *one) for n, one in enumerate(said)]
    random.Random(seed).shuffle(numbered)  # noqa: S311 - an order, not a secret
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("external_id", "score", "comment", "language"), *numbered])
    return len(numbered)


def understand(path: Path, out: Path) -> None:
    """What `pain-points FILE` prints, and its assignments by the id of the answer, as bytes."""
    understood = files.understand(path)
    told = [rankings.as_json(understood.analysis, understood.comments)]
    lines = [{**line, "row": None} for line in files.assignments(understood)]
    told += sorted(json.dumps(line, ensure_ascii=False) for line in lines)
    out.write_bytes("\n".join(told).encode() + understood.analysis.model.to_bytes())


def test_neither_the_order_nor_the_number_of_processes_changes_a_byte(tmp_path: Path) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    number = write_corpus(one, 1)
    write_corpus(other, 2)
    assert number >= pipeline.BULK

    alone = get_context("spawn").Process(target=understand, args=(one, tmp_path / "alone"), daemon=True)
    alone.start()  # a daemon may not start processes of its own, so everything happens in this one
    understand(other, tmp_path / "spread")
    alone.join()

    said, said_alone = (tmp_path / "spread").read_bytes(), (tmp_path / "alone").read_bytes()
    assert said == said_alone
    assert said.count(b"confidence") > number / 3


@pytest.fixture(scope="module")
def orders_told() -> list[list[str]]:
    """What each database told whatever the order."""
    return []


def by_external_id(told: str, ids: Mapping[int, str]) -> str:
    """The same without what says in which order answers came in: the host's own ids for ours, no row numbers."""
    told = re.sub(r'"row":\d+', '"row":0', told)
    return re.sub(r'"(response_id|id)": ?(\d+)', lambda match: f'"{match[1]}": "{ids[int(match[2])]}"', told)


@pytest.mark.usefixtures("at_noon")
def test_the_order_in_which_answers_came_in_changes_nothing(
    app: Flask, histories: dict[str, Any], orders_told: list[list[str]]
) -> None:
    remember(histories.get("vectors", ()))
    rows = [row for row in demo._rows() if row.values["comment"]][:160]
    orders = [rows, rows[::-1], random.Random(3).sample(rows, len(rows))]  # noqa: S311 - an order, not a secret

    told = []
    for number, order in enumerate(orders):
        survey = surveys.create(f"survey-{number}", "Survey")
        assert imports.bring_in(survey, order).outcomes["created"] == 160
        analyses.run(survey.id)
        ids = {response.id: response.external_id for response in db.session.scalars(sa.select(Response))}
        content = to_json(reports.build(survey, Filters(), now()))
        del content["analysis"], content["survey"]
        lines = sorted(by_external_id(line, ids) for line in exports.lines(survey, "jsonl"))
        lines = [line.replace(f"survey-{number}", "survey") for line in lines]
        told.append([by_external_id(json.dumps(content, ensure_ascii=False, default=str), ids), *lines])

    assert len(told[0][0]) > 2000
    assert told[1] == told[0]
    assert told[2] == told[0]
    orders_told.append(told[0])
    assert all(other == told[0] for other in orders_told)


Step = tuple[str, int, int]  # who (a form or a known person), which of them, what score
STEPS = st.lists(st.tuples(st.sampled_from(["form", "person", "import"]), st.integers(0, 4), st.integers(0, 10)))
NUMBERS = count()


def answer(survey: Survey, step: Step) -> None:
    who, number, score = step
    kinds: dict[str, Answer] = {
        "form": Answer(f"form-{number}", score, "widget"),
        "person": Answer(f"any-{next(NUMBERS)}", score, "widget", respondent=f"p-{number}", identity="verified"),
        "import": Answer(f"import:{number}", score, "import", external_id=f"e-{number}"),
    }
    responses.record(survey.id, kinds[who])


def oracle(steps: Sequence[Step]) -> float | None:
    """The score by hand: the last word of everybody."""
    last = {step[:2]: step[2] for step in steps}.values()
    return 100 * sum((score > 8) - (score < 7) for score in last) / len(last) if last else None


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # every example has a survey of its own
)
@given(STEPS)
def test_the_score_is_the_one_that_a_line_of_arithmetic_gives(app: Flask, steps: list[Step]) -> None:
    survey = surveys.create(f"survey-{next(NUMBERS)}", "Survey")

    for step in steps:
        answer(survey, step)
    score = reports.build(survey, Filters(), now() + timedelta(seconds=1)).score

    counts, expected = score.counts, oracle(steps)
    shown = 100 * (counts.promoters - counts.detractors) / counts.n if counts.n else None
    assert shown == pytest.approx(expected)
    assert (score.interval is None) == (counts.n < 5)
    if score.interval is not None:
        assert score.interval.value == pytest.approx(expected)


def test_a_survey_without_answers_has_no_score_rather_than_zero(app: Flask) -> None:
    survey = surveys.create("empty", "Empty")

    report = to_json(reports.build(survey, Filters(), datetime.now(NOON.tzinfo)))

    assert report["nps"]["n"] == 0
    assert report["nps"]["value"] is None
