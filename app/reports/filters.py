"""What a report looks at. The same filters stand behind the page, the API, the command line and every export."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from app.analysis.pain_points.rank import SortKey
from app.analysis.types import Group

DEFAULT_DAYS = 90
ATTRIBUTE = "attr."  # how a parameter that names an attribute begins
Compare = Literal["previous", "none"]


@dataclass(frozen=True, slots=True)
class Period:
    """Days in the survey's time zone, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days; 1 for a single one."""
        return (self.last - self.first).days + 1

    def before(self) -> Period:
        """The period of equal length that ends the day before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def moments(self, timezone: str) -> tuple[datetime, datetime]:
        """The first moment, and the first one after the end, in UTC."""
        return midnight(self.first, timezone), midnight(self.last + timedelta(days=1), timezone)


def midnight(day: date, timezone: str) -> datetime:
    """The moment in UTC at which a day begins in a time zone."""
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Filters:
    """One view of a survey. None and () mean everything; `attributes` are (name, value) pairs.

    Several names of attributes are combined with and, several values of one name with or. `group` narrows comments
    and pages about comments, never the score or the ranking, which need all three groups.
    """

    from_day: date | None = None
    to_day: date | None = None
    compare: Compare = "previous"
    language: str | None = None
    touchpoint: str | None = None
    group: Group | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    sort: SortKey = "priority"

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", tuple(sorted(set(self.attributes))))

    @property
    def is_narrowed(self) -> bool:
        """Whether some answers of the survey are left out on purpose."""
        return bool(self.from_day or self.to_day or self.language or self.touchpoint or self.group or self.attributes)

    def period(self, today: date) -> Period | None:
        """The days asked for; None if none were, so that the default has to be found."""
        if self.from_day is None and self.to_day is None:
            return None
        last = self.to_day or max(today, self.from_day or today)
        return Period(self.from_day or last_days(last).first, last)

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values as they stand in an address: in the one order, without what is the default."""
        values: list[tuple[str, str | None]] = [
            ("from", self.from_day.isoformat() if self.from_day else None),
            ("to", self.to_day.isoformat() if self.to_day else None),
            ("compare", None if self.compare == "previous" else self.compare),
            ("language", self.language),
            ("touchpoint", self.touchpoint),
            ("group", self.group),
            *((ATTRIBUTE + name, value) for name, value in self.attributes),
            ("sort", None if self.sort == "priority" else self.sort),
        ]
        return [(name, value) for name, value in values if value]

    def query(self, *more: tuple[str, str], **changes: object) -> str:
        """The canonical query string, perhaps with some filters changed and with parameters of a page added."""
        changed = replace(self, **changes) if changes else self  # type: ignore[arg-type]
        return urlencode([*changed.pairs(), *more])


def last_days(today: date, days: int = DEFAULT_DAYS) -> Period:
    """The last days up to and with today."""
    return Period(today - timedelta(days=days - 1), today)
