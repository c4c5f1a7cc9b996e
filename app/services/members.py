"""The people of a survey: who may do what in it, and that somebody always may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Department, DepartmentMember, Membership, Survey, User
from app.models.transaction import writing
from app.models.users import ROLES

LAST = "This is the survey’s only administrator. Make somebody else one first, so that nobody is locked out."


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a survey."""

    user_id: int
    email: str
    role: str


def of(survey: Survey) -> Sequence[Member]:
    """The members of a survey, by address."""
    query = sa.select(User.id, User.email, Membership.role).join(Membership, Membership.user_id == User.id)
    rows = db.session.execute(query.where(Membership.survey_id == survey.id).order_by(User.email))
    return [Member(*row) for row in rows]


def overseers() -> int:
    """How many administrators of the installation there are, who see every survey."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(User).where(User.is_admin)) or 0


def change_role(survey: Survey, user_id: int, role: str) -> None:
    """Let a member do more or less; Invalid for the last administrator, NotFound for somebody who is no member."""
    check_role(role)
    with writing():
        member = _locked(survey, user_id)
        if member.role == "admin" and role != "admin":
            _keep_one(survey, user_id, "role")
        member.role = role


def remove(survey: Survey, user_id: int) -> None:
    """Let a member out of the survey, and of its departments. The account stays."""
    with writing() as session:
        member = _locked(survey, user_id)
        if member.role == "admin":
            _keep_one(survey, user_id, "member")
        session.delete(member)
        departments = sa.select(Department.id).where(Department.survey_id == survey.id)
        own = (DepartmentMember.user_id == user_id, DepartmentMember.department_id.in_(departments))
        session.execute(sa.delete(DepartmentMember).where(*own))


def check_role(role: str) -> None:
    """Invalid unless there is such a role."""
    if role not in ROLES:
        raise Invalid(f"Choose one of {', '.join(ROLES)}.", {"role": [f"Choose one of {', '.join(ROLES)}."]})


def _locked(survey: Survey, user_id: int) -> Membership:
    """The member, with all administrators held still, so that two of them cannot let each other out at once."""
    of_survey = sa.select(Membership).where(Membership.survey_id == survey.id).order_by(Membership.id)
    found = db.session.scalars(of_survey.with_for_update()).all()
    members = {member.user_id: member for member in found}
    if user_id not in members:
        raise NotFound("This survey has no such member.")
    return members[user_id]


def _keep_one(survey: Survey, user_id: int, field: str) -> None:
    others = sa.select(sa.func.count()).select_from(Membership)
    others = others.where(Membership.survey_id == survey.id, Membership.role == "admin", Membership.user_id != user_id)
    if not db.session.scalar(others):
        raise Invalid(LAST, {field: [LAST]})
