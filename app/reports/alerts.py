"""What an alert says: one line of title, a line for each thing, and why nothing would be told now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from app.analysis import alerts
from app.analysis.alerts import Drop, SilenceWhy
from app.analysis.nps.change import change
from app.analysis.nps.score import score_interval
from app.analysis.types import GroupCounts
from app.reports import metric_words, wording
from app.reports.translating import gettext, ngettext

Facts = Mapping[str, Any]


def kinds(metric: str = "nps") -> dict[str, str]:
    """What can be told of a survey with this metric, in the words of the settings."""
    return _kinds() if metric == "nps" else _others()


def _others() -> dict[str, str]:
    """The same where no NPS is asked for."""
    named = {**_kinds(), "detractor.arrived": gettext("A low score has come in")}
    named.pop("nps.dropped")
    return named


def _kinds() -> dict[str, str]:
    return {
        "nps.dropped": gettext("The NPS has dropped"),
        "detractor.arrived": gettext("A detractor has answered"),
        "pain_point.new": gettext("A pain point is new"),
        "pain_point.rising": gettext("A pain point is rising"),
        "fix.measured": gettext("The effect of a fix is measured"),
        "pain_point.due": gettext("A pain point is due tomorrow, or overdue"),
        "case.overdue": gettext("A case is overdue"),
        "survey.quiet": gettext("A survey has fallen silent"),
    }


def title(kind: str, survey: str, found: Sequence[Facts], metric: str = "nps") -> str:
    """The one line that says it; it never holds a comment's words."""
    if kind == "detractor.arrived" and metric != "nps":
        return f"{survey}: {_low(found)}"
    if len(found) == 1:
        return f"{survey}: {_one(kind, found[0])}"
    return f"{survey}: {_many(kind, found)}"


def _one(kind: str, facts: Facts) -> str:
    name = facts.get("name", "")
    if kind == "nps.dropped":
        return gettext("NPS fell from %(before)s to %(now)s", before=_score(facts["before"]), now=_score(facts["now"]))
    if kind == "detractor.arrived":
        return gettext("a detractor gave %(score)s", score=facts["score"])
    if kind == "pain_point.due":
        return _due_title(facts)
    words = {
        "pain_point.new": gettext("new: %(name)s", name=name),
        "pain_point.rising": gettext("rising: %(name)s", name=name),
        "fix.measured": gettext("measured: %(name)s", name=name),
        "case.overdue": gettext("a case is overdue"),
        "survey.quiet": gettext("no answer for 7 days"),
    }
    return words[kind]


def _low(found: Sequence[Facts]) -> str:
    """Low scores of a metric that has no detractors."""
    if len(found) == 1:
        return gettext("somebody gave %(score)s", score=found[0]["score"])
    return gettext("%(number)s low scores came in", number=wording.number(len(found)))


def _due_title(facts: Facts) -> str:
    if facts["is_overdue"]:
        return gettext("overdue: %(name)s", name=facts["name"])
    return gettext("due tomorrow: %(name)s", name=facts["name"])


def _many(kind: str, found: Sequence[Facts]) -> str:
    number = wording.number(len(found))
    words = {
        "detractor.arrived": gettext("%(number)s detractors answered", number=number),
        "pain_point.new": gettext("%(number)s pain points are new", number=number),
        "pain_point.rising": gettext("%(number)s pain points are rising", number=number),
        "pain_point.due": gettext("%(number)s pain points are due or overdue", number=number),
        "fix.measured": gettext("%(number)s fixes are measured", number=number),
        "case.overdue": gettext("%(number)s cases are overdue", number=number),
    }
    return words.get(kind) or _one(kind, found[-1])


def line(kind: str, facts: Facts, metric: str = "nps") -> str:
    """What one thing says: number, interval, n and word."""
    others = metric_words.of(metric).others
    lines: dict[str, Callable[[Facts], str]] = {
        "nps.dropped": _drop,
        "detractor.arrived": _detractor,
        "pain_point.new": partial(_new, others),
        "pain_point.rising": partial(_rising, others),
        "fix.measured": _measured,
        "pain_point.due": _due,
        "case.overdue": _case,
        "survey.quiet": _quiet,
    }
    return lines[kind](facts)


def _drop(facts: Facts) -> str:
    before, now = GroupCounts(*facts["before"]), GroupCounts(*facts["now"])
    tested = change(before, now)
    fell = wording.points(tested.value) if tested else wording.DASH
    return gettext(
        "NPS %(now)s (%(range)s, %(n)s answers) from %(first)s to %(last)s, after %(before)s "
        "(%(range_before)s, %(n_before)s answers) in the 28 days before: %(fell)s points, a clear change.",
        now=wording.score(now),
        range=wording.score_range(score_interval(now)),
        n=wording.number(now.n),
        first=_day(facts["from"]),
        last=_day(facts["to"]),
        before=wording.score(before),
        range_before=wording.score_range(score_interval(before)),
        n_before=wording.number(before.n),
        fell=fell,
    )


