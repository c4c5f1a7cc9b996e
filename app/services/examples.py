"""Real quotes for each pain point."""

from __future__ import annotations

from collections.abc import Collection

from app.models import Survey, quotes
from app.models.queries import Scope
from app.models.quotes import Candidate, Said
from app.reports.quotes import choose
from app.reports.report import Quote
from app.services.periods import day_of


def examples(survey: Survey, scope: Scope, point_ids: Collection[int]) -> dict[int, tuple[Quote, ...]]:
    """Up to three quotes for each of these pain points, by its id."""
    by_point: dict[int, list[Candidate]] = {id_: [] for id_ in point_ids}
    for candidate in quotes.candidates(scope):
        by_point.get(candidate.point_id, []).append(candidate)
    chosen = {id_: choose(candidates) for id_, candidates in by_point.items()}
    every = [one for some in chosen.values() for one in some]
    texts = quotes.texts(survey.id, {one.response_id for one in every}, scope.run_id)
    terms = quotes.terms({one.mention_id for one in every})
    there = {id_: [one for one in some if one.mention_id in terms] for id_, some in chosen.items()}
    return {
        id_: tuple(_quote(survey, one, texts[one.response_id], terms[one.mention_id]) for one in some)
        for id_, some in there.items()
    }


def _quote(survey: Survey, mention: Candidate, said: Said, terms: list[list[int]]) -> Quote:
    return Quote(
        response_id=said.response_id,
        score=said.score,
        group=said.group,
        language=mention.language,
        answered_on=day_of(said.created_at, survey),
        text=said.text,
        start=mention.start,
        end=mention.end,
        marks=marks(mention.start, mention.end, terms),
    )


def marks(start: int, end: int, terms: list[list[int]]) -> tuple[tuple[int, int], ...]:
    """The words to mark: those that put the mention there, or the whole mention when it was its meaning."""
    return tuple((first, last) for first, last in terms) or ((start, end),)
