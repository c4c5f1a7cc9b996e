"""Numbers and days as people read them, in the language of the page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from flask_babel import format_date, format_decimal, format_timedelta, get_locale

from app.analysis import minimums
from app.analysis.nps.rates import whole_per_cent
from app.analysis.nps.score import format_points, shown
from app.analysis.types import GroupCounts, Interval
from app.reports.filters import Period
from app.reports.translating import gettext, ngettext

DASH = "–"
SPACE = "\u00a0"


def number(value: float) -> str:
    """A count."""
    text: str = format_decimal(value, format="#,##0.#")
    return text


def amount(value: float, currency: str) -> str:
    """An amount of money, without its cents, with the code of the currency behind it."""
    return number(round(value)) + SPACE + currency


def points(value: float, decimals: int = 0) -> str:
    """Points with their sign, zero without; digits and their marks as the language writes them."""
    written = format_points(value, decimals)
    sign = written[0] if written[0] in "+\u2212" else ""
    return sign + size(value, decimals)


def size(value: float, decimals: int = 1) -> str:
    """Points without their sign."""
    digits = format_points(value, decimals).lstrip("+\u2212")
    text: str = format_decimal(Decimal(digits), format="#,##0." + "0" * decimals if decimals else "#,##0")
    return text


def decimal(value: float) -> str:
    """A figure without a unit, such as an overlap or a z value."""
    sign = "\u2212" if value < 0 else ""
    return sign + size(value, 2)


def score(counts: GroupCounts) -> str:
    """The NPS; a dash where there are too few answers for one."""
    return (shown(counts) if minimums.reached(counts.n, minimums.SCORE) else None) or DASH


def score_range(interval: Interval | None) -> str:
    """The ends of a score's interval."""
    if interval is None:
        return DASH
    return gettext("%(low)s to %(high)s", low=points(interval.low), high=points(interval.high))


def share(part: float, whole: float) -> str:
    """A share: in per cent from a base of 20 on, before that as counts."""
    per_cent = whole_per_cent(part, whole)
    if per_cent is None:
        return DASH
    if minimums.reached(whole, minimums.PER_CENT):
        return number(per_cent) + SPACE + "%"
    return gettext("%(part)s of %(whole)s", part=number(part), whole=number(whole))


def per_cent(value: float | None) -> str:
    """A share that is already computed, 0…1, as a whole number of per cent."""
    return DASH if value is None else size(100 * value, 0) + SPACE + "%"


def share_range(interval: Interval) -> str:
    """The ends of a share's interval."""
    low, high = per_cent(interval.low), per_cent(interval.high)
    return f"{low.removesuffix(SPACE + '%')}–{high}"


def statuses() -> dict[str, str]:
    """How far a pain point can be, in words."""
    return {
        "open": gettext("open"),
        "planned": gettext("planned"),
        "in progress": gettext("in progress"),
        "fixed": gettext("fixed"),
        "won't do": gettext("won’t do"),
    }


def day(value: date) -> str:
    """A day."""
    return str(format_date(value, "medium"))


def pattern(value: date, shape: str) -> str:
    """A day in one of the shapes of Unicode, such as "d MMM"."""
    return str(format_date(value, shape))


def moment(value: datetime) -> str:
    """A moment in UTC."""
    return f"{day(value.date())}, {value:%H:%M} UTC"


def days(period: Period) -> str:
    """The first and the last day."""
    if period.first == period.last:
        return day(period.first)
    return gettext("%(first)s to %(last)s", first=day(period.first), last=day(period.last))


def length(period: Period) -> str:
    """How long a period is."""
    return ngettext("%(num)s day", "%(num)s days", period.days)


def duration(value: timedelta) -> str:
    """How long something takes, roughly."""
    return str(format_timedelta(value, granularity="second", threshold=1.5))


def language(code: str) -> str:
    """The name of a language in the language of the page; the code itself where it has none."""
    try:
        name = Locale.parse(code.replace("-", "_")).get_display_name(get_locale())
    except (UnknownLocaleError, ValueError):
        name = None
    return name or code
