"""What a survey leaves out of comments is stored on no way in, and goes from what was stored before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import importers
from app.errors import Invalid
from app.extensions import db
from app.models import Correction, Event, PainPoint, Reading, Response, ResponseRevision, Survey, Unread, Vector, now
from app.reports.filters import Filters
from app.reports.report_json import to_json
from app.services import (
    analyses,
    catalogue_changes,
    erasure,
    imports,
    redaction,
    reports,
    responses,
    stored_redaction,
    submissions,
    surveys,
)
from app.services.places import Place
from app.services.responses import Answer
from app.services.submissions import Submission
from tests import rows
from tests.leftovers import places
from tests.rows import Raised, Said

pytestmark = pytest.mark.usefixtures("app")
MARKER = "4711004213"
SAID = f"Nobody calls me back, write to anna@example.com, customer {MARKER}"
KEPT = "Nobody calls me back, write to [e-mail], customer [number]"


@pytest.fixture
def survey() -> Survey:
    surveys.create("shop", "Shop", language="de", timezone="Europe/Berlin")
    return redaction.configure("shop", ["email", "number", "card"])


def given(survey: Survey, comment: str | None = SAID, nonce: str = "n1", source: str = "widget") -> int:
    return responses.record(survey.id, Answer(nonce, 3, source, comment, "en")).response_id


def stored() -> list[str | None]:
    """Every comment, then every earlier one."""
    db.session.rollback()
    db.session.expire_all()
    comments = db.session.scalars(sa.select(Response.comment).order_by(Response.id))
    return [*comments, *db.session.scalars(sa.select(ResponseRevision.comment).order_by(ResponseRevision.id))]


def comes_later(survey: Survey, _: Path) -> None:
    responses.change(survey.id, given(survey, None), score=3, comment=SAID)


def corrects(survey: Survey, _: Path) -> None:
    responses.correct(survey.id, given(survey, None), score=3, comment=SAID)


def comes_again(survey: Survey, _: Path) -> None:
    given(survey, None)
    given(survey)


def comes_by_api(survey: Survey, _: Path) -> None:
    submissions.take(survey, Submission({"score": 3, "comment": SAID}, "order-1", b"{}"))


def comes_in_a_file(survey: Survey, folder: Path) -> None:
    (folder / "a.csv").write_text(f'score,comment\n3,"{SAID}"\n')
    imports.bring_in(survey, importers.read(folder / "a.csv"))


def comes_in_lines(survey: Survey, folder: Path) -> None:
    (folder / "a.jsonl").write_text(f'{{"score": 3, "comment": "{SAID}", "external_id": "e1"}}\n')
    for _ in range(2):
        imports.bring_in(survey, importers.read(folder / "a.jsonl"))


WAYS: dict[str, Callable[[Survey, Path], object]] = {
    "at once": lambda survey, _: given(survey),
    "on the second page": comes_later,
    "as a correction": corrects,
    "in the same form again": comes_again,
    "by API": comes_by_api,
    "in a CSV file": comes_in_a_file,
    "in JSON lines, twice": comes_in_lines,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_comment_comes_in_without_them(app: Flask, survey: Survey, tmp_path: Path, way: str) -> None:
    WAYS[way](survey, tmp_path)

    assert stored()[0] == KEPT
    assert len(stored()) == 1 + (way in {"on the second page", "as a correction", "in the same form again"})
    assert places(app, MARKER) == []


def test_the_same_comment_again_is_a_repeat_and_no_edit(survey: Survey) -> None:
    given(survey)

    again = responses.record(survey.id, Answer("n1", 3, "widget", SAID, "en"))

    assert again.outcome == "repeated"
    assert stored() == [KEPT]


def test_without_the_setting_a_comment_is_stored_as_it_is(survey: Survey) -> None:
    redaction.configure("shop", [])
    given(survey)

    assert stored() == [SAID]


def test_an_earlier_version_that_a_change_leaves_is_redacted_too(app: Flask, survey: Survey) -> None:
    redaction.configure("shop", [])
    answered = given(survey)
    redaction.configure("shop", ["email", "number"])

    responses.change(survey.id, answered, score=2, comment="Never mind")

    assert stored() == ["Never mind", KEPT]


def test_a_comment_of_nothing_but_addresses_and_cards_is_its_tokens_and_counts(survey: Survey) -> None:
    given(survey, "anna@example.com 4111 1111 1111 1111\n5500-0055-5555-5559")
    analyses.run(survey.id)

    assert stored() == ["[e-mail] [card]\n[card]"]
    report = to_json(reports.build(survey, Filters(), now()))
    assert report["nps"]["n"] == report["comments"]["n"] == 1
    assert report["pain_points"] == []


def test_telephones_are_known_at_home_where_the_survey_and_where_the_answer_is(survey: Survey) -> None:
    redaction.configure("shop", ["phone"])

    assert redaction.regions(survey, "es") == ("DE", "AT", "CH", "ES", "MX")
    assert redaction.redacted(survey, "030 23125123, 612 34 56 78", "es") == "[phone], [phone]"
    assert redaction.regions(survey, None) == ("DE", "AT", "CH")
    assert redaction.redacted(survey, "030 23125123, 612 34 56 78", None) == "[phone], 612 34 56 78"


def test_kinds_are_kept_in_order_and_others_refused(survey: Survey) -> None:
    assert redaction.configure("shop", ["phone", "email", "phone"]).redacts == ["email", "phone"]
    with pytest.raises(Invalid, match="Choose from email"):
        redaction.configure("shop", ["names"])


def test_what_was_stored_before_goes_from_every_table_and_file(app: Flask, survey: Survey) -> None:
    redaction.configure("shop", [])
    answered = given(survey, f"First {MARKER}")
    responses.change(survey.id, answered, score=2, comment=SAID)
    given(survey, "The export is slow", "n2")
    analyses.run(survey.id)
    redaction.configure("shop", ["email", "number"])
    seen: list[tuple[str, int, int]] = []
    before = db.session.scalars(sa.select(Response.updated_at).order_by(Response.id)).all()

    redacted = stored_redaction.apply_to_stored("shop", lambda *step: seen.append(step))

    assert (redacted.comments, redacted.earlier) == (1, 1)
    assert stored() == [KEPT, "The export is slow", "First [number]"]
    assert places(app, MARKER) == []
    assert seen == [("redact", 2, 2)]
    assert db.session.scalars(sa.select(Response.updated_at).order_by(Response.id)).all() == before
    assert db.session.scalars(sa.select(Unread.response_id)).all() == [answered]
    again = stored_redaction.apply_to_stored("shop")
    assert (again.comments, again.earlier) == (0, 0)


def test_it_goes_in_portions_and_is_read_anew(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    redaction.configure("shop", [])
    for number in range(5):
        given(survey, f"Support never answers {MARKER}", f"n{number}")
    run = analyses.run(survey.id).id
    redaction.configure("shop", ["number"])
    monkeypatch.setattr(stored_redaction, "AT_ONCE", 2)
    seen: list[tuple[str, int, int]] = []

    stored_redaction.apply_to_stored("shop", lambda *step: seen.append(step))

    assert seen == [("redact", 2, 5), ("redact", 4, 5), ("redact", 5, 5)]
    assert to_json(reports.build(survey, Filters(), now()))["analysis"]["pending"] == 5
    analyses.follow(survey.id)
    read = to_json(reports.build(survey, Filters(), now()))["analysis"]
    assert read["pending"] == 0
    assert read["id"] != run
    assert stored() == ["Support never answers [number]"] * 5
    revisions = db.session.execute(sa.select(Reading.run_id, Reading.revision)).all()
    assert [tuple(row) for row in revisions] == [(read["id"], 2)] * 5


def test_webhooks_are_not_told_of_it(survey: Survey) -> None:
    redaction.configure("shop", [])
    given(survey)
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Event))
    redaction.configure("shop", ["number"])

    stored_redaction.apply_to_stored("shop")

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == (before or 0) + 1


def test_what_the_catalogue_and_corrections_took_over_goes_too(app: Flask, survey: Survey) -> None:
    quote, other = f"my contract {MARKER} is lost", f"no answer about {MARKER}"
    redaction.configure("shop", [])
    rows.store(survey, [Said(3, said, [Raised("support", said)]) for said in (quote, other)])
    first, second = db.session.scalars(sa.select(Response.id).order_by(Response.id))
    catalogue_changes.split(survey, "ann@example.com", "support", [Place(first, 0, len(quote))], "Find contracts")
    catalogue_changes.correct(survey, "ann@example.com", Place(second, 0, len(other)), None)
    assert {"pain_point", "correction"} <= set(places(app, MARKER))
    redaction.configure("shop", ["number"])

    stored_redaction.apply_to_stored("shop")

    assert places(app, MARKER) == []
    assert db.session.scalars(sa.select(Correction.text)).all() == ["no answer about [number]"]
    made = db.session.scalars(sa.select(PainPoint).where(PainPoint.origin == "manual")).one()
    assert MARKER not in repr(made.phrases)
    assert analyses.is_behind(survey.id)


def test_a_survey_that_redacts_nothing_has_nothing_to_apply(survey: Survey) -> None:
    redaction.configure("shop", [])

    with pytest.raises(Invalid, match="Say with --kind"):
        stored_redaction.apply_to_stored("shop")


def test_another_survey_keeps_what_it_has(survey: Survey) -> None:
    other = surveys.create("other", "Other")
    given(other)

    stored_redaction.apply_to_stored("shop")

    assert stored() == [SAID]


def test_an_answer_with_tokens_is_erased_with_the_vectors_of_its_words(app: Flask, survey: Survey) -> None:
    answered = given(survey, "The quagmirething at a@b.co is broken")
    analyses.run(survey.id)
    count = sa.select(sa.func.count()).select_from(Vector)
    before = db.session.scalar(count) or 0

    erasure.erase(survey.id, answered)

    assert places(app, "quagmirething") == []
    assert (db.session.scalar(count) or 0) == before - 1
