"""Why a comment is listed where it is: what page, API and command line tell, and the sentences they tell it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from unicodedata import bidirectional

from app.analysis.metrics import METRICS, Metric
from app.analysis.pain_points.assign import MARGIN
from app.analysis.pain_points.nearest import Near, Shared
from app.analysis.reasons import Fit, Rule
from app.analysis.types import Group, Span, Stance
from app.reports import wording
from app.reports.report import Marks
from app.reports.translating import gettext, ngettext

State = Literal["explained", "unread", "outdated"]


@dataclass(frozen=True, slots=True)
class Named:
    """A pain point by id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A pain point beside a mention: `fit` are the parts of how well they fit."""

    point: Named
    fit: Fit

    @property
    def total(self) -> float:
        """The fit as a whole."""
        return self.fit.total


@dataclass(frozen=True, slots=True)
class Alike:
    """What somebody else said of the same pain point, and how near it is."""

    response_id: int
    text: str
    language: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a person said of words that are the same or nearly so. `right` is None for no pain point."""

    text: str
    language: str
    wrong: Named | None
    right: Named | None
    likeness: float


@dataclass(frozen=True, slots=True)
class MentionReason:
    """Why one mention stands where it stands.

    `point` is what it is listed under, None for nothing. `own` is how it fits that, or the nearest if it is listed
    nowhere; `second` is the best of all others. `correction` is set when a person decided, unless its words are gone.
    """

    span: Span
    text: str
    stance: Stance
    point: Named | None
    confidence: float
    rule: Rule
    metric: str
    needed: float = 0.0
    own: Compared | None = None
    second: Compared | None = None
    words: tuple[Shared, ...] = ()
    phrases: tuple[Near, ...] = ()
    quotes: tuple[Alike, ...] = ()
    lead: str | None = None
    correction: Corrected | None = None

    @property
    def ahead(self) -> float | None:
        """How much better its own pain point fits than the second; below 0 if the second fits better."""
        return self.own.total - self.second.total if self.own and self.second else None

    @property
    def is_counted(self) -> bool:
        """Whether points decided: not where a person said it, nor where there was nothing to compare."""
        return self.own is not None and self.rule not in {"corrected", "empty"}


@dataclass(frozen=True, slots=True)
class Why:
    """One comment with a reason for each of its mentions; none unless `state` is "explained"."""

    response_id: int
    score: int
    group: Group
    language: str
    answered_on: date
    text: str
    marks: Marks
    state: State
    reasons: tuple[MentionReason, ...] = ()


def sentences(reason: MentionReason) -> list[str]:
    """Why it is there, and what came second."""
    return [text for text in (first(reason), second(reason)) if text]


def first(reason: MentionReason) -> str:
    """Why it is there, in a sentence or two."""
    return {**_raised(reason), **_not_raised(reason), **_said_by_people(reason)}[reason.rule]


def _raised(reason: MentionReason) -> dict[str, str]:
    values = _values(reason)
    return {
        "best": gettext("These words fit “%(name)s” best, with %(total)s; %(needed)s are enough.", **values),
        "leading": gettext(
            "The comment is about “%(name)s”, most clearly where it says “%(lead)s”. These words count for it too, "
            "because they fit nothing else clearly better.",
            **values,
        ),
        "last resort": gettext(
            "Nothing in this comment fits well, so it is listed under what comes nearest: “%(name)s”, with %(total)s "
            "instead of the usual %(needed)s.",
            **values,
        ),
    }


def _not_raised(reason: MentionReason) -> dict[str, str]:
    values = _values(reason)
    return {
        "praise": gettext("This is praise. Only complaints and wishes are listed."),
        "neutral": gettext("This neither complains nor wishes for anything."),
        "empty": gettext("There are no words here that could be about anything."),
        "chatter": gettext(
            "This is more like thanks, a story or talk about the score than like “%(name)s”, the nearest pain point.",
            **values,
        ),
        "plain": gettext(
            "Nothing here but the score says that something is to be fixed, so it has to fit better: “%(name)s” comes "
            "nearest with %(total)s, and %(needed)s are needed.",
            **values,
        ),
        "promoter": gettext(
            "Who gives %(highest)s has to complain more clearly to be counted: “%(name)s” comes nearest with "
            "%(total)s, and %(needed)s are needed.",
            **values,
        ),
        "second": gettext(
            "The comment is about something else already, and “%(name)s” does not fit these words clearly better.",
            **values,
        ),
        "weak": gettext(
            "Nothing fits well enough: “%(name)s” comes nearest with %(total)s, and %(needed)s are needed.",
            **values,
        ),
    }


