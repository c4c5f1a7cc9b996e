"""What the numbers say, in sentences that claim no more than the tests behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.analysis import minimums
from app.analysis.pain_points.value import ValueAtRisk
from app.analysis.types import GroupCounts
from app.reports import metric_words, wording
from app.reports.beside import ShareStep
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
    if before is None or report.score.previous is None or not minimums.reached(report.score.counts.n, minimums.SCORE):
        return None
    if not report.score.previous.n:
        return Finding(gettext("No responses between %(first)s and %(last)s to compare with.", **_ends(before)))
    found = report.score.change
    if found is None or found.verdict == "suppressed":
        return Finding(gettext("Too few answers to compare."))
    if found.verdict == "none":
        return Finding(gettext("No detectable change since the previous %(days)s.", days=wording.length(before)))
    if found.verdict == "leaning":
        words = metric_words.of(report.survey.metric)
        text = gettext("%(score)s looks %(word)s (%(points)s), but this may be chance.")
        word = gettext("higher") if found.adjusted > 0 else gettext("lower")
        return Finding(text % {"score": words.short, "word": word, "points": words.change(found.value)})
    return _clear(report, found.value, wording.length(before))


def _clear(report: Report, value: float, days: str) -> Finding:
    decimals = 2 if report.survey.metric == "ces" else 0 if abs(value) >= 1 else 1
    size, short = wording.size(value, decimals), metric_words.of(report.survey.metric).short
    if value > 0:
        text = ngettext(
            "%(score)s rose by %(size)s point since the previous %(days)s: a clear change.",
            "%(score)s rose by %(size)s points since the previous %(days)s: a clear change.",
            2 if report.survey.metric == "ces" else round(abs(value)),
            score=short,
            size=size,
            days=days,
        )
        return Finding(text, "▲")
    text = ngettext(
        "%(score)s fell by %(size)s point since the previous %(days)s: a clear change.",
        "%(score)s fell by %(size)s points since the previous %(days)s: a clear change.",
        2 if report.survey.metric == "ces" else round(abs(value)),
        score=short,
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
    if not asked.answered or asked.answered > asked.loads or not minimums.reached(asked.loads, minimums.PER_CENT):
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
    found, words, score = report.score.change, metric_words.of(report.survey.metric), report.score
    if found and found.verdict == "clear" and score.previous:
        text = gettext("%(score)s rose from %(before)s to %(now)s: a clear change")
        if found.value < 0:
            text = gettext("%(score)s fell from %(before)s to %(now)s: a clear change")
        now, before = words.write(score.counts, score.interval), words.write(score.previous, score.before)
        return text % {"score": words.short, "before": before, "now": now}
    shown = [point for point in report.trend if point.interval]
    if not shown:
        return gettext("Too few answers for a trend")
    days = {"first": step(shown[0]), "last": wording.day(shown[-1].period.last)}
    return gettext("%(score)s from %(first)s to %(last)s", score=words.short, **days)


def share_trend(row: PainPoint | None, steps: Sequence[ShareStep]) -> str:
    """The finding of the trend of a pain point, as its title."""
    if row is None or not any(one.interval for one in steps):
        return gettext("Too few comments for a trend")
    share = wording.per_cent(row.numbers.frequency.value)
    now = gettext("%(share)s of %(others)s raise it", share=share, others=metric_words.of(row.metric).others)
    if row.before is None or not row.before.whole:
        return now
    before = wording.share(*row.before)
    sentences = {
        "new": gettext("%(now)s; in the period before nobody did: new", now=now),
        "rising": gettext("%(now)s, in the period before %(before)s did: rising", now=now, before=before),
        "falling": gettext("%(now)s, in the period before %(before)s did: falling", now=now, before=before),
        "none": gettext("%(now)s, in the period before %(before)s did: no detectable change", now=now, before=before),
    }
    if not minimums.reached(row.before.whole, minimums.COMPARISON):
        sentences["none"] = gettext("%(now)s, in the period before %(before)s did", now=now, before=before)
    return sentences[row.badge]


def step(point: TrendPoint | ShareStep) -> str:
    """The name of one step of the trend: its first day."""
    return wording.day(point.period.first)


def tick(point: TrendPoint | ShareStep) -> str:
    """The name of one step where there is little room: the day of a week, else the month, else the year."""
    days = point.period.days
    pattern = "d MMM" if days <= 7 else "MMM y" if days <= 92 else "y"
    return wording.pattern(point.period.first, pattern)


def view(filters: Filters, report: Report) -> str:
    """The result of the filters in a few words, for titles."""
    named = wording.language(filters.language) if filters.language else ""
    parts = [named, filters.touchpoint or "", *(value for _, value in filters.attributes)]
    if filters.from_day or filters.to_day or report.is_whole_survey:
        parts.append(wording.days(report.period))
    else:
        parts.append(gettext("last %(days)s days", days=DEFAULT_DAYS))
    return ", ".join(part for part in parts if part)


def chosen(filters: Filters, usual: str = "", metric: str = "nps") -> str:
    """Which answers the filters choose, in a few words; `usual` is what no days mean, else the last 90."""
    many = metric_words.of(metric).many
    parts = [
        _days(filters) or usual or gettext("last %(days)s days", days=DEFAULT_DAYS),
        wording.language(filters.language) if filters.language else "",
        filters.touchpoint or "",
        gettext("comments of %(group)s", group=many[filters.group]) if filters.group else "",
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
    numbers, words = row.numbers, metric_words.of(row.metric)
    who = gettext(
        "%(part)s of %(whole)s %(others)s raise it",
        part=wording.number(numbers.counts.others),
        whole=wording.number(base.others),
        others=words.others,
    )
    many = words.many
    if numbers.place is None and minimums.reached(numbers.counts.others, minimums.MENTIONS_TO_RANK):
        return gettext("%(who)s, but %(promoters)s ask for it about as often.", who=who, promoters=many["promoter"])
    if numbers.place is None:
        return gettext("%(who)s: too few to rank.", who=who)
    where = {
        "both": gettext("%(who)s, in both groups about alike.", who=who),
        "passives": gettext("%(who)s, mostly %(group)s.", who=who, group=many["passive"]),
        "detractors": gettext("%(who)s, mostly %(group)s.", who=who, group=many["detractor"]),
        None: gettext("%(who)s.", who=who),
    }
    return where[numbers.holds_back]


def in_order(report: Report) -> str:
    """What the order of the table is, in one sentence."""
    others = metric_words.of(report.survey.metric).others
    sentences = {
        "priority": gettext(
            "Ranked by how many %(others)s raise it, counted cautiously, and more when both do.", others=others
        ),
        "impact": gettext(
            "Sorted by what each costs the score, then by what could be won; ranks stay those of priority."
        ),
        "frequency": gettext("Sorted by how many %(others)s raise it; ranks stay those of priority.", others=others),
        "overlap": gettext("Sorted by how evenly %(others)s raise it; ranks stay those of priority.", others=others),
        "trend": gettext("Sorted by how clearly it grew since the period before; ranks stay those of priority."),
        "value": gettext("Sorted by what the customers who raise it are worth; ranks stay those of priority."),
    }
    return sentences[report.filters.sort]


def holds_back(row: PainPoint) -> str:
    """Whom it holds back; a dash where a group is empty."""
    many = metric_words.of(row.metric).many
    words = {
        "both": gettext("both groups"),
        "passives": gettext("mostly %(group)s", group=many["passive"]),
        "detractors": gettext("mostly %(group)s", group=many["detractor"]),
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
    """The most that can be won; empty where that cannot be told."""
    if row.numbers.one_step_gain is None:
        return ""
    people = wording.number(row.numbers.counts.others)
    points = wording.size(row.numbers.one_step_gain)
    return metric_words.of(row.metric).gain % {"points": points, "people": people}


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
