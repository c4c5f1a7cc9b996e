"""Who is looking, and whether they may."""

from __future__ import annotations

from collections.abc import Sequence

from flask import g

from app.errors import NotAllowed, NotSignedIn
from app.models import Survey, User
from app.security import login
from app.services import users


def visitor() -> User | None:
    """Who signed in, None for anybody else."""
    user = users.get(login.user_id())
    g.visitor = user
    return user


def signed_in() -> User:
    """Who signed in, or NotSignedIn."""
    user = visitor()
    if user is None:
        raise NotSignedIn("Sign in to see this page.")
    return user


def administrator() -> User:
    """Who signed in, if they may make surveys; NotAllowed for others."""
    user = signed_in()
    if not user.is_admin:
        raise NotAllowed("Only administrators make surveys. Ask whoever runs this installation.")
    return user


def may(survey: Survey, role: str) -> bool:
    """Whether whoever looks has at least this role; a visitor has none."""
    user = g.get("visitor") or visitor()
    return user is not None and users.may(user, survey, role)


def roles(survey: Survey) -> Sequence[str]:
    """All roles that whoever looks has, the lesser ones too, asked once."""
    user = g.get("visitor") or visitor()
    return users.roles(user, survey) if user else ()


def may_edit(survey: Survey) -> bool:
    """Whether whoever signed in may change this survey."""
    return users.may(signed_in(), survey, "editor")


def may_administer(survey: Survey) -> bool:
    """Whether whoever signed in may change the settings of this survey."""
    return users.may(signed_in(), survey, "admin")


def survey(key: str, role: str = "viewer") -> Survey:
    """The survey with this key for whoever signed in with at least this role."""
    return users.survey_for(signed_in(), key, role)