def _detractor(facts: Facts) -> str:
    where = [facts["touchpoint"], wording.language(facts["language"]) if facts["language"] else None]
    told = ", ".join(filter(None, where))
    moment = wording.moment(datetime.fromisoformat(facts["at"]))
    words = gettext("with a comment") if facts["has_comment"] else gettext("without a comment")
    text = gettext("Score %(score)s, %(words)s, %(moment)s", score=facts["score"], words=words, moment=moment)
    return f"{text} ({told})." if told else f"{text}."


def _share(part: float, whole: float, others: str) -> str:
    return gettext(
        "%(part)s of %(whole)s %(others)s (%(share)s)",
        others=others,
        part=wording.number(part),
        whole=wording.number(whole),
        share=wording.share(part, whole),
    )


def _new(others: str, facts: Facts) -> str:
    who = _share(facts["part"], facts["whole"], others)
    return gettext("%(name)s: %(who)s raise it now, nobody in the 90 days before.", name=facts["name"], who=who)


def _rising(others: str, facts: Facts) -> str:
    return gettext(
        "%(name)s: %(who)s raise it now, %(before)s in the 90 days before. Of all such badges at most 1 in 10 is "
        "expected to be false.",
        name=facts["name"],
        who=_share(facts["part"], facts["whole"], others),
        before=wording.per_cent(facts["previous"]),
    )


def _measured(facts: Facts) -> str:
    return gettext(
        "%(name)s, fixed on %(day)s: %(effect)s",
        name=facts["name"],
        day=_day(facts["fixed_on"]),
        effect=facts["effect"],
    )


def _due(facts: Facts) -> str:
    day, owner = _day(facts["due_on"]), facts["owner"] or facts["department"] or gettext("nobody")
    if facts["is_overdue"]:
        return gettext("%(name)s was due on %(day)s and is not done. Owner: %(owner)s.",
                       name=facts["name"], day=day, owner=owner)  # fmt: skip
    return gettext("%(name)s is due tomorrow, %(day)s. Owner: %(owner)s.", name=facts["name"], day=day, owner=owner)


def _case(facts: Facts) -> str:
    owner = facts["owner"] or gettext("nobody")
    return gettext("A case with score %(score)s waits since %(day)s. Owner: %(owner)s.",
                   score=facts["score"], day=_day(facts["since"]), owner=owner)  # fmt: skip


def _quiet(facts: Facts) -> str:
    loads = ngettext("The question was shown %(num)s time.", "The question was shown %(num)s times.", facts["loads"])
    if not facts["loads"]:
        loads = gettext("The question was not shown either: browsers do not report a frame that they refuse, so look "
                        "at the sites that may show it and at the tag on your page.")  # fmt: skip
    return gettext("No answer for 7 days, after %(before)s in the 28 days before. %(loads)s",
                   before=wording.number(facts["before"]), loads=loads)  # fmt: skip


def _score(counts: Sequence[int]) -> str:
    return wording.score(GroupCounts(*counts))


def _day(text: str) -> str:
    return wording.day(date.fromisoformat(text))


def why_drop(drop: Drop) -> str:
    """Why a drop is told, or why not."""
    least = min(drop.before.n, drop.now.n)
    points = wording.points(drop.tested.value) if drop.tested else wording.DASH
    words = {
        "fires": gettext("%(points)s points, a clear change", points=points),
        "too few": gettext("%(n)s of 30 answers", n=wording.number(least)),
        "no drop": gettext("the NPS has not fallen (%(points)s)", points=points),
        "small": gettext("%(points)s points are less than 5", points=points),
        "not sure": gettext("%(points)s points may be chance (p %(p)s, needed below .01)", points=points, p=_p(drop)),
        "told lately": gettext("%(points)s points, but it was told lately", points=points),
    }
    return words[drop.why]


def _p(drop: Drop) -> str:
    return wording.size(drop.tested.p, 2) if drop.tested else wording.DASH


def why_silent(why: SilenceWhy, recent: int, before: int) -> str:
    """Why silence is told, or why not."""
    words = {
        "fires": gettext("no answer for 7 days"),
        "answers came": ngettext("%(num)s answer in 7 days", "%(num)s answers in 7 days", recent),
        "too few before": gettext(
            "%(n)s of %(least)s answers in the 28 days before", n=before, least=alerts.SILENCE_BASE
        ),
    }
    return words[why]


def why_nobody(number: int, metric: str = "nps") -> str:
    """Why no low score of the last 24 hours is told: there is none, or so many were told."""
    if metric != "nps":
        told = ngettext("%(num)s low score in 24 hours, told", "%(num)s low scores in 24 hours, told", number)
        return told if number else gettext("no low score in 24 hours")
    told = ngettext("%(num)s detractor in 24 hours, told", "%(num)s detractors in 24 hours, told", number)
    return told if number else gettext("no detractor in 24 hours")


def why_points(badge: str, seen: int, news: int, waits: str = "") -> str:
    """Why badges of pain points are told, or why not."""
    if waits:
        return waits
    if not seen:
        words = {"new": gettext("no pain point is new"), "rising": gettext("no pain point is rising")}
        return words[badge]
    if not news:
        return gettext("told before")
    return ngettext("%(num)s pain point", "%(num)s pain points", news)
