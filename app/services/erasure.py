"""Erasing: an answer goes with everything that was ever kept of its words, and an older copy does not bring it back.

What stays: what people saved elsewhere, stems of words that were said more than once and lead back to no answer, and a
tombstone that names nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from app.errors import NotFound
from app.extensions import db
from app.models import (
    Correction,
    IdempotentAnswer,
    Respondent,
    Response,
    Survey,
)
from app.models.transaction import scrub, writing
from app.services import forgetting, outbox, source_files, tombstones, vectors, work_files
from app.services.tombstones import Marks


def erase(survey_id: int, response_id: int) -> None:
    """Erase one answer for good; NotFound if there is none. Returns when it is gone."""
    with writing():
        response = db.session.scalar(_of(survey_id).where(Response.id == response_id).with_for_update())
        if response is None:
            raise NotFound("There is no such answer.")
        _erase(response)
        files = work_files.forget(survey_id)
        key = db.session.get_one(Survey, survey_id).key
    _clear_away(files, [key])


def erase_respondent(survey: Survey, subject: str) -> int:
    """Erase a respondent with all answers by or under their id; how many. NotFound if nobody is known by this id."""
    with writing():
        query = sa.select(Respondent.id).where(Respondent.survey_id == survey.id, Respondent.subject == subject)
        known = db.session.scalar(query.with_for_update())
        by = sa.false() if known is None else Response.respondent_id == known  # comparing with None means anonymous
        found = db.session.scalars(_of(survey.id).where(by | (Response.claimed_as == subject))).all()
        if known is None and not found:
            raise NotFound("This survey knows nobody by this id.")
        tombstones.put_up(survey.key, "respondent", subject)
        for response in found:
            _erase(response)
        db.session.execute(sa.delete(Respondent).where(Respondent.id == known))
        files = work_files.forget(survey.id)
    _clear_away(files, [survey.key])
    return len(found)


def erase_again() -> int:
    """Erase what was erased before and is there once more, because an older copy was put back; how many answers."""
    known = tombstones.read()
    with writing():
        found = [response for response in db.session.scalars(_all()) if _is_erased(known, response)]
        for response in found:
            _erase(response)
        _forget_again(known)
        surveys = db.session.execute(sa.select(Survey.id, Survey.key)).all()
        files = [file for survey in surveys for file in work_files.forget(survey.id)]
    _clear_away(files, [survey.key for survey in surveys])
    return len(found)


def _clear_away(files: Iterable[str], keys: Iterable[str]) -> None:
    """What lies outside the tables."""
    for file in files:
        work_files.remove(file)
    for key in keys:
        source_files.forget(key)
    scrub()


def _forget_again(known: Marks) -> None:
    """Respondents who were erased, also those that the older copy knows without any answer."""
    query = sa.select(Respondent.id, Respondent.subject, Survey.key).join(Survey, Survey.id == Respondent.survey_id)
    rows = db.session.execute(query).all()
    again = [row.id for row in rows if tombstones.names(known, row.key, "respondent", row.subject)]
    db.session.execute(sa.delete(Respondent).where(Respondent.id.in_(again)))


def _of(survey_id: int) -> sa.Select[Response]:
    return sa.select(Response).where(Response.survey_id == survey_id)


def _all() -> sa.Select[Response]:
    return sa.select(Response).order_by(Response.id)


def _is_erased(known: Marks, response: Response) -> bool:
    key = db.session.get_one(Survey, response.survey_id).key
    if tombstones.names(known, key, "answer", response.nonce):
        return True
    person = response.respondent.subject if response.respondent else response.claimed_as
    return person is not None and tombstones.names(known, key, "respondent", person)


def _erase(response: Response) -> None:
    """Erase an answer that somebody asked to have erased: a tombstone keeps it away."""
    tombstones.put_up(db.session.get_one(Survey, response.survey_id).key, "answer", response.nonce)
    remove(response)


def remove(response: Response) -> None:
    """Take an answer out with all that was made of it, inside `writing()`; `scrub` follows it.

    Revisions, readings, mentions, corrections, events and their deliveries go with the row; the rest has no key.
    """
    with forgetting_words(response):
        db.session.execute(sa.delete(Response).where(Response.id == response.id))
    _forget_person(response.respondent_id)


@contextmanager
def forgetting_words(response: Response) -> Iterator[None]:
    """Take out what was kept of an answer's words elsewhere; the body takes them out of the answer itself.

    What is left afterwards is what others said as well.
    """
    survey = db.session.get_one(Survey, response.survey_id)
    quotes = sorted(forgetting.quotes(response))
    vectors.forget_quotes(quotes)
    same = IdempotentAnswer.answer["response_id"].as_integer() == response.id
    db.session.execute(sa.delete(IdempotentAnswer).where(IdempotentAnswer.survey_id == survey.id, same))
    if db.session.scalar(sa.select(Correction.id).where(Correction.response_id == response.id).limit(1)):
        forgetting.learn_anew(survey)
    outbox.forget(response.id)
    db.session.execute(sa.update(Survey).where(Survey.id == survey.id).values(erasures=Survey.erasures + 1))
    yield
    db.session.flush()
    forgetting.forget_words(survey, {text for _, text in quotes})


def _forget_person(respondent_id: int | None) -> None:
    """An id that no answer carries any more is not needed either."""
    if respondent_id is None:
        return
    is_left = sa.exists().where(Response.respondent_id == respondent_id)
    db.session.execute(sa.delete(Respondent).where(Respondent.id == respondent_id, ~is_left))
