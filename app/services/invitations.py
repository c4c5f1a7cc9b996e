"""Asking somebody into a survey: a link that works once and for a week, and that only a press uses up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from app.errors import Invalid, NotAllowed, NotFound
from app.extensions import db
from app.models import Invitation, Letter, Membership, Survey, User, now
from app.models.transaction import writing
from app.models.users import ROLES
from app.security import audit, links, passwords, tokens
from app.services import carriers, members, users

LASTS = timedelta(days=7)


def invite(survey: Survey, made_by: str, email: str, role: str) -> str:
    """The address to give to somebody, the only copy of it. An earlier invitation to the same survey ends.

    Where mails can be sent, one is, with an address of its own.
    """
    email = users.plain(email)
    _check(survey, email, role)
    token = links.make()
    with writing() as session:
        session.execute(_ending(survey).where(Invitation.email == email))
        values = {"survey_id": survey.id, "email": email, "role": role, "made_by": made_by}
        made = Invitation(**values, token_hash=links.digest(token), expires_at=now() + LASTS)
        session.add(made)
        session.flush()
        if carriers.has_mail_server():
            session.add(Letter(kind="invitation", invitation_id=made.id))
    return f"{current_app.config['BASE_URL']}/invitations/{token}"


def mailed_link(invitation: Invitation) -> str:
    """The address that stands in the mail: sealed anew each time, so that no table holds it."""
    sealed = tokens.seal_invitation(invitation.id, invitation.token_hash)
    return f"{current_app.config['BASE_URL']}/invitations/{sealed}"


def is_working(invitation: Invitation) -> bool:
    """Whether it still lets somebody in."""
    is_over = invitation.accepted_at or invitation.withdrawn_at
    return not is_over and invitation.expires_at > now()


def pending(survey: Survey) -> Sequence[Invitation]:
    """The invitations of a survey that still work, the newest first."""
    query = sa.select(Invitation).where(Invitation.survey_id == survey.id, *_working())
    return db.session.scalars(query.order_by(Invitation.id.desc())).all()


def withdraw(survey: Survey, id_: int) -> None:
    """End an invitation; NotFound unless this survey has it and it still works."""
    with writing() as session:
        ended = session.execute(_ending(survey).where(Invitation.id == id_).returning(Invitation.id)).all()
    if not ended:
        raise NotFound("This survey has no such invitation.")


def find(token: str) -> Invitation | None:
    """The invitation behind a link; None if it was used, withdrawn, has expired, or never was."""
    found = db.session.scalar(_by(token))
    if found is not None:
        audit.on(survey=found.survey.key, invitation=found.id)
    return found


def open_for(email: str) -> Sequence[Invitation]:
    """The invitations of an address that still work, held until the end of the transaction."""
    query = sa.select(Invitation).where(Invitation.email == email, *_working()).order_by(Invitation.id)
    return db.session.scalars(query.with_for_update(of=Invitation)).all()


def use(invitation: Invitation, user_id: int) -> None:
    """Use an invitation up for a new account whose address somebody else has proved, inside a transaction."""
    invitation.accepted_at = now()
    _let_in(invitation, user_id)


def account_of(invitation: Invitation) -> User | None:
    """The account that the invited address has already."""
    return db.session.scalar(sa.select(User).where(User.email == invitation.email))


def accept_as_new(token: str, password: str) -> User:
    """Make the account with the invitation's address, and let it in. The link is used up."""
    invitation = _found(token)
    users.check(invitation.email, password)
    kept = passwords.hashed(password)
    with writing():
        taken = _take(token)
        user_id = users.insert_account(taken.email, kept)
        if user_id is None:
            raise Invalid("There is an account for this address by now: sign in with it.", {"password": ["Sign in."]})
        _let_in(taken, user_id)
    return db.session.get_one(User, user_id)


def accept(token: str, user: User) -> None:
    """Let an existing account in, if it is the one that was invited. The link is used up."""
    with writing():
        invitation = _take(token)
        if invitation.email != user.email:
            raise NotAllowed(f"This invitation is for {invitation.email}, and you are signed in as {user.email}.")
        _let_in(invitation, user.id)


def _take(token: str) -> Invitation:
    """Use the link up, inside a transaction: of two who press at the same time one comes too late."""
    invitation = db.session.scalar(_by(token).with_for_update(of=Invitation))
    if invitation is None:
        raise NotFound("This invitation does not work any more.")
    invitation.accepted_at = now()
    return invitation


def _let_in(invitation: Invitation, user_id: int) -> None:
    """A member already keeps the role that allows more."""
    own = {"user_id": user_id, "survey_id": invitation.survey_id}
    member = db.session.scalar(sa.select(Membership).filter_by(**own))
    if member is None:
        db.session.add(Membership(**own, role=invitation.role))
    else:
        member.role = max(member.role, invitation.role, key=ROLES.index)


def _found(token: str) -> Invitation:
    invitation = find(token)
    if invitation is None:
        raise NotFound("This invitation does not work any more.")
    return invitation


def _by(token: str) -> sa.Select[Invitation]:
    return sa.select(Invitation).where(*_named(token), *_working())


def _named(token: str) -> list[sa.ColumnElement[bool]]:
    """The link that was shown has no dot in it, the one that was mailed has two."""
    if "." not in token:
        return [Invitation.token_hash == links.digest(token)]
    try:
        id_, begins = tokens.open_invitation(token)
    except tokens.BadTokenError:
        return [sa.false()]
    return [Invitation.id == id_, sa.func.substr(Invitation.token_hash, 1, tokens.MARK) == begins]


def _working() -> list[sa.ColumnElement[bool]]:
    return [Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > now()]


def _ending(survey: Survey) -> sa.Update:
    return sa.update(Invitation).where(Invitation.survey_id == survey.id, *_working()).values(withdrawn_at=now())


def _check(survey: Survey, email: str, role: str) -> None:
    members.check_role(role)
    if not users.EMAIL.fullmatch(email):
        raise Invalid("Give an e-mail address.", {"email": ["Give an e-mail address."]})
    if email in {member.email for member in members.of(survey)}:
        raise Invalid("This person is a member already.", {"email": ["A member already: change the role above."]})
