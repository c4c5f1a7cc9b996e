"""Comments to read: all that raise a pain point, or the latest ones where there are too few for a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from app.errors import NotFound
from app.models import MentionRow, Survey, merging, queries, quotes
from app.models import PainPoint as Known
from app.models.queries import Scope
from app.models.quotes import Said
from app.reports.filters import Filters
from app.reports.report import Marks, PainPoint, Report
from app.services import reports
from app.services.examples import marks
from app.services.periods import day_of
from app.services.places import Place

ON_A_PAGE = 25
Order = Literal["newest", "strongest"]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A comment with the words to mark, and the pain points it raises besides, as (id, name).

    `quotes` are the mentions that put it here, as (place, words).
    """

    response_id: int
    score: int
    group: str
    language: str
    answered_on: date
    text: str
    marks: Marks
    others: tuple[tuple[str, str], ...]
    quotes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Comments:
    """One page of comments of `number` in all. `pages` counts from 1; there is always a first one."""

    spoken: tuple[Spoken, ...]
    number: int
    page: int
    pages: int

    @property
    def nearby(self) -> list[int]:
        """The pages to offer: the first, the last, and those around this one."""
        around = range(self.page - 2, self.page + 3)
        return sorted({page for page in (1, *around, self.pages) if 1 <= page <= self.pages})


@dataclass(frozen=True, slots=True)
class Evidence:
    """A pain point in one view: its row of the report, None if nobody raises it there, and what people said."""

    report: Report
    id: str
    point: Known
    name: str
    row: PainPoint | None
    comments: Comments
    is_hidden: bool
    choices: tuple[tuple[str, str], ...]  # the visible pain points as (id, name), by name


@dataclass(frozen=True, slots=True)
class Reading:
    """How comments are to be listed: page `page`, in which order."""

    page: int = 1
    order: Order = "newest"


def build(
    survey: Survey, key: str, filters: Filters, now: datetime, reading: Reading, language: str = "en"
) -> Evidence:
    """Everything about one pain point in one view; NotFound if there is none such, or no such page of comments."""
    point = next((one for one in queries.catalogue(survey.id) if one.key == key), None)
    if point is None:
        raise NotFound("There is no such pain point.")
    report = reports.build(survey, filters, now, language)
    row = next((row for row in report.pain_points if row.id == key), None)
    reader = _Reader(survey, report, language)
    choices = tuple(sorted(reader.names.values(), key=lambda choice: choice[1].casefold()))
    comments = reader.about(point, reading)
    return Evidence(report, key, point, point.name(language), row, comments, point.is_hidden, choices)


def latest(survey: Survey, report: Report, language: str = "en") -> Comments:
    """The latest comments of a view, whatever they raise; none where they are withheld."""
    return _Reader(survey, report, language).latest()


def all_in(
    survey: Survey, report: Report, page: int = 1, language: str = "en", *, only_unassigned: bool = False
) -> Comments:
    """All comments of a view, or those that complain or wish for something unknown; NotFound for no such page."""
    return _Reader(survey, report, language).all(page, only_unassigned=only_unassigned)


class _Reader:
    """Lists comments of the view of a report."""

    def __init__(self, survey: Survey, report: Report, language: str) -> None:
        self.survey = survey
        self.is_withheld = report.is_withheld
        window = report.period.moments(survey.timezone)
        self.scope = Scope(survey.id, report.analysis.id, report.filters, window)
        visible = (point for point in queries.catalogue(survey.id) if point.is_visible)
        self.names = {point.id: (point.key, point.name(language)) for point in visible}
        self.merged = merging.merged(survey.id)

    def about(self, point: Known, reading: Reading) -> Comments:
        found = quotes.said(self.scope, point_id=point.id)
        number = quotes.count(found)
        pages = max(1, -(-number // ON_A_PAGE))
        if reading.page > pages:
            raise NotFound("There are no more comments.")
        strength = quotes.strength(self.scope.run_id, point.id) if reading.order == "strongest" else None
        ids = quotes.page(found, (reading.page - 1) * ON_A_PAGE, ON_A_PAGE, strength)
        return Comments(self._spoken(ids, point), number, reading.page, pages)

    def all(self, page: int, *, only_unassigned: bool) -> Comments:
        found = quotes.unassigned(self.scope) if only_unassigned else quotes.said(self.scope)
        number = quotes.count(found)
        pages = max(1, -(-number // ON_A_PAGE))
        if page > pages:
            raise NotFound("There are no more comments.")
        ids = quotes.page(found, (page - 1) * ON_A_PAGE, ON_A_PAGE)
        return Comments(self._spoken(ids, None), number, page, pages)

    def latest(self) -> Comments:
        found = quotes.said(self.scope)
        return Comments(self._spoken(quotes.page(found, 0, ON_A_PAGE), None), quotes.count(found), 1, 1)

    def _spoken(self, ids: Sequence[int], point: Known | None) -> tuple[Spoken, ...]:
        if self.is_withheld:
            return ()
        texts = quotes.texts(self.survey.id, ids, self.scope.run_id)
        mentions: dict[int, list[MentionRow]] = {id_: [] for id_ in ids}
        for mention in quotes.mentions_in(ids, self.scope.run_id):
            mentions[mention.response_id].append(mention)
        return tuple(self._one(texts[id_], mentions[id_], point) for id_ in ids)

    def _one(self, said: Said, mentions: Sequence[MentionRow], point: Known | None) -> Spoken:
        own = [one for one in mentions if point and self._about(one) == point.id]
        others = {self._about(one) for one in mentions if one not in own} & self.names.keys()
        return Spoken(
            response_id=said.response_id,
            score=said.score,
            group=said.group,
            language=said.language or "und",
            answered_on=day_of(said.created_at, self.survey),
            text=said.text,
            marks=tuple(mark for one in own for mark in marks(one.start, one.end, one.terms)),
            others=tuple(sorted((self.names[id_] for id_ in others), key=lambda name: name[1])),
            quotes=tuple(_quote(said, one) for one in own),
        )

    def _about(self, mention: MentionRow) -> int:
        """The pain point that it is listed under."""
        found = mention.pain_point_id or 0
        return self.merged.get(found, found)


def _quote(said: Said, mention: MentionRow) -> tuple[str, str]:
    """A mention by its place, and its words."""
    place = Place(said.response_id, mention.start, mention.end)
    return str(place), said.text[mention.start : mention.end]
