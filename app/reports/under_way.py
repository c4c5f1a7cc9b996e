"""What is under way: pain points that somebody sees to, how far they are, and what is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from app.models.pain_points import DONE, STATUSES
from app.reports.effects import Effect

Sort = Literal["due", "name", "status", "owner", "department", "fixed"]
Grouping = Literal["status", "department"]
SORTS: tuple[Sort, ...] = get_args(Sort)
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of them a page shows, in which order and in which groups; None is all."""

    owner: str | None = None
    department: str | None = None
    status: str | None = None
    sort: Sort = "due"
    by: Grouping = "status"

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values as they stand in an address, without what is the default."""
        values = (
            ("owner", self.owner),
            ("department", self.department),
            ("status", self.status),
            ("by", None if self.by == "status" else self.by),
            ("sort", None if self.sort == "due" else self.sort),
        )
        return [(name, value) for name, value in values if value]


@dataclass(frozen=True, slots=True)
class Item:
    """One of them. `effect` is what became of it since its last fix, None if it is not fixed or was not asked."""

    id: str
    name: str
    owner: str | None
    department: str
    status: str
    due_on: date | None
    ticket: str | None
    fixed_on: date | None
    is_overdue: bool
    is_due_this_week: bool
    effect: Effect | None

    @property
    def is_unmeasured(self) -> bool:
        """Whether it is fixed and the effect cannot be told yet."""
        return self.effect is not None and self.effect.is_growing and not self.effect.is_measured

    @property
    def is_pending(self) -> bool:
        """Whether there is still something to do or to wait for."""
        return self.status not in DONE or self.is_unmeasured


@dataclass(frozen=True, slots=True)
class UnderWay:
    """All that somebody sees to: not open, or with an owner or a due date."""

    items: tuple[Item, ...] = ()

    @property
    def overdue(self) -> int:
        """Those whose due date is past and that are neither fixed nor given up."""
        return sum(item.is_overdue for item in self.items)

    @property
    def due_this_week(self) -> int:
        """Those that are due from today to Sunday."""
        return sum(item.is_due_this_week for item in self.items)

    @property
    def unmeasured(self) -> int:
        """Those that are fixed, their effect not yet measurable."""
        return sum(item.is_unmeasured for item in self.items)

    @property
    def owners(self) -> list[str]:
        """Whose they are."""
        return sorted({item.owner for item in self.items if item.owner}, key=str.casefold)

    @property
    def departments(self) -> list[str]:
        """Which departments they belong to."""
        return sorted({item.department for item in self.items if item.department}, key=str.casefold)

    def pending(self, selection: Selection) -> list[Item]:
        """What a report lists: what is still to be done or waited for; of one status all of it."""
        return [item for item in self.selected(selection) if selection.status or item.is_pending]

    def selected(self, selection: Selection) -> list[Item]:
        """Those of a selection, in its order."""
        wanted = [(name, value) for name in ("owner", "department", "status") if (value := getattr(selection, name))]
        found = [item for item in self.items if all(getattr(item, name) == value for name, value in wanted)]
        return sorted(found, key=lambda item: (ORDERS[selection.sort](item), item.name.casefold(), item.id))

    def groups(self, selection: Selection) -> list[tuple[str, list[Item]]]:
        """Those of a selection together by status or department; those without a department come last."""
        found: dict[str, list[Item]] = {}
        for item in self.selected(selection):
            found.setdefault(getattr(item, selection.by), []).append(item)
        if selection.by == "status":
            return [(status, found[status]) for status in STATUSES if status in found]
        return sorted(found.items(), key=lambda group: (not group[0], group[0].casefold()))


ORDERS: dict[Sort, Callable[[Item], tuple[object, ...]]] = {
    "due": lambda item: (item.due_on or date.max,),
    "name": lambda item: (),
    "status": lambda item: (STATUSES.index(item.status),),
    "owner": lambda item: (not item.owner, (item.owner or "").casefold()),
    "department": lambda item: (not item.department, item.department.casefold()),
    "fixed": lambda item: (-(item.fixed_on.toordinal() if item.fixed_on else 0),),
}
