"""People who sign in, and what each of them may see and do."""

from __future__ import annotations

import re
from collections.abc import Sequence

import sqlalchemy as sa

from app.errors import Invalid, NotAllowed, NotFound
from app.extensions import db
from app.models import Membership, Survey, User, now
from app.models.transaction import writing
from app.models.upsert import insert_once
from app.models.users import ROLES
from app.security import passwords

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def create(email: str, password: str, *, is_admin: bool = False) -> User:
    """A new account; Invalid says what is wrong with it. An administrator sees every survey."""
    email = plain(email)
    check(email, password)
    kept = passwords.hashed(password)
    with writing() as session:
        id_ = insert_account(email, kept, is_admin=is_admin)
        if id_ is None:
            raise Invalid(f"There is already an account for {email}.", {"email": ["Taken."]})
        return session.get_one(User, id_)


def insert_account(email: str, password_hash: str, *, is_admin: bool = False) -> int | None:
    """The id of a new account, inside a transaction; None if the address has one."""
    values = {"email": email, "password_hash": password_hash, "is_admin": is_admin, "created_at": now()}
    id_: int | None = insert_once(User, values)
    return id_


def join(user: User, survey: Survey, role: str) -> None:
    """Let somebody into a survey, or change what they may do in it."""
    if role not in ROLES:
        raise Invalid(f"Choose one of {', '.join(ROLES)}.", {"role": ["There is no such role."]})
    with writing() as session:
        session.execute(sa.delete(Membership).filter_by(user_id=user.id, survey_id=survey.id))
        session.add(Membership(user_id=user.id, survey_id=survey.id, role=role))


def authenticate(email: str, password: str) -> User | None:
    """Whose e-mail address and password these are; None takes as long for an unknown one."""
    user = db.session.scalar(sa.select(User).where(User.email == plain(email)))
    if not passwords.is_right(password, user.password_hash if user else None) or user is None:
        return None
    if passwords.is_outdated(user.password_hash):
        _keep_anew(user, password)
    return user


def _keep_anew(user: User, password: str) -> None:
    """Hash it with today's parameters, unless somebody set another one meanwhile."""
    kept, same = passwords.hashed(password), (User.id == user.id, User.password_hash == user.password_hash)
    with writing() as session:
        session.execute(sa.update(User).where(*same).values(password_hash=kept))


def get(user_id: int | None) -> User | None:
    """The account with this id, if it still exists."""
    return db.session.get(User, user_id) if user_id is not None else None


def surveys_of(user: User) -> Sequence[Survey]:
    """The surveys somebody may see, by name."""
    query = sa.select(Survey).order_by(Survey.name, Survey.key)
    if not user.is_admin:
        query = query.join(Membership, Membership.survey_id == Survey.id).where(Membership.user_id == user.id)
    return db.session.scalars(query).all()


def survey_for(user: User, key: str, role: str = "viewer") -> Survey:
    """The survey with this key for somebody with at least this role.

    One they may not see is NotFound, as if it were not there; one they may only see is NotAllowed.
    """
    survey = db.session.scalar(sa.select(Survey).where(Survey.key == key))
    theirs = _role(user, survey) if survey else None
    if survey is None or theirs is None:
        raise NotFound("There is no such survey.")
    if ROLES.index(theirs) < ROLES.index(role):
        raise NotAllowed(f"This needs the role {role}; yours is {theirs}.")
    return survey


def may(user: User, survey: Survey, role: str) -> bool:
    """Whether somebody has at least this role in a survey."""
    return role in roles(user, survey)


def roles(user: User, survey: Survey) -> Sequence[str]:
    """The roles that somebody has in a survey, the lesser ones too; none for a stranger."""
    theirs = _role(user, survey)
    return ROLES[: ROLES.index(theirs) + 1] if theirs else ()


def _role(user: User, survey: Survey) -> str | None:
    if user.is_admin:
        return ROLES[-1]
    return db.session.scalar(sa.select(Membership.role).filter_by(user_id=user.id, survey_id=survey.id))


def plain(email: str) -> str:
    """An address as it is kept: one spelling for one person."""
    return email.strip().lower()


def check(email: str, password: str) -> None:
    """Invalid says what is wrong with an address and a password."""
    errors: dict[str, list[str]] = {}
    if not EMAIL.fullmatch(email):
        errors["email"] = ["Give an e-mail address."]
    if not passwords.SHORTEST <= len(password) <= passwords.LONGEST:
        errors["password"] = [f"Use {passwords.SHORTEST} to {passwords.LONGEST} characters."]
    if errors:
        raise Invalid(" ".join(text for texts in errors.values() for text in texts), errors)
