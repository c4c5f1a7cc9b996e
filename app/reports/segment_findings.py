"""What segments and comparisons say, in sentences that claim no more than the tests behind them."""

from __future__ import annotations

from app.reports import wording
from app.reports.filters import ATTRIBUTE, Period
from app.reports.segments import PERIOD, ComparedPoint, Comparison, Segment, Segments, Side
from app.reports.translating import gettext, ngettext


def kind(by: str) -> str:
    """What segments are told apart by, as people call it."""
    words = {"touchpoint": gettext("Touchpoint"), "language": gettext("Language"), PERIOD: gettext("Period")}
    return words.get(by) or by.removeprefix(ATTRIBUTE)


def value(by: str, name: str) -> str:
    """A value as people call it."""
    return wording.language(name) if by == "language" else name


def standing(row: Segment) -> str:
    """How a segment stands to everybody else, in words; empty where that is not asked."""
    words = {
        "below": gettext("clearly below everybody else"),
        "above": gettext("clearly above everybody else"),
        "alike": gettext("no detectable difference"),
        "too few": gettext("too few answers to compare"),
        None: "",
    }
    return words[row.standing]


def finding(told: Segments) -> str:
    """Who is unhappy, in one sentence."""
    names = [f"“{value(told.by, row.value)}”" for row in told.unhappy]
    if told.by == "language":
        return gettext("Habits of answering differ between languages, so their scores are not compared.")
    if not names:
        return gettext("No segment scores clearly below everybody else.")
    return ngettext(
        "%(names)s scores clearly below everybody else.",
        "%(names)s score clearly below everybody else.",
        len(names),
        names=", ".join(names),
    )


def unhappy(row: Segment, told: Segments) -> str:
    """One segment that is clearly below the others, with both scores."""
    if row.against is None or row.against.difference is None or row.interval is None:
        return ""
    return gettext(
        "NPS %(score)s among %(people)s answers, %(gap)s points below everybody else in this view.",
        score=wording.score(row.counts),
        people=wording.number(row.counts.n),
        gap=wording.size(abs(row.against.difference.value), 0),
    )


def difference(told: Comparison) -> str:
    """Whether the scores of both sides really differ."""
    found = told.difference
    if told.by == "language":
        return gettext(
            "Habits of answering differ between languages, so their scores are not compared. What people complain "
            "about can be."
        )
    if found is None or told.verdict == "suppressed":
        return gettext("Too few answers to compare.")
    if told.verdict == "none":
        return gettext("No detectable difference between the scores.")
    if told.verdict == "leaning":
        word = gettext("higher") if found.adjusted > 0 else gettext("lower")
        text = gettext("%(side)s looks %(word)s (%(points)s), but this may be chance.")
        return text % {"side": name(told.first), "word": word, "points": wording.points(found.value)}
    text = gettext("%(first)s scores %(points)s points higher than %(second)s: a clear difference.")
    if found.value < 0:
        text = gettext("%(first)s scores %(points)s points lower than %(second)s: a clear difference.")
    points = wording.size(found.value, 0 if abs(found.value) >= 1 else 1)
    return text % {"first": name(told.first), "second": name(told.second), "points": points}


def name(side: Side) -> str:
    """A side within a sentence."""
    return f"“{side.label}”"


def more(row: ComparedPoint, told: Comparison) -> str:
    """Which side raises a pain point clearly more."""
    words = {
        "first": gettext("clearly more: %(side)s", side=told.first.label),
        "second": gettext("clearly more: %(side)s", side=told.second.label),
        "neither": gettext("may be chance") if _leans(row) else gettext("no detectable difference"),
        "too few": gettext("too few to compare"),
    }
    return words[row.tested.more]


def _leans(row: ComparedPoint) -> bool:
    """Whether it alone would have been called different, but not among so many."""
    found = row.tested.difference
    return found is not None and (found.low > 0 or found.high < 0)


def gap(row: ComparedPoint) -> str:
    """By how many points the shares differ; empty where there was too little to test."""
    if row.tested.difference is None or row.tested.more == "too few":
        return ""
    return wording.points(100 * row.tested.difference.value)


def gap_range(row: ComparedPoint) -> str:
    """The 90 % interval of that."""
    found = row.tested.difference
    if found is None or row.tested.more == "too few":
        return ""
    return gettext("%(low)s to %(high)s", low=wording.points(100 * found.low), high=wording.points(100 * found.high))


def is_overlapping(first: Period, second: Period) -> bool:
    """Whether two periods share a day."""
    return first.first <= second.last and second.first <= first.last
