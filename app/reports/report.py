"""The one Report object behind page, JSON, CSV, command line and digest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from app.analysis.metrics import METRICS, Metric
from app.analysis.nps.change import Change
from app.analysis.nps.rates import comment_rate, response_rate
from app.analysis.pain_points.rank import Ranked
from app.analysis.pain_points.rank_range import RankRange
from app.analysis.pain_points.trend import Badge, Share
from app.analysis.pain_points.value import ValueAtRisk
from app.analysis.types import Group, GroupCounts, Interval, Origin, Verdict
from app.reports.filters import Filters, Period
from app.reports.under_way import UnderWay

Marks = tuple[tuple[int, int], ...]  # places in a comment, in code points, the end excluded


@dataclass(frozen=True, slots=True)
class SurveyHead:
    """Which survey is reported on."""

    key: str
    name: str
    kind: str
    timezone: str
    currency: str = ""
    value_basis: str = "revenue"
    metric: str = "nps"


@dataclass(frozen=True, slots=True)
class Analysis:
    """The analysis that the pain points rest on. `pending` counts comments of the survey it has not read yet.

    All but `pending` is None before the first one. `failed_at` is set when a newer one failed, so that this one is
    shown in its place.
    """

    id: int | None
    finished_at: datetime | None
    method: str | None
    pending: int
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The score of the period. `interval` is None below 5 answers; `change` is None without a comparison.

    `before` is the score of the period before, `other` the second figure of a metric that has one; None as `interval`.
    """

    counts: GroupCounts
    interval: Interval | None
    previous: GroupCounts | None
    change: Change | None
    verdict: Verdict | None
    before: Interval | None = None
    other: Interval | None = None


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The score of one step of the trend; `interval` is None below 5 answers."""

    period: Period
    counts: GroupCounts
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Quote:
    """One mention in its comment: `start`…`end` is the mention, `marks` the words that put it there."""

    response_id: int
    score: int
    group: Group
    language: str
    answered_on: date
    text: str
    start: int
    end: int
    marks: Marks = ()


@dataclass(frozen=True, slots=True)
class PainPoint:
    """One row of the ranking with its evidence. `previous` and `weeks` are shares of passives and detractors;
    `before` is the former in counts."""

    id: str
    name: str
    origin: Origin
    numbers: Ranked
    previous: float | None
    badge: Badge
    rank_range: RankRange | None
    terms: tuple[str, ...]
    examples: tuple[Quote, ...]
    weeks: tuple[float | None, ...]
    department: str
    owner: str | None
    status: str
    due_on: date | None = None
    is_overdue: bool = False
    is_pinned: bool = False
    value_at_risk: ValueAtRisk | None = None
    before: Share | None = None
    metric: str = "nps"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A day on which something changed that is to be marked on the axis of time: the widget came to `layout`."""

    on: date
    layout: int


@dataclass(frozen=True, slots=True)
class Asked:
    """How often the question was shown and answered. Answers by mail, API and import have no load.

    `loads` is None where it is not known for the view; `answered` are the responses to those loads.
    """

    loads: int | None
    answered: int
    responses: int
    comments: int

    @property
    def response_rate(self) -> float | None:
        """Answered loads by loads; above 1 when loads were lost."""
        return None if self.loads is None else response_rate(self.answered, self.loads)

    @property
    def comment_rate(self) -> float | None:
        """The share of responses with a comment."""
        return comment_rate(self.comments, self.responses)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report says about one view of a survey. The same data and filters give the same report.

    `comments` counts respondents with a comment the analysis has read: the base of all pain points. `tie_bands` are
    runs of ranks (first, last) that cannot be told apart. `is_whole_survey` says that the default period was empty
    and all answers are shown instead; `is_withheld` that comments stay closed because too few people are in view.
    `hidden` counts pain points that people keep out of it, `quarantined` suspicious answers to the survey that wait.
    `value_at_risk` is that of all customers at risk together, None if the survey does not say how long customers stay.
    `under_way` is of the whole survey, whatever the filters.
    """

    survey: SurveyHead
    filters: Filters
    period: Period
    previous_period: Period | None
    is_whole_survey: bool
    is_withheld: bool
    analysis: Analysis
    score: Score
    distribution: tuple[int, ...]
    trend: tuple[TrendPoint, ...]
    comments: GroupCounts
    ranked: tuple[PainPoint, ...]
    shared_requests: tuple[PainPoint, ...]
    too_few: tuple[PainPoint, ...]
    has_ranking: bool
    tie_bands: tuple[tuple[int, int], ...]
    report_overlap: float | None
    unassigned: int
    asked: Asked
    hidden: int = 0
    quarantined: int = 0
    value_at_risk: ValueAtRisk | None = None
    under_way: UnderWay = field(default_factory=UnderWay)
    milestones: tuple[Milestone, ...] = ()

    @property
    def metric(self) -> Metric:
        """What the survey measures."""
        return METRICS[self.survey.metric]

    @property
    def has_values(self) -> bool:
        """Whether somebody at risk has a known value."""
        return self.value_at_risk is not None and bool(self.value_at_risk.known)

    @property
    def pain_points(self) -> tuple[PainPoint, ...]:
        """All pain points, ranked or not."""
        return self.ranked + self.shared_requests + self.too_few

    @property
    def table(self) -> tuple[PainPoint, ...]:
        """What the table lists: the ranked ones, then those that are pinned though they have no rank."""
        return self.ranked + tuple(row for row in self.shared_requests + self.too_few if row.is_pinned)
