"""What an analysis run changed, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.reports import wording
from app.reports.translating import gettext, ngettext

Changes = Mapping[str, Any]


def line(changes: Changes | None) -> str:
    """One line: "3 new, 1 grown, 41 comments moved: the catalogue changed"."""
    if changes is None:
        return gettext("The first one.")
    what = ", ".join(_counted(changes)) or gettext("nothing moved")
    return f"{what}: {' · '.join(map(reason, changes['why']))}" if changes["why"] else what


def _counted(changes: Changes) -> Iterator[str]:
    rows = changes["pain_points"]
    grown = sum(0 < row["before"] < row["after"] for row in rows)
    fewer = sum(0 < row["after"] < row["before"] for row in rows)
    shown = {"new": len(changes["new"]), "gone": len(changes["gone"]), "grown": grown, "fewer": fewer}
    words = {
        "new": gettext("%(num)s new"),
        "gone": gettext("%(num)s gone"),
        "grown": gettext("%(num)s grown"),
        "fewer": gettext("%(num)s shrunk"),
    }
    yield from (words[name] % {"num": wording.number(number)} for name, number in shown.items() if number)
    if moved := changes["moved"]:
        yield ngettext("%(num)s comment moved", "%(num)s comments moved", moved)


def reason(why: str) -> str:
    """Why it moved."""
    words = {
        "catalogue changed": gettext("the catalogue changed"),
        "learned anew": gettext("it was learned anew"),
        "learned further": gettext("more was learned from the comments"),
        "method changed": gettext("the method changed"),
        "answer changed": gettext("answers changed"),
    }
    return words[why]


def move(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """From where to where."""
    start, end = (names.get(row[side] or "", gettext("no pain point")) for side in ("from", "to"))
    return gettext("%(start)s → %(end)s", start=start, end=end)
