"""Facts that a process keeps say the same as facts fetched anew, whatever happened in between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from flask import Flask, current_app

from app.extensions import db
from app.models import Survey, following, queries
from app.models.facts import ATTRIBUTE, Facts
from app.models.transaction import writing
from app.reports.filters import Filters
from app.reports.report_json import to_json
from app.services import analyses, erasure, quarantine, reports, responses, surveys, triages
from app.services.responses import Answer
from tests import rows
from tests.rows import NOON, Raised, Said

CRASH = "The app keeps crashing"
CODED = ("declared", "touchpoint", "heard", "language", ATTRIBUTE + "plan")


@pytest.fixture
def survey(app: Flask) -> Survey:
    """A survey whose comments are read, by people who are known and by one who is not."""
    made = surveys.create("shop", "Shop")
    say(made, "a", CRASH, respondent="u-1", attributes={"plan": "team"})
    say(made, "b", "Support takes days to answer", respondent="u-2", language="en")
    say(made, "c", None, respondent="u-1", touchpoint="checkout")
    say(made, "d", "Der Kundendienst antwortet erst nach Tagen")
    analyses.run(made.id)
    return made


def say(survey: Survey, nonce: str, comment: str | None, **more: Any) -> int:
    """The id of a new answer."""
    return responses.record(survey.id, Answer(nonce, 2, "api", comment, **more)).response_id


def told(facts: Facts) -> tuple[Any, ...]:
    """What facts say, without the numbers that stand for words, people and pain points."""
    columns = {**facts.responses, "revenue": np.nan_to_num(facts.responses["revenue"], nan=-1)}
    answers = {name: column.tolist() for name, column in columns.items() if name not in ("points", "person")}
    for name in CODED:
        if name in answers:
            answers[name] = [(*facts.words.values, None)[number] for number in answers[name]]
    raised = [{facts.points.values[number] for number in set_bits(row)} for row in facts.responses["points"]]
    people = [None if person < 0 else person for person in facts.responses["person"].tolist()]
    same = [[one is not None and one == other for other in people] for one in people]
    said = {name: column.tolist() for name, column in facts.mentions.items()}
    said["point"] = [facts.points.values[number] for number in said["point"]]
    return answers, raised, same, said


def set_bits(words: Any) -> list[int]:
    return [64 * place + bit for place, word in enumerate(words.tolist()) for bit in range(64) if word >> bit & 1]


def check(survey: Survey) -> None:
    """Ask the facts that were kept, then throw them away and ask again."""
    db.session.rollback()
    run = queries.current_run(survey.id)
    kept = following.facts(survey.id, run.id if run else None, ["plan"])
    shown = to_json(reports.build(survey, Filters(), NOON))
    for memory in ("facts", "report_cache"):
        current_app.extensions[memory].clear()
    db.session.rollback()
    assert told(kept) == told(following.facts(survey.id, run.id if run else None, ["plan"]))
    assert shown == to_json(reports.build(survey, Filters(), NOON))


def import_old(survey: Survey) -> None:
    for number in range(5):
        say(survey, f"old-{number}", None, created_at=NOON - timedelta(days=300 - number), respondent="u-2")


def read_again(survey: Survey) -> None:
    responses.correct(survey.id, 1, score=9, comment="It crashes on Mondays, and support is slow")
    check(survey)
    analyses.read_new(survey.id)


def decide(survey: Survey) -> None:
    held = say(survey, "held", CRASH, quarantine="honeypot")
    check(survey)
    quarantine.decide(survey, "ann", "include", ids=[held])
    check(survey)
    analyses.read_new(survey.id)
    check(survey)
    quarantine.decide(survey, "ann", "exclude", ids=[held])


def learn_a_fact(survey: Survey) -> None:
    same = Answer("d", 2, "api", "Der Kundendienst antwortet erst nach Tagen", attributes={"plan": "free"})
    responses.record(survey.id, same)


def answer_again(survey: Survey) -> None:
    say(survey, "again", "It crashed again", respondent="u-2", attributes={"plan": "free"})
    say(survey, "stranger", "It crashed again", respondent="u-9")
    analyses.read_new(survey.id)


def mark_as_test(survey: Survey) -> None:
    triages.mark(survey, "ann", [1, 2], "test")
    check(survey)
    triages.mark(survey, "ann", [2], "real")


CASES: dict[str, Callable[[Survey], Any]] = {
    "a new answer": lambda survey: say(survey, "new", CRASH, respondent="u-3"),
    "answers of long ago": import_old,
    "people who answer again": answer_again,
    "a changed comment that is read again": read_again,
    "a comment that is taken back": lambda survey: responses.correct(survey.id, 2, score=10, comment=None),
    "decisions of the quarantine": decide,
    "answers that were a test": mark_as_test,
    "a fact that is learned later": learn_a_fact,
    "an erased answer": lambda survey: erasure.erase(survey.id, 1),
    "an erased person": lambda survey: erasure.erase_respondent(survey, "u-1"),
    "a new run": lambda survey: analyses.run(survey.id),
    "a catalogue that is followed": lambda survey: analyses.follow(survey.id),
}


@pytest.mark.parametrize("what", CASES)
def test_facts_that_are_kept_follow(survey: Survey, what: str) -> None:
    check(survey)
    following.facts(survey.id, None, ["plan"])

    CASES[what](survey)

    check(survey)


def test_one_thing_after_the_other_is_followed(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "FEW", 0)
    following.facts(survey.id, None, ["plan"])
    for happens in CASES.values():
        db.session.rollback()
        happens(survey)
        db.session.rollback()
        following.facts(survey.id, None)  # brought up to date once more, from what is kept
    check(survey)


def test_more_pain_points_than_fit_into_a_word_are_all_raised(app: Flask) -> None:
    survey = rows.survey()
    names = {f"point-{number:03}": f"Mend part {number}" for number in range(70)}
    said = [Said(2, "slow", [Raised(key, "slow")]) for key in names for _ in range(5)]
    rows.store(survey, said, names=names)

    report = reports.build(survey, Filters(), NOON)

    assert {row.id: row.numbers.counts.detractors for row in report.ranked} == dict.fromkeys(names, 5)


def test_what_one_transaction_asks_is_answered_by_one_state(app: Flask, survey: Survey) -> None:
    db.session.rollback()
    before = queries.number(survey.id)

    elsewhere(app, lambda: say(survey, "new", CRASH))

    assert queries.number(survey.id) == before
    db.session.rollback()
    assert queries.number(survey.id) == before + 1


def elsewhere(app: Flask, happens: Callable[[], Any]) -> None:
    """Let it happen in another thread and then look at the facts there."""

    def work() -> None:
        with app.app_context():
            happens()
            db.session.rollback()
            queries.number(1)

    other = threading.Thread(target=work)
    other.start()
    other.join()


def test_a_transaction_from_before_an_erasure_does_not_bring_the_answer_back(app: Flask, survey: Survey) -> None:
    last = say(survey, "last", CRASH)
    db.session.rollback()
    before = queries.number(survey.id)
    db.session.info.clear()  # as another transaction that has asked for nothing yet

    elsewhere(app, lambda: erasure.erase(survey.id, last))
    queries.number(survey.id)
    db.session.rollback()

    assert queries.number(survey.id) == before - 1
    check(survey)


def test_a_transaction_from_before_an_answer_does_not_hide_its_attributes(app: Flask, survey: Survey) -> None:
    db.session.rollback()
    queries.number(survey.id)
    db.session.info.clear()

    elsewhere(app, lambda: say(survey, "new", CRASH, attributes={"plan": "team"}))
    following.facts(survey.id, None, ["plan"])
    db.session.rollback()

    check(survey)


def test_attributes_that_are_asked_for_are_there_however_many_are_kept(app: Flask, survey: Survey) -> None:
    kept = ["plan", *(f"name-{number}" for number in range(following.NAMES - 1))]
    following.facts(survey.id, None, kept)
    db.session.rollback()
    queries.number(survey.id)
    db.session.info.clear()

    elsewhere(app, lambda: say(survey, "new", CRASH))
    found = following.facts(survey.id, None, ["plan", "new"])

    assert {"plan", "new"} <= set(found.names)
    assert len(found.names) == following.NAMES


def test_an_answer_that_is_committed_after_later_ones_is_found(app: Flask, survey: Survey) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    is_stored, may_end = threading.Event(), threading.Event()

    def slowly() -> None:
        with app.app_context(), writing():
            responses.store(survey.id, Answer("slow", 2, "api", CRASH))
            is_stored.set()
            may_end.wait(10)

    check(survey)
    other = threading.Thread(target=slowly)
    other.start()
    is_stored.wait(10)
    say(survey, "later", CRASH)
    db.session.rollback()
    before = queries.version(survey.id, None), queries.number(survey.id)
    may_end.set()
    other.join()
    db.session.rollback()

    assert queries.version(survey.id, None) != before[0]
    assert queries.number(survey.id) == before[1] + 1
    check(survey)


def test_the_survey_unused_for_longest_makes_room(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [rows.survey(key) for key in ("one", "two", "three")]
    for survey in made:
        rows.store(survey, [Said(2)] * 3, run=False)
    monkeypatch.setattr(following, "ROOM", 6)
    for survey in (*made, made[1]):
        db.session.rollback()
        assert queries.number(survey.id) == 3

    assert list(app.extensions["facts"]) == [made[2].id, made[1].id]
