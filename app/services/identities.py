"""Whose account it is that a provider vouches for."""

from __future__ import annotations

import sqlalchemy as sa
from flask import current_app

from app.extensions import db
from app.models import Identity, User
from app.models.transaction import writing
from app.security import audit, passwords
from app.security.oidc import Claims
from app.services import invitations, users


def account(claims: Claims) -> User | None:
    """The account of whoever signed in; None for somebody who has none and is to get none.

    It is the one that is linked, else the one with the verified address, else a new one for an address that was
    invited or whose domain makes accounts. An account that is linked to somebody else there is not theirs.
    """
    user = db.session.scalar(_linked(claims))
    if user is not None:
        return user
    return _link(claims, passwords.unknown())


def of(user: User) -> Identity | None:
    """Whom an account is linked to at the provider of today."""
    issuer = current_app.config["OIDC_ISSUER"].rstrip("/")
    spellings = (issuer, f"{issuer}/")
    is_of_today = sa.and_(issuer != "", Identity.issuer.in_(spellings))
    return db.session.scalar(sa.select(Identity).where(Identity.user_id == user.id, is_of_today))


def _linked(claims: Claims) -> sa.Select[User]:
    query = sa.select(User).join(Identity, Identity.user_id == User.id)
    return query.where(Identity.issuer == claims.issuer, Identity.subject == claims.subject)


def _link(claims: Claims, unknown_password: str) -> User | None:
    with writing() as session:
        user = session.scalar(_linked(claims)) or _by_address(claims) or _new(claims, unknown_password)
        if user is None or not _is_theirs(user, claims):
            audit.on("identities.refused")
            return None
        audit.on(user=user.id)
        return user


def _is_theirs(user: User, claims: Claims) -> bool:
    """Whether the account is linked to them, from now on if it was linked to nobody."""
    session, known = db.session, sa.select(Identity.subject)
    subject = session.scalar(known.where(Identity.user_id == user.id, Identity.issuer == claims.issuer))
    if subject is None:
        session.add(Identity(user_id=user.id, issuer=claims.issuer, subject=claims.subject))
    return subject in {None, claims.subject}


def _by_address(claims: Claims) -> User | None:
    """The account with the address, held still: of two people who come with it at once the second finds it linked."""
    return db.session.scalar(sa.select(User).where(User.email == claims.email).with_for_update())


def _new(claims: Claims, unknown_password: str) -> User | None:
    """A new account where one may be made, a member of what it was invited to."""
    invited = invitations.open_for(claims.email)
    is_one_of_us = claims.email.rpartition("@")[2] in current_app.config["OIDC_DOMAINS"]
    if not (invited or is_one_of_us) or not users.EMAIL.fullmatch(claims.email):
        return None
    id_ = users.insert_account(claims.email, unknown_password)
    if id_ is None:
        return _by_address(claims)
    for invitation in invited:
        invitations.use(invitation, id_)
    return db.session.get(User, id_)
