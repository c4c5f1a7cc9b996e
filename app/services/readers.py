"""Who reads what by mail: an address is a channel of its survey, so that every sending of it stands in the log."""

from __future__ import annotations

import sqlalchemy as sa

from app.errors import Invalid
from app.extensions import db
from app.models import Channel, MailReader, Membership, Survey, User
from app.services.channel_checks import mail_problem

PERSONAL = sa.select(MailReader.channel_id)
IS_PERSONAL = Channel.id.in_(PERSONAL)  # made for one person, not by whoever set up channels


def plain(email: str) -> str:
    """The address as it is kept; Invalid for what is none, and where no mail can be sent at all."""
    address = email.strip()
    if problem := mail_problem(address):
        raise Invalid(problem, {"email": [problem]})
    return address


def channel_for(survey: Survey, email: str) -> Channel:
    """The mail channel with this address, made if there is none. Call it inside `writing()`."""
    same = (Channel.survey_id == survey.id) & (Channel.kind == "email")
    found = db.session.scalar(
        sa.select(Channel).where(same, sa.func.lower(Channel.address) == email.lower()).order_by(Channel.id).limit(1)
    )
    if found is None:
        found = Channel(survey_id=survey.id, kind="email", name=email, address=email)
        db.session.add(found)
        db.session.flush()
        db.session.add(MailReader(channel_id=found.id))
        db.session.flush()
    return found


def is_personal(channel: Channel) -> bool:
    """Whether a channel was made for one person."""
    return db.session.get(MailReader, channel.id) is not None


def member(survey: Survey, email: str | None) -> User | None:
    """Whose account this address is, if they may see the survey."""
    user = db.session.scalar(sa.select(User).where(User.email == (email or "").strip().lower()))
    if user is None or user.is_admin:
        return user
    is_in = sa.select(Membership.id).filter_by(user_id=user.id, survey_id=survey.id)
    return user if db.session.scalar(is_in) is not None else None
