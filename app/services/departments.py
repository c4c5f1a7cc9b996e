"""The departments of a survey: those that people made, and those that pain points name without one being made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import AlertRule, Department, DepartmentMember, Digest, Membership, Survey, User, queries
from app.models.transaction import writing
from app.reports.alerts import kinds
from app.services import catalogue_checks as checks
from app.services.catalogue_journal import changing

WORDS, WORD = 50, 60  # the most words of a department, and characters of one


@dataclass(frozen=True, slots=True)
class Listed:
    """One department. `id` is None if pain points name it and nobody made it; `members` are e-mail addresses."""

    id: int | None
    name: str
    words: tuple[str, ...]
    members: tuple[str, ...]
    pain_points: int

    @property
    def is_made(self) -> bool:
        """Whether somebody made it."""
        return self.id is not None


def listed(survey: Survey) -> list[Listed]:
    """All departments of a survey by name, made or only named."""
    used = Counter(point.department for point in queries.catalogue(survey.id) if point.department)
    known = made(survey.id)
    members = _members(survey.id)
    rows = [Listed(one.id, one.name, tuple(one.words), members.get(one.id, ()), used[one.name]) for one in known]
    named = used.keys() - {one.name for one in known}
    rows += [Listed(None, name, (), (), used[name]) for name in named]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.name))


def names(survey: Survey) -> list[str]:
    """What can be chosen for a pain point."""
    used = {point.department for point in queries.catalogue(survey.id) if point.department}
    return sorted(used | {one.name for one in made(survey.id)}, key=lambda name: (name.casefold(), name))


def made(survey_id: int) -> Sequence[Department]:
    """Those that somebody made, by name."""
    query = sa.select(Department).where(Department.survey_id == survey_id)
    return db.session.scalars(query.order_by(Department.name)).all()


def people(survey: Survey) -> list[str]:
    """The e-mail addresses of the accounts that are members of a survey."""
    query = sa.select(User.email).join(Membership, Membership.user_id == User.id)
    return list(db.session.scalars(query.where(Membership.survey_id == survey.id).order_by(User.email)))


def get(survey: Survey, department_id: int) -> Department:
    """One that was made, or NotFound."""
    return _one(survey.id, Department.id == department_id)


def find(survey: Survey, name: str) -> Department:
    """The one that was made under a name, or NotFound."""
    return _one(survey.id, Department.name == checks.line(name))


def create(survey: Survey, name: str, words: Sequence[str] = ()) -> Department:
    """A new one. A name that pain points have already makes theirs a department with members."""
    survey_id = survey.id
    with writing() as session:
        kept = _name(survey_id, name)
        department = Department(survey_id=survey_id, name=kept, words=_words(words))
        session.add(department)
    return department


def rename(survey: Survey, who: str, department_id: int, name: str) -> Department:
    """Give it another name. Alerts, digests and its pain points follow, which their history tells."""
    with changing(survey, who, "department") as journal:
        department = get(survey, department_id)
        kept = _name(survey.id, name, department)
        for point in [point for point in journal.every.values() if point.department == department.name]:
            journal.touch(point).department = kept
        for kind in (AlertRule, Digest):
            mine = sa.update(kind).filter_by(survey_id=survey.id, department=department.name)
            journal.session.execute(mine.values(department=kept))
        department.name = kept
    return department


def remove(survey: Survey, who: str, department_id: int) -> None:
    """Take it away. Its pain points then have none, which their history tells.

    Invalid while an alert or a digest is about it: it would fall silent, or tell everything.
    """
    with changing(survey, who, "department") as journal:
        department = get(survey, department_id)
        _check_unused(survey.id, department.name)
        for point in [point for point in journal.every.values() if point.department == department.name]:
            journal.touch(point).department = ""
        journal.session.delete(department)


def describe(survey: Survey, department_id: int, words: Sequence[str]) -> Department:
    """Set the words by which what is newly discovered becomes its own."""
    with writing():
        department = get(survey, department_id)
        department.words = _words(words)
    return department


def assemble(survey: Survey, department_id: int, emails: Sequence[str]) -> Department:
    """Set who belongs to it: accounts that are members of the survey."""
    survey_id = survey.id
    with writing() as session:
        department = get(survey, department_id)
        asked = {email.strip().lower() for email in emails}
        query = sa.select(User).join(Membership, Membership.user_id == User.id)
        found = session.scalars(query.where(Membership.survey_id == survey_id, User.email.in_(asked))).all()
        if missing := sorted(asked - {user.email for user in found}):
            checks.refuse("members", f"No member of this survey: {', '.join(missing)}.")
        session.execute(sa.delete(DepartmentMember).filter_by(department_id=department.id))
        session.add_all(DepartmentMember(department_id=department.id, user_id=user.id) for user in found)
    return department


def _check_unused(survey_id: int, name: str) -> None:
    rules = sa.select(AlertRule.kind).filter_by(survey_id=survey_id, department=name).order_by(AlertRule.id)
    digests = sa.select(Digest.name).filter_by(survey_id=survey_id, department=name).order_by(Digest.id)
    told = [kinds()[kind] for kind in db.session.scalars(rules)] + list(db.session.scalars(digests))
    if told:
        named = ", ".join(f"“{one}”" for one in dict.fromkeys(told))
        raise Invalid(f"Alerts or digests are about this department: {named}. Change or remove them first.")


def _one(survey_id: int, which: sa.ColumnElement[bool]) -> Department:
    found = db.session.scalar(sa.select(Department).where(Department.survey_id == survey_id, which))
    if found is None:
        raise NotFound("There is no such department.")
    return found


def _members(survey_id: int) -> dict[int, tuple[str, ...]]:
    """Who belongs to each department and still to the survey."""
    query = sa.select(DepartmentMember.department_id, User.email).join(User, User.id == DepartmentMember.user_id)
    query = query.join(Department, Department.id == DepartmentMember.department_id)
    still = (Membership.user_id == User.id) & (Membership.survey_id == survey_id)
    found: dict[int, tuple[str, ...]] = {}
    rows = db.session.execute(
        query.join(Membership, still).where(Department.survey_id == survey_id).order_by(User.email)
    )
    for row in rows:
        found[row.department_id] = (*found.get(row.department_id, ()), row.email)
    return found


def _name(survey_id: int, text: str, of: Department | None = None) -> str:
    kept = checks.line(text)
    if not kept or len(kept) > checks.DEPARTMENT:
        checks.refuse("name", f"Give a name of 1 to {checks.DEPARTMENT} characters.")
    others = [one for one in made(survey_id) if one is not of]
    if any(kept.casefold() == one.name.casefold() for one in others):
        checks.refuse("name", f"There is already a department “{kept}”.")
    return kept


def _words(given: Sequence[str]) -> list[str]:
    kept = list(dict.fromkeys(word for text in given if (word := checks.line(text))))
    if len(kept) > WORDS or any(len(word) > WORD for word in kept):
        checks.refuse("words", f"Give at most {WORDS} words of at most {WORD} characters.")
    return kept
