"""Times as exports write them. Whether the day or the month comes first is told from the whole column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
HOURS = {  # of zones that mean one thing only
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7, "cet": 1, "cest": 2, "eet": 2, "eest": 3,
}  # fmt: skip
UNIX = re.compile(r"\d{9,10}(?:\.\d+)?|\d{13}")
NUMBERS = re.compile(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(?:$|[\sT,]+(.*))", re.DOTALL)
DAY_AND_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s.-]+([A-Za-z]{3,9})\.?[\s,-]+(\d{4})(?:$|[\s,T]+(?:at )?(.*))")
NAME_AND_DAY = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:$|[\s,T]+(?:at )?(.*))")
CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap])?\.?(?:m\.?)?\s*"
    r"(?:\(?([a-z]{1,5})?\s*([+-]\d{1,2})?:?(\d{2})?\)?)?",
    re.IGNORECASE,
)
MONTH_FIRST, DAY_FIRST = "mdy", "dmy"


@dataclass(frozen=True, slots=True)
class Order:
    """Whether the month comes first, and what is to be said about how this was found."""

    month_first: bool
    note: str = ""


def order(values: Iterable[str], usual: bool | None = None, told: str | None = None) -> Order:
    """Tell the order from a column; `usual` is what the product writes, `told` what people say it is."""
    if told:
        return Order(told == MONTH_FIRST)
    firsts = seconds = either = 0
    for value in values:
        found = NUMBERS.fullmatch(value.strip())
        if found and found[2] != "." and len(found[1]) < 3:
            firsts += int(found[1]) > 12 >= int(found[3])
            seconds += int(found[3]) > 12 >= int(found[1])
            either += int(found[1]) <= 12 and int(found[3]) <= 12
    return _decided(firsts, seconds, either, bool(usual))


def _decided(firsts: int, seconds: int, either: int, usual: bool) -> Order:
    if firsts and seconds:
        return Order(
            seconds > firsts, f"The times are written in two ways, {_named(True)} and {_named(False)}: look at them."
        )
    if firsts or seconds:
        return Order(bool(seconds), f"The times are written {_named(bool(seconds))}.")
    if either:
        return Order(usual, f"No time tells the day from the month: they are read as {_named(usual)}.")
    return Order(usual)


def _named(month_first: bool) -> str:
    return "month/day/year" if month_first else "day/month/year"


def read(text: str, month_first: bool, is_utc: bool = False) -> str:
    """The time in ISO 8601, without a zone if it names none; ValueError if it is no time."""
    moment = _read(text.strip(), month_first)
    return (moment.replace(tzinfo=UTC) if is_utc and moment.tzinfo is None else moment).isoformat()


def _read(text: str, month_first: bool) -> datetime:
    if UNIX.fullmatch(text):
        return datetime.fromtimestamp(float(text) / (1000 if len(text) == 13 else 1), UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        year, month, day, clock = _day(text, month_first)
    return _at(datetime(year, month, day), clock)  # noqa: DTZ001 - the zone, if there is one, stands in the clock


def _day(text: str, month_first: bool) -> tuple[int, int, int, str]:
    if found := NUMBERS.fullmatch(text):
        return (*_numbers(found, month_first), found[5] or "")
    if found := DAY_AND_NAME.fullmatch(text):
        return int(found[3]), _month(found[2]), int(found[1]), found[4] or ""
    if found := NAME_AND_DAY.fullmatch(text):
        return int(found[3]), _month(found[1]), int(found[2]), found[4] or ""
    raise ValueError(text)


def _numbers(found: re.Match[str], month_first: bool) -> tuple[int, int, int]:
    first, second, third = int(found[1]), int(found[3]), int(found[4])
    if len(found[1]) == 4:
        return first, second, third
    year = third + 2000 if third < 100 else third
    if found[2] == "." or first > 12 or (second <= 12 and not month_first):
        return year, second, first
    return year, first, second


def _month(name: str) -> int:
    return MONTHS.index(name[:3].lower()) + 1


def _at(day: datetime, clock: str) -> datetime:
    if not clock.strip():
        return day
    found = CLOCK.fullmatch(clock.strip())
    if not found:
        raise ValueError(clock)
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    return day.replace(hour=hour, minute=int(found[2]), second=int(found[3] or 0), tzinfo=_zone(found))


def _zone(found: re.Match[str]) -> timezone | None:
    name, hours, minutes = (found[5] or "").lower(), found[6], int(found[7] or 0)
    if hours:
        sign = -1 if hours.startswith("-") else 1
        return timezone(timedelta(hours=int(hours), minutes=sign * minutes))
    return timezone(timedelta(hours=HOURS[name])) if name in HOURS else None
