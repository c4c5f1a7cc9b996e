"""What people do to a catalogue. Every function makes one change, written down under who made it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from app.models import Correction, PainPoint, Survey
from app.services import catalogue_checks as checks
from app.services import places
from app.services.catalogue_checks import refuse
from app.services.catalogue_journal import Journal, changing
from app.services.places import Place, Said

Phrases = Mapping[str, Sequence[str]]
ACTIONS: Mapping[tuple[str, ...], str] = {
    ("name",): "rename",
    ("department",): "assign",
    ("owner",): "assign",
    ("department", "owner"): "assign",
    ("phrases",): "phrases",
}
FLAGS = {("hidden", True): "hide", ("hidden", False): "show", ("pinned", True): "pin", ("pinned", False): "unpin"}


def change(survey: Survey, who: str, key: str, values: Mapping[str, Any]) -> PainPoint:
    """Set name, department, owner, phrases, hidden or pinned, all of what is given or nothing."""
    with changing(survey, who, _action(values)) as journal:
        point = journal.point(key)
        for field, value in values.items():
            _set(journal, point, field, value)
    return point


def _action(values: Mapping[str, Any]) -> str:
    for flag in ("hidden", "pinned"):
        if list(values) == [flag]:
            return FLAGS[flag, values[flag]]
    return ACTIONS.get(tuple(sorted(values)), "change")


def _set(journal: Journal, point: PainPoint, field: str, value: Any) -> None:
    if field == "name":
        point.named = _new_name(journal, value, point)
    elif field == "department":
        point.department = checks.short(field, value, checks.DEPARTMENT)
    elif field == "owner":
        point.owner = checks.short(field, value, checks.OWNER) or None
    elif field == "phrases":
        point.phrases = checks.phrases(value, needed=point.origin != "seed")
    elif field == "pinned":
        point.is_pinned = value
    else:
        point.is_hidden = value
        checks.unique(point, journal.points.values())


def _new_name(journal: Journal, text: str, of: PainPoint | None = None) -> str:
    """The name, if no other visible pain point has it. One that is not seen may have any."""
    is_seen = of is None or of.is_visible
    others = [point for point in journal.points.values() if is_seen and point.is_visible and point is not of]
    return checks.name(text, others)


def merge(survey: Survey, who: str, key: str, into: str) -> PainPoint:
    """From now on all that raises one counts for the other. The engine keeps both, so it can be undone exactly."""
    with changing(survey, who, "merge") as journal:
        point, target = journal.point(key), journal.points.get(into)
        if target is None:
            refuse("into", "The pain point to merge into is not there any more: choose another.")
        if target is point:
            refuse("into", "A pain point cannot be merged into itself.")
        if not target.is_visible:
            refuse("into", f"“{target.name()}” is hidden or merged itself: choose another.")
        for other in [one for one in journal.every.values() if one.merged_into_id == point.id]:
            journal.touch(other).merged_into_id = target.id
        point.merged_into_id = target.id
    return target


def create(
    survey: Survey, who: str, name: str, phrases: Phrases, *, department: str = "", owner: str | None = None
) -> PainPoint:
    """A new pain point that is found by what people would say about it."""
    with changing(survey, who, "create") as journal:
        made = _made(journal, _new_name(journal, name), checks.phrases(phrases, needed=True))
        made.department = checks.short("department", department, checks.DEPARTMENT)
        made.owner = checks.short("owner", owner, checks.OWNER) or None
        journal.add(made)
    return made


def split(survey: Survey, who: str, key: str, chosen: Sequence[Place], name: str) -> PainPoint:
    """A new pain point out of another, with the words of some who raise it as its phrases.

    They are no corrections besides: these would draw their neighbours along, and so empty a small pain point.
    """
    with changing(survey, who, "split") as journal:
        point = journal.point(key)
        said = [places.said(survey.id, place) for place in dict.fromkeys(chosen)]
        if not said or any(_stands_for(journal, one) is not point for one in said):
            refuse("quotes", "Choose at least one comment of this pain point.")
        made = _made(journal, _new_name(journal, name), _phrases_of(said))
        made.department, made.owner = point.department, point.owner
        journal.add(made)
    return made


def correct(survey: Survey, who: str, place: Place, right: str | None) -> PainPoint | None:
    """One mention is about another pain point, or about none; what says nearly the same follows."""
    with changing(survey, who, "correct") as journal:
        said = places.said(survey.id, place)
        target = journal.points.get(right) if right is not None else None
        if right is not None and (target is None or not target.is_visible):
            refuse("right", "This pain point is not there any more: choose another.")
        if _stands_for(journal, said) is target:
            refuse("right", "That is where it stands already: choose another.")
        journal.change.pain_point_id = said.point_id or (target.id if target else None)
        journal.corrections = [_correction(said, target)]
    return target


def _stands_for(journal: Journal, said: Said) -> PainPoint | None:
    """What a mention is listed under."""
    point = journal.every.get(said.point_id or 0)
    return journal.every[point.merged_into_id] if point and point.merged_into_id else point


def _made(journal: Journal, name: str, phrases: dict[str, list[str]]) -> PainPoint:
    code = next(iter(phrases))
    return PainPoint(
        survey_id=journal.survey.id,
        key=f"m-{secrets.token_hex(5)}",
        origin="manual",
        names={code: name},
        named=name,
        terms=[],
        phrases=phrases,
        department="",
        status="open",
        is_hidden=False,
        is_pinned=False,
        is_removed=False,
    )


def _phrases_of(said: Sequence[Said]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in said:
        found.setdefault(one.language, []).append(checks.line(one.text)[: checks.PHRASE])
    return {code: list(dict.fromkeys(texts)) for code, texts in sorted(found.items())}


def _correction(said: Said, right: PainPoint | None) -> Correction:
    return Correction(
        survey_id=said.survey_id,
        response_id=said.place.response_id,
        language=said.language,
        start=said.place.start,
        end=said.place.end,
        text=said.text,
        wrong_id=said.point_id,
        right_id=right.id if right else None,
    )
