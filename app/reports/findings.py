"""What the numbers say, in sentences that claim no more than the tests behind them."""

from __future__ import annotations

from dataclasses import dataclass

from app.analysis import minimums
from app.analysis.pain_points.value import ValueAtRisk
from app.analysis.types import GroupCounts
from app.reports import wording
from app.reports.filters import DEFAULT_DAYS, Filters
from app.reports.report import PainPoint, Report, TrendPoint
from app.reports.translating import gettext, ngettext


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence, and an arrow where the test allows one."""

    text: str
    arrow: str = ""


def change(report: Report) -> Finding | None:
    """What became of the score since the period before; None without a comparison."""
    before = report.previous_period
    if before is None or report.nps.previous is None or not minimums.reached(report.nps.counts.n, minimums.SCORE):
        return None
    if not report.nps.previous.n:
        return Finding(gettext("No responses between %(first)s and %(last)s to compare with.", **_ends(before)))
    found = report.nps.change
    if found is None or found.verdict == "suppressed":
        return Finding(gettext("Too few answers to compare."))
    if found.verdict == "none":
        return Finding(gettext("No detectable change since the previous %(days)s.", days=wording.length(before)))
    if found.verdict == "leaning":
        text = gettext("NPS looks %(word)s (%(points)s), but this may be chance.")
        word = gettext("higher") if found.adjusted > 0 else gettext("lower")
        return Finding(text % {"word": word, "points": wording.points(found.value)})
    return _clear(found.value, wording.length(before))


def _clear(value: float, days: str) -> Finding:
    decimals = 0 if abs(value) >= 1 else 1
    size = wording.size(value, decimals)
    if value > 0:
        text = ngettext(
            "NPS rose by %(size)s point since the previous %(days)s: a clear change.",
            "NPS rose by %(size)s points since the previous %(days)s: a clear change.",
            round(abs(value)),
            size=size,
            days=days,
        )
        return Finding(text, "▲")
    text = ngettext(
        "NPS fell by %(size)s point since the previous %(days)s: a clear change.",
        "NPS fell by %(size)s points since the previous %(days)s: a clear change.",
        round(abs(value)),
        size=size,
        days=days,
    )
    return Finding(text, "▼")


def _ends(period: object) -> dict[str, str]:
    return {"first": wording.day(period.first), "last": wording.day(period.last)}  # type: ignore[attr-defined]


def response_rate(report: Report) -> str:
    """How many of those who were shown the question answered; empty without loads, or where they are not known."""
    asked = report.asked
    if not asked.loads:
        return ""
    counts = gettext("%(part)s of %(whole)s", part=wording.number(asked.answered), whole=wording.number(asked.loads))
    if asked.answered > asked.loads or not minimums.reached(asked.loads, minimums.PER_CENT):
        return gettext("%(counts)s loads answered", counts=counts)
    share = wording.share(asked.answered, asked.loads)
    return gettext("%(share)s of loads answered (%(counts)s)", share=share, counts=counts)


def comment_rate(report: Report) -> str:
    """How many of those who answered said why; empty without answers."""
    asked = report.asked
    if not asked.responses:
        return ""
    return gettext("%(share)s with a comment", share=wording.share(asked.comments, asked.responses))


def trend(report: Report) -> str:
    """The finding of the trend, as its title."""
    found = report.nps.change
    if found and found.verdict == "clear" and report.nps.previous:
        text = gettext("NPS rose from %(before)s to %(now)s: a clear change")
        if found.value < 0:
            text = gettext("NPS fell from %(before)s to %(now)s: a clear change")
        return text % {"before": wording.score(report.nps.previous), "now": wording.score(report.nps.counts)}
    shown = [point for point in report.trend if point.interval]
    if not shown:
        return gettext("Too few answers for a trend")
    return gettext("NPS from %(first)s to %(last)s", first=step(shown[0]), last=wording.day(shown[-1].period.last))


def step(point: TrendPoint) -> str:
    """The name of one step of the trend: its first day."""
    return wording.day(point.period.first)


def tick(point: TrendPoint) -> str:
    """The name of one step where there is little room: the day of a week, else the month, else the year."""
    days = point.period.days
    pattern = "d MMM" if days <= 7 else "MMM y" if days <= 92 else "y"
    return wording.pattern(point.period.first, pattern)


def view(filters: Filters, report: Report) -> str:
    """The result of the filters in a few words, for titles."""
    parts = [filters.language or "", filters.touchpoint or "", *(value for _, value in filters.attributes)]
    if filters.from_day or filters.to_day or report.is_whole_survey:
        parts.append(wording.days(report.period))
    else:
        parts.append(gettext("last %(days)s days", days=DEFAULT_DAYS))
    return ", ".join(part for part in parts if part)


def chosen(filters: Filters, usual: str = "") -> str:
    """Which answers the filters choose, in a few words; `usual` is what no days mean, else the last 90."""
    parts = [
        _days(filters) or usual or gettext("last %(days)s days", days=DEFAULT_DAYS),
        wording.language(filters.language) if filters.language else "",
        filters.touchpoint or "",
        gettext("comments of %(group)ss", group=filters.group) if filters.group else "",
        *(f"{name}: {value}" for name, value in filters.attributes),
    ]
    return ", ".join(part for part in parts if part)


def _days(filters: Filters) -> str:
    if filters.from_day and not filters.to_day:
        return gettext("from %(day)s on", day=wording.day(filters.from_day))
    period = filters.period(filters.to_day) if filters.to_day else None
    return wording.days(period) if period else ""


def why(row: PainPoint, base: GroupCounts) -> str:
    """Why a pain point stands where it stands, in one sentence."""
    numbers = row.numbers
    who = gettext(
        "%(part)s of %(whole)s passives and detractors raise it",
        part=wording.number(numbers.counts.others),
        whole=wording.number(base.others),
    )
    if numbers.place is None and minimums.reached(numbers.counts.others, minimums.MENTIONS_TO_RANK):
        return gettext("%(who)s, but promoters ask for it about as often.", who=who)
    if numbers.place is None:
        return gettext("%(who)s: too few to rank.", who=who)
    where = {
        "both": gettext("%(who)s, in both groups about alike."),
        "passives": gettext("%(who)s, mostly passives."),
        "detractors": gettext("%(who)s, mostly detractors."),
        None: gettext("%(who)s."),
    }
    return where[numbers.holds_back] % {"who": who}


def holds_back(row: PainPoint) -> str:
    """Whom it holds back; a dash where a group is empty."""
    words = {
        "both": gettext("both groups"),
        "passives": gettext("mostly passives"),
        "detractors": gettext("mostly detractors"),
        None: wording.DASH,
    }
    return words[row.numbers.holds_back]


def costs(row: PainPoint) -> str | None:
    """What it costs in points; None where the impact is not negative."""
    impact = row.numbers.impact
    if impact is None or impact.value >= 0:
        return None
    return gettext("costs %(points)s", points=wording.size(impact.value))


def cost_range(row: PainPoint) -> str | None:
    """The interval of what it costs, from little to much; None below 5 people."""
    impact = row.numbers.impact
    if impact is None or impact.low is None or impact.high is None:
        return None
    least, most = wording.points(-impact.high, 1).lstrip("+"), wording.points(-impact.low, 1).lstrip("+")
    return gettext("%(low)s to %(high)s", low=least, high=most)


def value(report: Report, risk: ValueAtRisk | None) -> str | None:
    """What the customers at risk are worth; None where nobody's value is known."""
    if risk is None or not risk.known or risk.amount is None:
        return None
    return wording.amount(risk.amount, report.survey.currency)


