"""Why a comment is listed where it is: the stored model asked again, and held against what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from app.analysis.model import Model
from app.analysis.reasons import Reason, explain
from app.analysis.types import Comment, Span
from app.errors import NotFound
from app.extensions import db
from app.models import MentionRow, PainPoint, Response, Survey, merging, queries, quotes
from app.reports import reasons as told
from app.reports.reasons import Alike, Compared, MentionReason, Named, Why
from app.services import analyses, entries, responses
from app.services.examples import marks
from app.services.periods import day_of
from app.services.vectors import LookingEncoder


def why(survey: Survey, response_id: int, language: str = "en") -> Why:
    """Why each mention of a comment stands where it stands; NotFound for an answer without a comment."""
    response = responses.get(survey.id, response_id)
    if response.comment is None:
        raise NotFound("This answer has no comment.")
    run = queries.current_run(survey.id)
    head = _head(survey, response, run.id if run else None)
    if run is None or not quotes.has_read(response.id, run.id):
        return replace(head, state="unread")
    found = analyses.current_model(survey.id)
    rows = quotes.mentions_of(response.id, run.id)
    if found is None:
        return replace(head, state="outdated")
    asked = _Asked(survey, response, run.id, rows, _Names.of(survey.id, language))
    reasons = _explained(asked, found[1])
    if not _agree(reasons, rows, asked.names):
        return replace(head, state="outdated")
    return replace(head, reasons=tuple(_told(reason, asked) for reason in reasons))


def _head(survey: Survey, response: Response, run_id: int | None) -> Why:
    said = quotes.texts(survey.id, [response.id], run_id)[response.id]
    rows = quotes.mentions_in([response.id], run_id)
    return Why(
        response_id=said.response_id,
        score=said.score,
        group=said.group,
        language=said.language or "und",
        answered_on=day_of(said.created_at, survey),
        text=said.text,
        marks=tuple(mark for row in rows for mark in marks(row.start, row.end, row.terms)),
        state="explained",
    )


@dataclass(frozen=True)
class _Names:
    """The pain points of a survey: by the engine's id what each is called, and which one it is listed under."""

    keys: Mapping[int, str]
    named: Mapping[str, Named]
    shown: Mapping[str, str]

    @classmethod
    def of(cls, survey_id: int, language: str) -> _Names:
        points = db.session.scalars(sa.select(PainPoint).where(PainPoint.survey_id == survey_id)).all()
        keys, merged = {point.id: point.key for point in points}, merging.merged(survey_id)
        named = {point.key: Named(point.key, point.name(language)) for point in points}
        return cls(keys, named, {point.key: keys[merged.get(point.id, point.id)] for point in points})

    def shown_as(self, id_: str) -> Named:
        """What an entry of the engine is listed under."""
        key = self.shown.get(id_, id_)
        return self.named.get(key, Named(key, key))


@dataclass(frozen=True)
class _Asked:
    """One comment to be explained, with its mentions as they are stored."""

    survey: Survey
    response: Response
    run_id: int
    rows: Sequence[MentionRow]
    names: _Names

    def others(self) -> dict[str, list[quotes.Alike]]:
        """What other people said of the pain points it raises, by the engine's ids."""
        merged = merging.merged(self.survey.id)
        ids = sorted({row.pain_point_id for row in self.rows if row.pain_point_id is not None})
        return {self.names.keys[id_]: quotes.of_others(self.run_id, merged.get(id_, id_), self.response) for id_ in ids}


def _explained(asked: _Asked, model: Model) -> list[tuple[Reason, Sequence[quotes.Alike]]]:
    """The reasons, each with the quotes that its own quotes are taken from."""
    others, lessons = asked.others(), entries.lessons(asked.survey.id)
    response = asked.response
    score = asked.survey.measures.reading[response.score]
    comment = Comment(str(response.id), response.comment or "", score, response.language)
    model = _as_kept(model, asked.survey.id)
    phrases = {id_: [(one.text, one.language) for one in said] for id_, said in others.items()}
    encoder = LookingEncoder(analyses.encoder().encoder)
    reasons = explain(comment, model, encoder, said=lessons, others=phrases)
    return [(reason, others.get(reason.about or "", ())) for reason in reasons]


def _as_kept(model: Model, survey_id: int) -> Model:
    """The model with only those phrases that are still kept: what was erased is not to be read here either."""
    kept = {entry.id: entry.phrases for entry in analyses.known_entries(survey_id)}
    phrases = [
        {
            code: tuple(text for text in said if text in kept.get(entry.id, {}).get(code, ()))
            for code, said in entry.phrases.items()
        }
        for entry in model.entries
    ]
    return replace(model, entries=tuple(replace(e, phrases=p) for e, p in zip(model.entries, phrases, strict=True)))


def _agree(reasons: Sequence[tuple[Reason, Sequence[quotes.Alike]]], rows: Sequence[MentionRow], names: _Names) -> bool:
    """Whether the reasons lead to what is stored, so that nothing is explained that the report does not say."""
    stored = [(row.start, row.end, row.stance, names.keys.get(row.pain_point_id or 0), row.confidence) for row in rows]
    said = [reason.mention for reason, _ in reasons]
    return stored == [(one.start, one.end, one.stance, one.pain_point, one.confidence) for one in said]


def _told(found: tuple[Reason, Sequence[quotes.Alike]], asked: _Asked) -> MentionReason:
    reason, others = found
    mention, text = reason.mention, asked.response.comment or ""
    own, second = _compared(reason, asked.names)
    return MentionReason(
        span=Span(mention.start, mention.end),
        text=text[mention.start : mention.end],
        stance=mention.stance,
        point=asked.names.shown_as(mention.pain_point) if mention.pain_point else None,
        confidence=mention.confidence,
        rule=reason.rule,
        metric=asked.survey.metric,
        needed=reason.needed,
        own=own,
        second=second,
        words=reason.words,
        phrases=reason.phrases,
        quotes=tuple(
            Alike(others[one.place].response_id, one.text, one.language, one.likeness) for one in reason.quotes
        ),
        lead=text[reason.lead.start : reason.lead.end] if reason.lead else None,
        correction=_corrected(reason, asked.names),
    )


def _compared(reason: Reason, names: _Names) -> tuple[Compared | None, Compared | None]:
    """How it fits what it is listed under, else the nearest, and the best of those listed apart from it."""
    fits = [Compared(names.shown_as(fit.id), fit) for fit in reason.fits]
    if not fits:
        return None, None
    id_ = reason.mention.pain_point
    own = next((one for one in fits if one.fit.id == id_), fits[0])
    return own, next((one for one in fits if one.point != own.point), None)


def _corrected(reason: Reason, names: _Names) -> told.Corrected | None:
    said = reason.lesson
    if said is None:
        return None
    wrong, right = (names.shown_as(id_) if id_ else None for id_ in (said.wrong, said.right))
    return told.Corrected(said.text, said.language, wrong, right, reason.likeness or 0.0)
