"""Erased means gone: from every table and file, from what was learned, and from an older copy that comes back."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.analysis.model import Model
from app.errors import NotFound
from app.extensions import db
from app.models import CatalogueChange, Event, PainPoint, Respondent, Response, Survey, Vector, queries
from app.models.transaction import writing
from app.security import receipt_codes
from app.services import analyses, catalogue_changes, erasure, keys, responses, surveys, tombstones
from app.services.catalogue_undo import undo
from app.services.places import Place
from app.services.responses import Answer
from tests import rows
from tests.leftovers import places
from tests.rows import Raised, Said

pytestmark = pytest.mark.usefixtures("app")
MARKER = "zwiebelkuchenmarker"
SAID = f"The {MARKER} takes days to answer, and I want my {MARKER} back"


@pytest.fixture
def survey() -> Survey:
    return surveys.create("shop", "Shop")


def answer(survey: Survey, comment: str | None = SAID, nonce: str = "n1", score: int = 3, **more: object) -> int:
    given = Answer(nonce, score, str(more.pop("source", "widget")), comment, "en", **more)  # type: ignore[arg-type]
    return responses.record(survey.id, given).response_id


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def learned(survey: Survey) -> Model:
    """The model of the run that readers see, which lies packed in its row."""
    model = analyses.current_model(survey.id)
    assert model is not None
    return model[1]


def test_an_erased_answer_is_in_no_file_and_in_no_table(app: Flask, survey: Survey) -> None:
    answered = answer(survey, f"First I wrote {MARKER}", respondent=f"{MARKER}-4711", attributes={"plan": MARKER})
    responses.change(survey.id, answered, score=2, comment=SAID)
    answer(survey, "Support takes days to answer", nonce="other")
    analyses.run(survey.id)
    vectors = count(Vector)
    assert places(app, MARKER)

    erasure.erase(survey.id, answered)

    assert places(app, MARKER) == []
    assert count(Vector) < vectors
    assert [row.nonce for row in db.session.scalars(sa.select(Response))] == ["other"]
    assert count(Respondent) == 0
    assert count(Event) == 1


def test_the_memory_of_a_host_request_goes_too(app: Flask, survey: Survey) -> None:
    client = app.test_client()
    headers = {"Authorization": f"Bearer {keys.create(survey, 'shop')}", "Idempotency-Key": "k1"}
    address = "/api/v1/surveys/shop/responses"
    first = client.post(address, json={"score": 3, "comment": SAID}, headers=headers)

    erasure.erase(survey.id, first.get_json()["id"])

    again = client.post(address, json={"score": 3, "comment": SAID}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json()["id"] != first.get_json()["id"]


def test_a_quote_that_carried_a_pain_point_is_forgotten_and_its_name_stands_in(app: Flask, survey: Survey) -> None:
    quote = f"my {MARKER} is crooked"
    rows.store(survey, [Said(3, quote, [Raised("support", quote)])])
    answered = db.session.scalars(sa.select(Response.id)).one()
    catalogue_changes.split(survey, "ann@example.com", "support", [Place(answered, 0, len(quote))], "Cut straight")
    analyses.follow(survey.id)
    assert {"pain_point", "catalogue_change"} <= set(places(app, MARKER))

    erasure.erase(survey.id, answered)

    assert places(app, MARKER) == []
    assert analyses.is_behind(survey.id)
    analyses.follow(survey.id)
    run = queries.current_run(survey.id)
    assert run is not None
    assert places(app, MARKER) == []
    made = db.session.scalars(sa.select(PainPoint).where(PainPoint.origin == "manual")).one()
    assert list(made.phrases.values()) == [["Cut straight"]]
    undo(survey, "ann@example.com", db.session.scalars(sa.select(CatalogueChange.id)).first() or 0)


@pytest.mark.parametrize("step", ["learn", "read"])
def test_who_is_erased_while_a_run_is_under_way_is_in_none_of_it(app: Flask, survey: Survey, step: str) -> None:
    for number in range(24):
        said = f"The {MARKER} was broken again on floor {number}"
        answer(survey, said, f"n{number}", respondent="4711", source="import", external_id=f"e{number}")
    erased: list[int] = []

    def erase_once(now: str, _done: int, _total: int) -> None:
        if now == step and not erased:
            erased.append(erasure.erase_respondent(survey, "4711"))

    analyses.run(survey.id, erase_once)

    assert erased == [24]
    assert places(app, MARKER) == []
    assert [entry.id for entry in learned(survey).entries if MARKER in repr((entry.terms, entry.phrases))] == []
    assert analyses.is_behind(survey.id)


def test_what_somebody_else_says_too_stays_in_the_catalogue(survey: Survey) -> None:
    answered = answer(survey, "my haircut is crooked")
    answer(survey, "Well, my haircut is crooked again", nonce="other")
    said = {"en": ["my haircut is crooked"]}
    catalogue_changes.create(survey, "ann@example.com", "Cut straight", said)

    erasure.erase(survey.id, answered)

    assert db.session.scalars(sa.select(PainPoint.phrases)).all() == [said]


def test_everything_of_a_person_goes_at_once(survey: Survey) -> None:
    for number in range(3):
        answer(survey, nonce=f"n{number}", respondent="4711", source="import", external_id=f"e{number}")
    answer(survey, nonce="nobody's")
    answer(survey, nonce="n9", respondent="0815", source="import", external_id="e9")
    answer(survey, nonce="claim", claimed_as="4711", identity="claimed")

    assert erasure.erase_respondent(survey, "4711") == 4

    assert sorted(row.nonce for row in db.session.scalars(sa.select(Response))) == ["n9", "nobody's"]
    assert db.session.scalars(sa.select(Respondent.subject)).all() == ["0815"]


@pytest.mark.parametrize("erase", [lambda s: erasure.erase(s.id, 99), lambda s: erasure.erase_respondent(s, "nobody")])
def test_what_is_not_there_cannot_be_erased(survey: Survey, erase: Callable[[Survey], object]) -> None:
    answer(survey)

    with pytest.raises(NotFound):
        erase(survey)

    assert count(Response) == 1


def test_an_answer_of_another_survey_is_out_of_reach(survey: Survey) -> None:
    other = surveys.create("bank", "Bank")
    answered = answer(survey)

    with pytest.raises(NotFound):
        erasure.erase(other.id, answered)

    assert count(Response) == 1


def test_the_id_of_an_erased_answer_is_never_given_again(survey: Survey) -> None:
    first = answer(survey)
    erasure.erase(survey.id, first)

    assert answer(survey, nonce="n2") > first


def test_an_older_copy_that_comes_back_loses_it_once_more(app: Flask, survey: Survey) -> None:
    answer(survey, nonce="kept")
    erasure.erase(survey.id, answer(survey, nonce="gone"))
    answer(survey, nonce="p1", respondent="4711")
    erasure.erase_respondent(survey, "4711")
    answer(survey, nonce="gone")
    answer(survey, nonce="p0", respondent="4711", source="import", external_id="older than the erasing")

    assert erasure.erase_again() == 2

    assert [row.nonce for row in db.session.scalars(sa.select(Response))] == ["kept"]
    written = (Path(app.config["DATA_DIR"]) / "tombstones").read_text()
    assert not {"gone", "p1", "4711", MARKER} & set(written.split('"'))


def test_a_person_who_comes_back_without_an_answer_is_erased_again(survey: Survey) -> None:
    answer(survey, respondent="4711")
    erasure.erase_respondent(survey, "4711")
    with writing() as session:
        session.add_all([Respondent(survey_id=survey.id, subject="4711"), Respondent(survey_id=survey.id, subject="8")])

    assert erasure.erase_again() == 0
    assert [row.subject for row in db.session.scalars(sa.select(Respondent))] == ["8"]


def test_a_tombstone_still_stands_when_the_secret_has_changed(app: Flask, survey: Survey) -> None:
    erasure.erase(survey.id, answer(survey, nonce="gone"))
    answer(survey, nonce="gone")
    old = app.config["SECRET_KEY"]
    app.config.update(SECRET_KEY="another secret of at least 32 bytes!", SECRET_KEY_FALLBACKS=[old])
    try:
        assert erasure.erase_again() == 1
    finally:
        app.config.update(SECRET_KEY=old, SECRET_KEY_FALLBACKS=[])


def test_without_a_tombstone_nothing_is_erased(app: Flask, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = answer(survey)
    monkeypatch.setattr(tombstones, "_path", lambda: Path(app.config["DATA_DIR"]))  # a folder takes no line

    with pytest.raises(IsADirectoryError):
        erasure.erase(survey.id, answered)

    assert count(Response) == 1


def test_a_disk_that_takes_half_a_tombstone_keeps_none_of_it(app: Flask, survey: Survey) -> None:
    tombstones.put_up("shop", "answer", "first")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150, limits[1]))  # bytes of a file: there is room for a line and a half
    try:
        with pytest.raises(OSError, match="No space left"):
            tombstones.put_up("shop", "answer", "second")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    tombstones.put_up("shop", "answer", "third")

    known = tombstones.read()
    assert [tombstones.names(known, "shop", "answer", one) for one in ("first", "second", "third")] == [
        True, False, True,
    ]  # fmt: skip


def test_the_command_erases_by_code_and_by_person_and_again(app: Flask, survey: Survey) -> None:
    answered = responses.get(survey.id, answer(survey))
    code = receipt_codes.of(survey.id, answered.nonce, answered.code_hash) or ""
    answer(survey, nonce="n2", respondent="4711")
    runner = app.test_cli_runner()

    by_code = runner.invoke(args=["erase", "--survey", "shop", "--receipt", code.lower().replace("-", " ")])
    by_person = runner.invoke(args=["erase", "--survey", "shop", "--respondent", "4711"])
    again = runner.invoke(args=["erase", "--again"])
    unclear = runner.invoke(args=["erase", "--survey", "shop"])
    unknown = runner.invoke(args=["erase", "--survey", "shop", "--receipt", "0000-0000"])

    assert [done.output for done in (by_code, by_person, again)] == ["Erased 1 answer.\n"] * 2 + ["Erased 0 answers.\n"]
    assert (unclear.exit_code, unknown.exit_code) == (2, 1)
    assert count(Response) == 0
