"""An export is everything that is on the page, as it stood at one moment, safe in a spreadsheet."""

from __future__ import annotations

import csv
import json
import tracemalloc
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.errors import Invalid
from app.extensions import db
from app.models import Survey
from app.reports.filters import Filters
from app.services import exports, responses
from app.services.responses import Answer
from tests import rows
from tests.rows import NOON, Raised, Said


@pytest.fixture
def survey(app: Flask) -> Survey:
    return rows.survey()


def jsonl(survey: Survey, filters: Filters | None = None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in exports.lines(survey, "jsonl", filters)]


def table(survey: Survey) -> list[dict[str, str]]:
    text = "".join(exports.lines(survey, "csv"))
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))


SAID = Said(
    3,
    "Support takes days to answer, the colours are fine",
    [Raised("support", "Support takes days to answer"), Raised(None, "the colours are fine", "praise", 0.0)],
    language="de",
    person="user-1",
    more={"external_id": "crm-17", "touchpoint": "checkout", "attributes": {"plan": "pro"}, "language": None},
)


def test_a_line_of_json_has_the_answer_and_every_pain_point_with_its_place(survey: Survey) -> None:
    rows.store(survey, [SAID])

    line = jsonl(survey)[0]

    assert line.pop("updated_at")
    assert line == {
        "row": 1,
        "external_id": "crm-17",
        "score": 3,
        "group": "detractor",
        "language": "de",
        "pain_points": [
            {
                "id": "support",
                "name": "Speed up support responses",
                "confidence": 0.8,
                "start": 0,
                "end": 28,
                "stance": "complaint",
            }
        ],
        "comment": "Support takes days to answer, the colours are fine",
        "created_at": NOON.isoformat(),
        "respondent": "user-1",
        "touchpoint": "checkout",
        "attributes": {"plan": "pro"},
        "id": line["id"],
        "identity": "anonymous",
        "revision": 1,
        "mentions": [
            {"start": 0, "end": 28, "stance": "complaint", "pain_point": "support"},
            {"start": 30, "end": 50, "stance": "praise", "pain_point": None},
        ],
        "quarantine": None,
        "counts": True,
    }


def test_an_answer_without_a_pain_point_has_an_empty_list(survey: Survey) -> None:
    rows.store(survey, [Said(9), Said(10, "Great")])

    assert [line["pain_points"] for line in jsonl(survey)] == [[], []]
    assert [line["comment"] for line in jsonl(survey)] == [None, "Great"]


def test_a_table_has_a_mark_for_utf_8_quotes_around_everything_and_a_row_for_each_answer(survey: Survey) -> None:
    rows.store(survey, [SAID, Said(9)])

    text = "".join(exports.lines(survey, "csv"))

    assert text.startswith('\ufeff"row","id","external_id"')
    assert text.count("\r\n") == 3
    first, second = table(survey)
    assert (first["pain_points"], first["pain_point_ids"]) == ("Speed up support responses", "support")
    assert (json.loads(first["attributes"]), json.loads(first["mentions"])[1]["stance"]) == ({"plan": "pro"}, "praise")
    assert (second["row"], second["score"], second["comment"], second["pain_points"]) == ("2", "9", "", "")


HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\nx", "＝1", "＋1", "－1", "＠x", "  =1", "'=1", ";=1",
    'He said "no", twice,\nand left', "<script>alert(1)</script>", "a\u202eb", "]]>", "\u3000=1",
]  # fmt: skip


def test_no_cell_of_a_table_is_taken_for_a_formula_and_every_comment_comes_back(survey: Survey) -> None:
    for number, comment in enumerate(HOSTILE):
        more = {"attributes": {"plan": comment}, "touchpoint": comment, "external_id": f"={number}"}
        said = Answer(f"n{number}", 3, "api", comment, created_at=NOON + timedelta(seconds=number), **more)
        responses.record(survey.id, said)

    for row, comment in zip(table(survey), HOSTILE, strict=True):
        assert row["comment"].removeprefix("'") == comment
        assert row["comment"].lstrip(" \u3000")[0] not in "=+-@\t\r\n＝＋－＠"
        assert row["external_id"].startswith("'=")


def test_the_order_is_that_of_time_and_the_rows_are_counted(survey: Survey) -> None:
    rows.store(survey, [Said(score, at=NOON - timedelta(days=score)) for score in range(5)])

    lines = jsonl(survey)

    assert [line["score"] for line in lines] == [4, 3, 2, 1, 0]
    assert [line["row"] for line in lines] == [1, 2, 3, 4, 5]


def test_filters_narrow_an_export_and_comments_of_a_handful_stay_closed(survey: Survey) -> None:
    rows.store(survey, [Said(3, "Slow", more={"touchpoint": "a"}), *[Said(9, "Nice", more={"touchpoint": "b"})] * 5])

    assert [line["comment"] for line in jsonl(survey, Filters(touchpoint="a"))] == [None]
    assert [line["comment"] for line in jsonl(survey, Filters(touchpoint="b"))] == ["Nice"] * 5


def test_answers_that_arrive_while_an_export_is_read_are_not_in_it(survey: Survey) -> None:
    rows.store(survey, [Said(3, "Slow")] * 1_200)
    lines = exports.lines(survey, "jsonl")
    next(lines)

    responses.record(survey.id, Answer("late", 9, "api", created_at=NOON + timedelta(days=9)))
    with time_machine.travel(NOON, tick=False):  # an answer can be changed for a day
        responses.change(survey.id, 1_100, score=10, comment="Better")

    rest = [json.loads(line) for line in lines]
    assert (len(rest), {line["score"] for line in rest}) == (1_199, {3})
    assert len(jsonl(survey)) == 1_201


def test_an_export_that_is_given_up_lets_its_connection_go(survey: Survey, app: Flask) -> None:
    rows.store(survey, [Said(3, "Slow")] * 3)
    db.session.remove()
    lines = exports.lines(survey, "jsonl")
    next(lines)
    lines.close()  # type: ignore[attr-defined]

    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_an_export_needs_no_more_memory_for_more_answers(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 50)  # so that few answers are many parts

    def peak(count: int) -> int:
        rows.store(survey, [Said(3, "Support takes days. " * 190)] * count)
        db.session.remove()
        tracemalloc.start()
        for _ in exports.lines(survey, "csv"):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    few, many = peak(100), peak(400)

    added = 400 * len("Support takes days. " * 190)
    assert many - few < added / 4


def test_a_format_that_does_not_exist_is_refused(survey: Survey) -> None:
    with pytest.raises(Invalid):
        exports.lines(survey, "xlsx")


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "xlsx"])
def test_a_file_is_replaced_when_the_new_one_is_whole_and_not_before(
    survey: Survey, tmp_path: Path, file_format: str
) -> None:
    rows.store(survey, [SAID])
    file = tmp_path / f"kept.{file_format}"
    file.write_bytes(b"the one before")

    def fails(_step: str, _done: int, _total: int) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        exports.save(survey, file_format, file, Filters(), fails)
    assert {place.name: place.read_bytes() for place in tmp_path.iterdir()} == {file.name: b"the one before"}

    exports.save(survey, file_format, file, Filters(), lambda *_: None)
    assert file.read_bytes() != b"the one before"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]
