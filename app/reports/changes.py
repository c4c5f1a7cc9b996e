"""A change of a catalogue in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.reports import wording
from app.reports.translating import gettext


@dataclass(frozen=True, slots=True)
class Taught:
    """What was corrected: words, and the names of the pain points they are not and are about."""

    text: str
    language: str
    wrong: str | None
    right: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One change, with the columns it changed by the stable id of each pain point.

    `name` is what the pain point is called now, `first` what it was called before people named it; `names` are those
    of all pain points.
    """

    id: int
    made_at: datetime
    made_by: str
    action: str
    pain_point: str | None
    name: str | None
    first: str | None
    before: Mapping[str, Mapping[str, Any]]
    after: Mapping[str, Mapping[str, Any]]
    undoes: int | None
    undone_by: int | None
    corrections: tuple[Taught, ...]
    names: Mapping[str, str]
    note: str = ""


def sentence(change: Change) -> str:
    """What was done, with the name the pain point has now."""
    name = change.name or gettext("a pain point")
    after = change.after.get(change.pain_point or "", {})
    into = change.names.get(after.get("merged_into") or "", "")
    words = {
        "rename": gettext("renamed “%(name)s” to “%(given)s”", name=_before(change), given=after.get("name", name)),
        "merge": gettext("merged “%(name)s” into “%(into)s”", name=name, into=into),
        "split": gettext("split off “%(name)s”", name=name),
        "create": gettext("made “%(name)s”", name=name),
        "phrases": gettext("changed the phrases of “%(name)s”", name=name),
        "hide": gettext("hid “%(name)s”", name=name),
        "show": gettext("showed “%(name)s” again", name=name),
        "pin": gettext("pinned “%(name)s”", name=name),
        "unpin": gettext("unpinned “%(name)s”", name=name),
        "assign": gettext("assigned “%(name)s” to %(whom)s", name=name, whom=_whom(after)),
        "act": gettext("changed “%(name)s”: %(what)s", name=name, what="; ".join(steps(change))),
        "note": gettext("wrote a note about “%(name)s”", name=name),
        "department": _moved(change),
        "change": gettext("changed “%(name)s”", name=name),
        "correct": gettext("corrected what a comment is about"),
        "undo": gettext("undid change %(number)s", number=change.undoes),
    }
    return words[change.action]


def steps(change: Change) -> list[str]:
    """What became different about what is done, each in a few words."""
    after = change.after.get(change.pain_point or "", {})
    words: dict[str, Callable[[Any], str]] = {
        "status": lambda value: gettext("status %(status)s", status=wording.statuses().get(value, value)),
        "owner": lambda value: gettext("owner %(owner)s", owner=value or gettext("nobody")),
        "department": lambda value: gettext("department %(name)s", name=value or gettext("none")),
        "due_on": lambda value: gettext("due %(day)s", day=_day(value)),
        "ticket": lambda value: gettext("ticket %(link)s", link=value or gettext("none")),
        "fixes": lambda value: gettext("fixed on %(day)s", day=_day(value[-1] if value else None)),
    }
    return [tell(after[name]) for name, tell in words.items() if name in after]


def _day(text: str | None) -> str:
    return wording.day(date.fromisoformat(text)) if text else gettext("no day")


def _moved(change: Change) -> str:
    """What became of a department with pain points."""
    old = next((state.get("department", "") for state in change.before.values()), "")
    new = next((state.get("department", "") for state in change.after.values()), "")
    if not new:
        return gettext("removed the department “%(old)s”", old=old)
    return gettext("renamed the department “%(old)s” to “%(new)s”", old=old, new=new)


def _before(change: Change) -> str:
    """The name before a renaming; the shipped one where nobody had given another."""
    return change.before.get(change.pain_point or "", {}).get("name") or change.first or ""


def _whom(after: Mapping[str, Any]) -> str:
    given = [text for name in ("department", "owner") if (text := after.get(name))]
    return ", ".join(given) or gettext("nobody")


def done(action: str) -> str:
    """What a page says after a change; empty for an unknown word."""
    words = {
        "rename": gettext("Renamed."),
        "merge": gettext("Merged. Both are counted as one from now on."),
        "split": gettext("Split off. Earlier comments are being read again."),
        "create": gettext("Made. Earlier comments are being read again."),
        "phrases": gettext("Phrases saved. Earlier comments are being read again."),
        "hide": gettext("Hidden from the report."),
        "show": gettext("Shown in the report again."),
        "pin": gettext("Pinned."),
        "unpin": gettext("Unpinned."),
        "assign": gettext("Assigned."),
        "correct": gettext("Corrected. Comments that say nearly the same follow."),
        "undo": gettext("Undone."),
        "act": gettext("Saved."),
        "reopen": gettext("Open again."),
        "include": gettext("Counted from now on."),
        "exclude": gettext("Left out from now on."),
    }
    return words.get(action, "")


def correction(text: str, wrong: str | None, right: str | None) -> str:
    """What was said about one mention."""
    nothing = gettext("no pain point")
    return gettext("“%(text)s”: %(wrong)s → %(right)s", text=text, wrong=wrong or nothing, right=right or nothing)
