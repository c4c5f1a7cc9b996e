"""What a catalogue and a model took over from comments in words, and how it is taken out again when one is erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from app.analysis.forgetting import without_phrases, without_terms
from app.analysis.judge import judge
from app.analysis.model import Model
from app.analysis.text.redact import without_tokens
from app.analysis.types import Comment
from app.extensions import db
from app.models import AnalysisRun, CatalogueChange, PainPoint, Response, Survey
from app.models.metrics import metric_of

Phrases = Mapping[str, Sequence[str]]


def quotes(response: Response) -> set[tuple[str, str]]:
    """Everything that the comment ever said, whole and in the parts that the engine took it apart into.

    Each stands behind its language; with tokens of a redaction also as the engine saw it.
    """
    said = [response.comment, *(revision.comment for revision in response.revisions)]
    found = {quote for text in said if text for quote in _quotes(response, text)}
    return found | {(language, without_tokens(text)) for language, text in found}


def _quotes(response: Response, text: str) -> Iterator[tuple[str, str]]:
    score = metric_of(response.survey_id).reading[response.score]
    heard = judge(Comment(str(response.id), text, score, response.language))
    yield heard.language, text
    for mention in heard.mentions:
        yield heard.language, text[mention.start : mention.end]


def forget_words(survey: Survey, quotes: set[str], gone: set[str] | None = None) -> None:
    """Take from the catalogue and from what was learned the phrases and telling words that only this comment said.

    `gone` are the parts of the quotes that are no longer there, all of them if it is left out.
    """
    points = db.session.scalars(sa.select(PainPoint).where(PainPoint.survey_id == survey.id)).all()
    phrases = _own(survey, quotes & _phrases(survey, points))
    terms = _own(
        survey, {term for point in points for term in point.terms if _is_in(term, quotes if gone is None else gone)}
    )
    if phrases:
        _forget_phrases(survey, points, phrases)
    if terms:
        _forget_terms(survey, points, terms)
    if phrases or terms:
        learn_anew(survey)


def unsaid(survey: Survey, model: Model) -> Model:
    """The model without the words that no comment says any more: whoever said them was erased while it was made."""
    terms = {term for entry in model.entries for term in entry.terms}
    discovered = [entry for entry in model.entries if entry.origin == "discovered"]
    phrases = {phrase for entry in discovered for said in entry.phrases.values() for phrase in said}
    return without_phrases(without_terms(model, _own(survey, terms)), _own(survey, phrases))


def _is_in(term: str, quotes: set[str]) -> bool:
    return any(term.casefold() in quote.casefold() for quote in quotes)


def _own(survey: Survey, words: set[str]) -> set[str]:
    """Those that no other comment says, in whatever letters."""
    said = sa.select(Response.id).where(Response.survey_id == survey.id).limit(1)
    return {word for word in words if db.session.scalar(said.where(_says(word))) is None}


def _says(words: str) -> sa.ColumnElement[bool]:
    return Response.comment.icontains(words, autoescape=True)


def _phrases(survey: Survey, points: Sequence[PainPoint]) -> set[str]:
    """Every phrase that stands in the catalogue or in its history."""
    kept = [point.phrases for point in points]
    for change in _changes(survey):
        kept += [state.get("phrases") or {} for state in (*change.before.values(), *change.after.values())]
    return {phrase for phrases in kept for said in phrases.values() for phrase in said}


def _forget_phrases(survey: Survey, points: Sequence[PainPoint], gone: set[str]) -> None:
    """One left without phrases keeps its name as its phrase, and so its identity."""
    names = {str(point.id): {code: [name] for code, name in point.names.items()} for point in points}
    for point in points:
        point.phrases = _left(point.phrases, gone, names[str(point.id)])
    for change in _changes(survey):
        change.before, change.after = (_cleaned(states, gone, names) for states in (change.before, change.after))


def _forget_terms(survey: Survey, points: Sequence[PainPoint], gone: set[str]) -> None:
    for point in points:
        point.terms = [term for term in point.terms if term not in gone]
    learned = sa.select(AnalysisRun).where(AnalysisRun.survey_id == survey.id, AnalysisRun.model.is_not(None))
    for run in db.session.scalars(learned.options(undefer(AnalysisRun.model))):
        run.model = without_terms(Model.from_bytes(run.model or b""), gone).to_bytes()


def learn_anew(survey: Survey) -> None:
    """The next look makes a model that never knew what was erased."""
    survey.catalogue_version = Survey.catalogue_version + 1  # counted by the database


def _changes(survey: Survey) -> Sequence[CatalogueChange]:
    return db.session.scalars(sa.select(CatalogueChange).where(CatalogueChange.survey_id == survey.id)).all()


def _left(phrases: Phrases, gone: set[str], names: dict[str, list[str]]) -> dict[str, list[str]]:
    """The phrases without those that are gone; the names where that leaves none."""
    left = {code: [phrase for phrase in said if phrase not in gone] for code, said in phrases.items()}
    kept = {code: said for code, said in left.items() if said}
    return kept or (names if any(phrases.values()) else {})


def _cleaned(states: Mapping[str, Any], gone: set[str], names: Mapping[str, dict[str, list[str]]]) -> dict[str, Any]:
    """The columns of a change as they were, without the phrases that are gone."""
    return {
        id_: {**state, "phrases": _left(state["phrases"], gone, names.get(id_, {}))} if state.get("phrases") else state
        for id_, state in states.items()
    }
