"""Who is looking, and whether they may."""

from __future__ import annotations

from flask import g

from app.errors import NotSignedIn
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


def may_edit(survey: Survey) -> bool:
    """Whether whoever signed in may change this survey."""
    return users.may(signed_in(), survey, "editor")


def survey(key: str, role: str = "viewer") -> Survey:
    """The survey with this key for whoever signed in with at least this role."""
    return users.survey_for(signed_in(), key, role)
