"""What letters say, and the one link in each: with the configured address, whatever host anybody asked for."""

from __future__ import annotations

import sqlalchemy as sa
from flask import current_app

from app.extensions import db
from app.models import Invitation, Letter, Survey, User
from app.notifiers.message import Message
from app.reports import wording
from app.reports.translating import gettext
from app.services import accounts, invitations, users


def compose(letter: Letter) -> tuple[str, Message] | None:
    """The address and what to write there; None where nobody is to get anything."""
    if letter.kind == "invitation":
        invitation = db.session.get_one(Invitation, letter.invitation_id)
        return (invitation.email, _invitation(invitation)) if invitations.is_working(invitation) else None
    user = db.session.scalar(sa.select(User).where(User.email == users.plain(letter.address)))
    return (user.email, _reset(user)) if user else None


def _invitation(invitation: Invitation) -> Message:
    survey = db.session.get_one(Survey, invitation.survey_id)
    return Message(
        "people.invited",
        gettext("You are invited to the survey “%(name)s”", name=survey.name),
        (
            gettext("%(name)s invites you to read along in Whyscore.", name=invitation.made_by),
            gettext("The link works once, until %(moment)s.", moment=wording.moment(invitation.expires_at)),
            gettext("If you do not know why you got this, there is nothing to do: without you nothing happens."),
        ),
        ((gettext("Look at the invitation"), invitations.mailed_link(invitation)),),
    )


def _reset(user: User) -> Message:
    at = current_app.config["BASE_URL"]
    return Message(
        "account.reset",
        gettext("A new password for Whyscore"),
        (
            gettext("Somebody asked for a new password for the account %(email)s at %(at)s.", email=user.email, at=at),
            gettext("The link works once, for a day, and until the password is another one."),
            gettext("If it was not you, there is nothing to do: the password stays as it is."),
        ),
        ((gettext("Set a new password"), accounts.reset_link(user)),),
    )
