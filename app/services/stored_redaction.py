"""Taking out of what is stored what a survey no longer keeps: of comments, earlier versions, and what was learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from app.analysis.text.redact import find
from app.errors import Invalid
from app.extensions import db
from app.models import Correction, Response, ResponseRevision, Survey, now, unread
from app.models.transaction import scrub, writing
from app.services import events, forgetting, outbox, source_files, surveys, vectors, work_files
from app.services.redaction import redacted, regions

AT_ONCE = 200  # answers in one transaction


@dataclass(slots=True)
class Redacted:
    """How many comments were changed, and how many of those that stood there before a change."""

    comments: int = 0
    earlier: int = 0


def apply_to_stored(key: str, progress: Callable[[str, int, int], None] | None = None) -> Redacted:
    """Redact everything that is stored, in portions; what was interrupted goes on when it is called again."""
    survey = surveys.get(key)
    if not survey.redacts:
        raise Invalid("This survey redacts nothing. Say with --kind what is to be redacted.")
    survey_id, total = survey.id, db.session.scalar(sa.select(sa.func.count()).where(*_worded(survey.id))) or 0
    counted, last, done = Redacted(), 0, 0
    while portion := _portion(survey_id, last, counted):
        last, done = portion[-1], done + len(portion)
        if progress:
            progress("redact", done, max(total, done))
    _clear_away(survey_id, key)
    return counted


def _clear_away(survey_id: int, key: str) -> None:
    """What lies outside the rows."""
    with writing():
        files = work_files.forget(survey_id)
    for file in files:
        work_files.remove(file)
    source_files.forget(key)
    scrub()


def _worded(survey_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Answers that say or said something in words."""
    said = sa.exists().where(ResponseRevision.response_id == Response.id, ResponseRevision.comment.is_not(None))
    return Response.survey_id == survey_id, Response.comment.is_not(None) | said


def _portion(survey_id: int, after: int, counted: Redacted) -> Sequence[int]:
    """The ids of the next answers, which are redacted now; none when there are no more."""
    with writing() as session:
        survey = session.get_one(Survey, survey_id)
        query = sa.select(Response).where(*_worded(survey_id), Response.id > after).order_by(Response.id)
        responses = session.scalars(query.limit(AT_ONCE).with_for_update()).all()
        quotes, gone = set[tuple[str, str]](), set[str]()
        for response in responses:
            if found := _personal(survey, response):
                gone |= found
                quotes |= forgetting.quotes(response)
                _redact(survey, response, counted)
        session.flush()
        if quotes:
            vectors.forget_quotes(quotes)
            forgetting.forget_words(survey, {text for _, text in quotes if any(part in text for part in gone)}, gone)
        return [response.id for response in responses]


def _personal(survey: Survey, response: Response) -> set[str]:
    """Everything in the words of an answer that the survey no longer keeps."""
    texts = [
        response.comment,
        *(one.comment for one in response.revisions),
        *(one.text for one in _corrections(response)),
    ]
    found = {text: find(text, survey.redacts, regions(survey, response.language)) for text in texts if text}
    return {text[start:end] for text, places in found.items() for start, end, _ in places}


def _redact(survey: Survey, response: Response, counted: Redacted) -> None:
    outbox.forget(response.id)
    counted.earlier += _redact_earlier(survey, response)
    _redact_corrections(survey, response)
    comment = redacted(survey, response.comment, response.language)
    if comment != response.comment:
        counted.comments += 1
        response.comment = comment
        _have_read(survey, response)


def _have_read(survey: Survey, response: Response) -> None:
    """The comment is read anew. Webhooks are not told: nobody changed their mind, and it may be a million.

    `updated_at` stays: what is kept for so many months is not kept longer for being redacted.
    """
    response.revision += 1
    unread.mark(response)
    events.tell("response.updated", survey, replace(events.of(response), source="import"), now())


def _redact_earlier(survey: Survey, response: Response) -> int:
    changed = 0
    for revision in response.revisions:
        comment = redacted(survey, revision.comment, response.language)
        changed += comment != revision.comment
        revision.comment = comment
    return changed


def _corrections(response: Response) -> Sequence[Correction]:
    return db.session.scalars(sa.select(Correction).where(Correction.response_id == response.id)).all()


def _redact_corrections(survey: Survey, response: Response) -> None:
    """What people said of its mentions is kept; the words they said it of are redacted, and learned anew."""
    for one in _corrections(response):
        text = redacted(survey, one.text, response.language) or ""
        if text != one.text:
            one.text = text
            forgetting.learn_anew(survey)
