"""What a fault is told as: one row of a table, printed as soon as it is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

HEAD = ("id", "what", "kills", "acknowledged", "lost", "doubled", "and", "target", "met")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fault. A number that a fault does not have is None; `is_met` None means that it could not be tried here."""

    id: str
    what: str
    kills: int | None = None
    acknowledged: int | None = None
    lost: int | None = None
    doubled: int | None = None
    found: str = ""
    target: str
    is_met: bool | None

    def cells(self) -> Iterator[str]:
        """As a table shows it."""
        yield from (self.id, self.what)
        for number in (self.kills, self.acknowledged, self.lost, self.doubled):
            yield "" if number is None else f"{number:,}"
        yield from (self.found, self.target, {True: "yes", False: "**no**", None: "not tried"}[self.is_met])


def untried(id_: str, what: str, why: str, target: str) -> Row:
    """A fault that this machine cannot make, with the reason."""
    return Row(id=id_, what=what, found=why, target=target, is_met=None)
