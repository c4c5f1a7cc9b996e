"""Any history of answers, of any length and in any order, against one line of arithmetic and a dictionary."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import count

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from app.analysis.nps.score import nps
from app.errors import Invalid
from app.extensions import db
from app.importers.rows import Row
from app.models import Event, Response, now
from app.services import erasure, imports, quarantine, reports, responses, submissions, surveys
from app.services.responses import Answer
from app.services.submissions import Submission

SCORES = st.integers(0, 10)
WORDS = st.sampled_from(["Too slow", "Great", "=1+1", "<b>", "👍"])
HISTORIES = int(os.environ.get("HISTORIES", "12"))
names = count()


def by_hand(scores: Sequence[int]) -> float | None:
    """The oracle."""
    return 100 * sum((score > 8) - (score < 7) for score in scores) / len(scores) if scores else None


class Capture(RuleBasedStateMachine):
    """What people and programs may do to answers. `kept` is what has to be there: score, words, whether it counts."""

    answers = Bundle("answers")

    @initialize()
    def begin(self) -> None:
        self.survey = surveys.create(f"model-{next(names)}", "Model")
        self.kept: dict[int, tuple[int, str | None, bool]] = {}
        self.nonces: dict[int, str] = {}

    def _keeps(self, id_: int, score: int, words: str | None, counts: bool) -> int:
        self.kept[id_] = (score, words, counts)
        return id_

    @rule(target=answers, score=SCORES)
    def first_send(self, score: int) -> int:
        nonce = f"n{next(names)}"
        id_ = responses.record(self.survey.id, Answer(nonce, score, "widget")).response_id
        self.nonces[id_] = nonce
        assert id_ not in self.kept
        return self._keeps(id_, score, None, True)

    @rule(target=answers, score=SCORES)
    def suspicious_send(self, score: int) -> int:
        answer = Answer(f"n{next(names)}", score, "widget", quarantine="honeypot")
        return self._keeps(responses.record(self.survey.id, answer).response_id, score, None, False)

    @rule(id_=answers)
    def same_form_again(self, id_: int) -> None:
        if id_ in self.nonces:
            score, words, _ = self.kept[id_]
            again = responses.record(self.survey.id, Answer(self.nonces[id_], score, "widget", comment=words))
            assert (again.response_id, again.outcome) == (id_, "repeated")

    @rule(id_=answers, score=SCORES)
    def back_and_another_number(self, id_: int, score: int) -> None:
        if id_ in self.nonces:
            responses.record(self.survey.id, Answer(self.nonces[id_], score, "widget"))
            self._keeps(id_, score, *self.kept[id_][1:])

    @rule(id_=answers, score=SCORES | st.none(), words=WORDS | st.none())
    def reason_by_receipt(self, id_: int, score: int | None, words: str | None) -> None:
        responses.change(self.survey.id, id_, score=score, comment=words)
        before, _, counts = self.kept[id_]
        self._keeps(id_, before if score is None else score, words, counts)

    @rule(id_=answers, score=SCORES, words=WORDS | st.none())
    def correct_by_code(self, id_: int, score: int, words: str | None) -> None:
        responses.correct(self.survey.id, id_, score=score, comment=words)
        self._keeps(id_, score, words, self.kept[id_][2])

    @rule(id_=answers, decision=st.sampled_from(["include", "exclude"]))
    def decide(self, id_: int, decision: str) -> None:
        score, words, _ = self.kept[id_]
        try:
            quarantine.decide(self.survey, "ann@example.com", decision, ids=[id_])
        except Invalid:
            return
        self._keeps(id_, score, words, decision == "include")

    @rule(target=answers, score=SCORES, words=WORDS, times=st.integers(1, 3))
    def sent_by_a_program(self, score: int, words: str, times: int) -> int:
        key, body = f"order-{next(names)}", f"{score}{words}".encode()
        sent = [
            submissions.take(self.survey, Submission({"score": score, "comment": words}, key, body))
            for _ in range(times)
        ]
        assert len({taken.response.id for taken in sent}) == 1
        assert [taken.is_repeat for taken in sent] == [False, *[True] * (times - 1)]
        return self._keeps(sent[0].response.id, score, words, True)

    @rule(target=answers, scores=st.lists(SCORES, min_size=1, max_size=3), times=st.integers(1, 2))
    def a_file(self, scores: list[int], times: int) -> object:
        rows = [Row(n + 2, {"score": str(s), "external_id": f"f{next(names)}"}) for n, s in enumerate(scores)]
        for _ in range(times):
            imports.bring_in(self.survey, rows)
        new = sorted(set(self._ids()) - set(self.kept))
        assert len(new) == len(scores)
        return multiple(*(self._keeps(id_, score, None, True) for id_, score in zip(new, scores, strict=True)))

    @rule(id_=consumes(answers))
    def erase(self, id_: int) -> None:
        erasure.erase(self.survey.id, id_)
        del self.kept[id_]
        self.nonces.pop(id_, None)

    def _ids(self) -> list[int]:
        db.session.rollback()
        return list(db.session.scalars(sa.select(Response.id).filter_by(survey_id=self.survey.id)))

    @invariant()
    def every_answer_is_there_once_as_it_was_last_said(self) -> None:
        db.session.rollback()
        db.session.expire_all()
        rows = db.session.scalars(sa.select(Response).filter_by(survey_id=self.survey.id)).all()
        assert {row.id: (row.score, row.comment, row.counts) for row in rows} == self.kept

    @invariant()
    def every_answer_was_told_and_no_erased_one_is(self) -> None:
        told = db.session.scalars(sa.select(Event.response_id).filter_by(survey_id=self.survey.id))
        assert set(told) == set(self.kept)

    @invariant()
    def the_score_is_arithmetic(self) -> None:
        counting = [score for score, _, counts in self.kept.values() if counts]
        counts = reports.score(self.survey, now()).counts
        assert counts.n == len(counting)
        assert nps(counts) == (pytest.approx(by_hand(counting)) if counting else None)


def test_any_history_of_answers_ends_where_arithmetic_says(app: Flask) -> None:
    often = settings(
        max_examples=HISTORIES,
        stateful_step_count=25,
        deadline=None,
        derandomize="HISTORIES" not in os.environ,
        database=None,
        suppress_health_check=list(HealthCheck),
    )

    run_state_machine_as_test(Capture, settings=often)
