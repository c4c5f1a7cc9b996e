"""One's own account: password, sessions, and the way back in for whoever forgot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Letter, LoginSession, Membership, Survey, User, now
from app.models.transaction import writing
from app.security import passwords, tokens
from app.services import carriers, users


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. `place` is the beginning of its hash: enough to end it, too little to be it."""

    place: str
    browser: str
    since: datetime
    until: datetime
    is_here: bool


def sessions(user: User, here: str) -> list[Session]:
    """The browsers in which somebody is signed in, the newest first; `here` is the hash of the one that asks."""
    query = sa.select(LoginSession).where(LoginSession.user_id == user.id, LoginSession.expires_at > now())
    found = db.session.scalars(query.order_by(LoginSession.created_at.desc(), LoginSession.id_hash))
    return [
        Session(one.id_hash[:16], one.data.get("browser", ""), one.created_at, one.expires_at, one.id_hash == here)
        for one in found
    ]


def end_session(user: User, place: str) -> None:
    """Sign one browser out; NotFound unless it is one of theirs."""
    its = sa.func.substr(LoginSession.id_hash, 1, 16) == place
    with writing() as session:
        ended = sa.delete(LoginSession).where(LoginSession.user_id == user.id, its).returning(LoginSession.id_hash)
        if not session.execute(ended).all():
            raise NotFound("You have no such session.")


def end_sessions(user: User) -> None:
    """Sign every browser of somebody out, this one too."""
    with writing() as session:
        session.execute(sa.delete(LoginSession).where(LoginSession.user_id == user.id))


def surveys_of(user: User) -> Sequence[tuple[Survey, str]]:
    """The surveys somebody is a member of, with the role."""
    query = sa.select(Survey, Membership.role).join(Membership, Membership.survey_id == Survey.id)
    rows = db.session.execute(query.where(Membership.user_id == user.id).order_by(Survey.name, Survey.key))
    return [(survey, role) for survey, role in rows]


def every() -> Sequence[User]:
    """All accounts, by address."""
    return db.session.scalars(sa.select(User).order_by(User.email)).all()


def by_address(email: str) -> User:
    """The account with this address, or NotFound."""
    user = db.session.scalar(sa.select(User).where(User.email == users.plain(email)))
    if user is None:
        raise NotFound(f"Nobody has an account as {email}.")
    return user


def remove(user: User) -> None:
    """Take an account away, its sessions and memberships with it; never the last administrator of the installation."""
    with writing() as session:
        admins = session.scalars(sa.select(User.id).where(User.is_admin).with_for_update()).all()
        if admins == [user.id]:
            raise Invalid("This is the only administrator of the installation. Make another one first.")
        session.execute(sa.delete(User).where(User.id == user.id))


def change_password(user: User, current: str, new: str, again: str) -> None:
    """A new password for whoever knows the present one. Every session and every link to a new one ends."""
    if not passwords.is_right(current, user.password_hash):
        raise Invalid("This is not your present password.", {"current": ["This is not your present password."]})
    _set(user, new, again)


def reset_link(user: User) -> str:
    """An address that sets a new password, for a day or until the password is another one."""
    return f"{current_app.config['BASE_URL']}/reset/{tokens.seal_reset(user.id, user.password_hash)}"


def ask_reset(email: str) -> None:
    """Have a letter with such a link sent to an address, if it is that of an account: the same work either way."""
    address = users.plain(email)
    if not users.EMAIL.fullmatch(address):
        raise Invalid("Give an e-mail address.", {"email": ["Give an e-mail address."]})
    if not carriers.has_mail_server():
        raise Invalid("This installation sends no mail.", {"email": ["This installation sends no mail."]})
    with writing() as session:
        session.add(Letter(kind="reset", address=address))


def whose_reset(token: str) -> User | None:
    """Whose new password a link sets; None if it has expired, was used, or is not ours."""
    try:
        user_id = tokens.open_reset(token, _kept)
    except tokens.BadTokenError:
        return None
    return users.get(user_id)


def reset(token: str, new: str, again: str) -> User:
    """Set a new password by a link, which works no more from then on."""
    user = whose_reset(token)
    if user is None:
        raise NotFound("This link does not work any more.")
    _set(user, new, again)
    return user


def _kept(user_id: int) -> str | None:
    return db.session.scalar(sa.select(User.password_hash).where(User.id == user_id))


def _set(user: User, new: str, again: str) -> None:
    """The row changes only if the password is still the one that was looked at: of two at once one comes too late."""
    before = user.password_hash
    users.check(user.email, new)
    if new != again:
        raise Invalid("The two are not the same.", {"again": ["This is not what you typed above."]})
    kept = passwords.hashed(new)
    with writing() as session:
        same = (User.id == user.id, User.password_hash == before)
        changed = session.execute(sa.update(User).where(*same).values(password_hash=kept).returning(User.id)).all()
        if not changed:
            raise NotFound("The password was changed meanwhile.")
        session.execute(sa.delete(LoginSession).where(LoginSession.user_id == user.id))
        session.execute(sa.delete(Letter).where(Letter.kind == "reset", Letter.address == user.email))
