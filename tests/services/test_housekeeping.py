"""What has ended is forgotten after a while: nobody's address stays in a list of links that do not work."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app.extensions import db
from app.models import Invitation, Share, now
from app.services import housekeeping, invitations, shares
from tests import rows


@pytest.mark.usefixtures("app")
def test_links_are_forgotten_a_month_after_they_ended() -> None:
    survey = rows.survey()
    for email in ("eve@example.com", "zoe@example.com"):
        invitations.invite(survey, "ann@example.com", email, "viewer")
    for days in ("7", "90"):
        shares.create(survey, "ann@example.com", days, "", days, "", with_quotes=False)
    invitations.withdraw(survey, invitations.pending(survey)[0].id)

    def left(days: int) -> tuple[list[str], list[str]]:
        with time_machine.travel(now() + timedelta(days=days), tick=False):
            housekeeping.tidy()
        return list(db.session.scalars(sa.select(Invitation.email))), list(db.session.scalars(sa.select(Share.name)))

    assert left(29) == (["eve@example.com", "zoe@example.com"], ["7", "90"])
    assert left(31) == (["eve@example.com"], ["7", "90"])
    assert left(38) == ([], ["90"])
    assert left(121) == ([], [])