def value_known(risk: ValueAtRisk) -> str:
    """For how many of the customers at risk the value is known: it is never scaled up to the others."""
    return gettext("known for %(known)s of %(all)s", known=wording.number(risk.known), all=wording.number(risk.at_risk))


def gain(row: PainPoint) -> str:
    """The most that can be won."""
    return gettext(
        "up to %(points)s points if all %(people)s moved up one group",
        points=wording.size(row.numbers.one_step_gain),
        people=wording.number(row.numbers.counts.others),
    )


def rank(row: PainPoint) -> str:
    """How sure the rank is: how often the place comes out again, or between which places it lies."""
    found = row.rank_range
    if found is None:
        return ""
    if found.low == found.high:
        return gettext("rank %(place)s in %(share)s", place=found.low, share=wording.per_cent(found.share))
    return gettext("rank %(low)s–%(high)s in 95 %%", low=found.low, high=found.high)


def tie(row: PainPoint, report: Report) -> str:
    """What is said above the first of several neighbours that cannot be told apart; empty for all others."""
    for first, last in report.tie_bands:
        if row.numbers.place == first and report.filters.sort == "priority":
            return gettext("Ranks %(first)s–%(last)s cannot be told apart.", first=first, last=last)
    return ""


def is_tied(row: PainPoint, report: Report) -> bool:
    """Whether it stands among neighbours that cannot be told apart."""
    in_order = report.filters.sort == "priority"
    return in_order and any(first <= (row.numbers.place or 0) <= last for first, last in report.tie_bands)


def acting(row: PainPoint) -> str:
    """What is done about it; empty as long as it is open and nobody's."""
    if row.status == "open" and not (row.owner or row.due_on):
        return ""
    due = gettext("due %(day)s", day=wording.day(row.due_on)) if row.due_on else ""
    late = gettext("overdue") if row.is_overdue else ""
    parts = (wording.statuses().get(row.status, row.status), row.owner or row.department, due, late)
    return ", ".join(part for part in parts if part)


def badge(row: PainPoint) -> str:
    """New, rising or falling, in words; empty without a badge."""
    words = {"new": gettext("new"), "rising": gettext("rising"), "falling": gettext("falling"), "none": ""}
    return words[row.badge]
