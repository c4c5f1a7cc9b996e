"""One answer on a page: which words of it to mark, and which pain points it raises."""

from __future__ import annotations

from datetime import timedelta

from app.analysis.types import PAINFUL
from app.models.listings import Listed, Mentioned
from app.reports import wording
from app.reports.translating import gettext, ngettext

NAMED = 60  # characters of a comment that stand for it in a list


def raising(answer: Listed) -> list[Mentioned]:
    """The mentions that raise a pain point."""
    return [one for one in answer.pain_points if one.stance in PAINFUL]


def marks(answer: Listed) -> list[tuple[int, int]]:
    """The places of those."""
    return [(one.start, one.end) for one in raising(answer)]


def points(answer: Listed) -> list[tuple[str, str]]:
    """The pain points it raises as (id, name), in the order of the text."""
    found = {one.id: one.name or one.id for one in raising(answer) if one.id}
    return list(found.items())


def duration(time: timedelta | None) -> str:
    """A time in days, in hours below two days, in minutes below two hours; a dash for none."""
    if time is None:
        return wording.DASH
    minutes = int(time.total_seconds() // 60)
    if minutes < 120:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    if minutes < 2 * 24 * 60:
        return ngettext("%(num)s hour", "%(num)s hours", minutes // 60)
    return ngettext("%(num)s day", "%(num)s days", minutes // (24 * 60))


def age(days: int) -> str:
    """How old something is, in whole days."""
    return gettext("today") if days < 1 else ngettext("%(num)s day", "%(num)s days", days)
