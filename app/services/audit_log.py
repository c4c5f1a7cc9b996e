"""Reading the audit log, and proving that nobody edited it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.errors import Invalid
from app.extensions import db
from app.models import ApiKey, AuditEntry, AuditHead, Survey, User
from app.security import audit_chain

AT_ONCE = 1_000
MOST = 20  # broken entries that are named


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry as people read it: `who` is what the actor is called today."""

    id: int
    at: datetime
    who: str
    action: str
    survey: str
    thing: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: how many entries there are, the newest link, and what is wrong, by entry."""

    entries: int
    newest: str
    problems: Sequence[str]


def newest() -> str:
    """The newest entry and its link, as "17:3f…", to be kept elsewhere; empty before the first."""
    head = db.session.get(AuditHead, 1)
    return f"{head.entry_id}:{head.link}" if head else ""


def verify(noted: str = "") -> Verdict:
    """Go through the whole log. `noted` is a link that was kept elsewhere: it has to be in the log, too."""
    problems: list[str] = []
    number, before = 0, ""
    given = _noted(noted)
    for entry in _entries():
        problems += _wrong(entry, number, before)
        if given and given[0] == entry.id and given[1] != entry.link:
            problems.append(f"entry {entry.id} is not the one that was noted")
        number, before = entry.id, entry.link
        if len(problems) >= MOST:
            break
    else:
        problems += _wrong_end(number, before, given)
    return Verdict(number, f"{number}:{before}" if number else "", problems)


def _noted(text: str) -> tuple[int, str] | None:
    number, _, link = text.partition(":")
    if text and not (number.isascii() and number.isdigit() and len(link) == 64):
        raise Invalid("Give a link as `doctor` printed it, such as 17:3f….")
    return (int(number), link) if text else None


def _entries() -> Iterator[AuditEntry]:
    query = sa.select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=AT_ONCE)
    for entry in db.session.scalars(query):
        yield entry
        db.session.expunge(entry)


def _wrong(entry: AuditEntry, last: int, before: str) -> Iterator[str]:
    if entry.id != last + 1:
        missing = f"entry {last + 1} is" if entry.id == last + 2 else f"entries {last + 1} to {entry.id - 1} are"
        yield f"{missing} missing"
    elif not audit_chain.is_linked(entry, before):
        yield f"entry {entry.id} was changed, or sealed with a key that is not set any more"


def _wrong_end(last: int, link: str, given: tuple[int, str] | None) -> Iterator[str]:
    head = db.session.get(AuditHead, 1, populate_existing=True)
    if head is None:
        if last:
            yield f"the seal of the newest entry is missing, so entries after {last} may be, too"
    elif not audit_chain.is_sealed(head):
        yield "the seal of the newest entry was changed"
    elif head.entry_id > last:
        yield f"entry {last + 1} is missing" if head.entry_id == last + 1 else f"all entries after {last} are missing"
    elif (head.entry_id, head.link) != (last, link):
        yield f"entry {last} is newer than the seal says"
    if given and given[0] > last:
        yield f"entry {given[0]} was noted and is missing"


def listed(limit: int, before: int | None = None, survey: Survey | None = None, about: str = "") -> Sequence[Listed]:
    """Entries, the newest first: all, those of one survey, those about one respondent or customer."""
    query = sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    if survey is not None:
        query = query.where(AuditEntry.survey_id == survey.id)
    if about:
        query = query.where(AuditEntry.mark.in_([audit_chain.mark(about, key) for key in audit_chain.all_keys()]))
    found = db.session.scalars(query).all()
    people, programs, surveys = _names(User.email, found), _names(ApiKey.name, found), _names(Survey.key, found)
    return [
        Listed(
            id=one.id,
            at=one.at,
            who=_who(one, people, programs),
            action=one.action,
            survey=surveys.get(one.survey_id or 0, "") if one.survey_id else "",
            thing=one.thing,
        )
        for one in found
    ]


def _names(column: sa.orm.attributes.InstrumentedAttribute[str], entries: Sequence[AuditEntry]) -> Mapping[int, str]:
    """What those are called that the entries name by number."""
    model = column.class_
    ids = {one.survey_id if model is Survey else one.actor_id for one in entries}
    rows = db.session.execute(sa.select(model.id, column).where(model.id.in_(ids)))
    return {id_: name for id_, name in rows}  # noqa: C416 - rows, not tuples


def _who(entry: AuditEntry, people: Mapping[int, str], programs: Mapping[int, str]) -> str:
    if entry.actor == "user":
        return people.get(entry.actor_id or 0, f"account {entry.actor_id}")
    if entry.actor == "key":
        return f"key {programs.get(entry.actor_id or 0, entry.actor_id)}"
    return entry.actor