def _values(reason: MentionReason) -> dict[str, str]:
    return {
        "name": reason.own.point.name if reason.own else "",
        "total": _counted(reason.own.total) if reason.own else "",
        "needed": points(reason.needed),
        "lead": _apart(reason.lead or ""),
        "highest": _highest(METRICS[reason.metric]),
    }


def _highest(metric: Metric) -> str:
    """The scores of the highest group."""
    if metric.top + 1 == metric.high:
        return gettext("a %(low)s or %(high)s", low=metric.top, high=metric.high)
    return gettext("%(low)s to %(high)s", low=metric.top, high=metric.high)


def _apart(quote: str) -> str:
    """A quote that is written from right to left, kept together inside of a sentence that is not."""
    is_turned = any(bidirectional(letter) in {"R", "AL"} for letter in quote)
    return f"\u2068{quote}\u2069" if is_turned else quote


def _said_by_people(reason: MentionReason) -> dict[str, str]:
    name = reason.point.name if reason.point else gettext("no pain point")
    same = gettext("Somebody said of these very words that they are about “%(name)s”.", name=name)
    if reason.point is None:
        same = gettext("Somebody said of these very words that they are about no pain point that is known.")
    return {"corrected": same, "corrected alike": _moved(reason, name)}


def _moved(reason: MentionReason, name: str) -> str:
    said = reason.correction
    if said is None:
        return gettext("Moved because somebody corrected a similar quote, whose words are not kept any more.")
    values = {"text": _apart(said.text), "name": name, "wrong": said.wrong.name if said.wrong else ""}
    if said.right is None:
        return gettext(
            "Moved because somebody said of a similar quote, “%(text)s”, that it is not about “%(wrong)s”.", **values
        )
    if said.wrong is None:
        return gettext(
            "Moved because somebody said of a similar quote, “%(text)s”, that it is about “%(name)s”.", **values
        )
    return gettext(
        "Moved because somebody said of a similar quote, “%(text)s”, that it is about “%(name)s” and not about "
        "“%(wrong)s”.",
        **values,
    )


def second(reason: MentionReason) -> str:
    """What came second, and by how much; empty where nothing was compared."""
    if reason.ahead is None or reason.second is None or not reason.is_counted:
        return ""
    values = {"name": reason.second.point.name, "behind": _counted(abs(reason.ahead))}
    if reason.rule == "leading" and reason.ahead < 0:
        values["margin"] = _counted(MARGIN)
        return gettext(
            "By themselves they are %(behind)s nearer to “%(name)s”; to be a second pain point of the same "
            "comment takes %(margin)s.",
            **values,
        )
    if reason.second.total <= 0:
        return gettext("Nothing else comes near.")
    if reason.ahead < MARGIN:
        return gettext("A close call: “%(name)s” comes second, %(behind)s behind.", **values)
    return gettext("“%(name)s” comes second, %(behind)s behind.", **values)


def sure(reason: MentionReason) -> str:
    """How often such an assignment is right; empty where there is none, and where a person made it."""
    if reason.point is None or reason.rule == "corrected":
        return ""
    return gettext("%(share)s sure", share=wording.per_cent(reason.confidence))


def state(why: Why) -> str:
    """Why there are no reasons; empty where there are."""
    return {
        "explained": "",
        "unread": gettext("This comment is still to be read. Comments are read within seconds of their arrival."),
        "outdated": gettext(
            "This comment was read by another version of Whyscore, whose reasons are not known any more. They are "
            "known again after the next full analysis."
        ),
    }[why.state]


def points(value: float) -> str:
    """A fit in whole points: 100 would be the same meaning."""
    whole = round(100 * value)
    return ("\u2212" if whole < 0 else "") + wording.number(abs(whole))


def _counted(value: float) -> str:
    """The same with its unit."""
    return ngettext("%(points)s point", "%(points)s points", abs(round(100 * value)), points=points(value))


def parts(reason: MentionReason) -> list[tuple[str, list[str]]]:
    """The rows of the comparison: what each pain point gets for what. Corrections only where there are some."""
    fits = [one.fit for one in (reason.own, reason.second) if one]
    rows = [
        (gettext("means the same"), [points(fit.meaning) for fit in fits]),
        (gettext("uses the same words"), [points(fit.words) for fit in fits]),
        (gettext("raised by few"), [points(fit.favour) for fit in fits]),
        (gettext("corrected by people"), [points(fit.lessons) for fit in fits]),
    ]
    return rows if any(fit.lessons for fit in fits) else rows[:3]
