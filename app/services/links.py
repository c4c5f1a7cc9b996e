"""Whole addresses, for what leaves these pages: mails, webhooks, chats."""

from __future__ import annotations

from urllib.parse import quote

from flask import current_app

from app.models import Channel, Survey
from app.reports.filters import Filters, Period
from app.security import tokens
from app.security.tokens import Mail, Subject


def report(survey: Survey, filters: Filters, period: Period) -> str:
    """The report of this view and these days."""
    return _whole(f"/surveys/{survey.key}/report?{filters.query(from_day=period.first, to_day=period.last)}")


def pain_point(survey: Survey, point_id: str) -> str:
    """The page of a pain point."""
    return _whole(f"/surveys/{survey.key}/pain-points/{quote(point_id, safe='')}")


def case(survey: Survey, case_id: str) -> str:
    """The page of a case."""
    return _whole(f"/surveys/{survey.key}/cases/{case_id}")


def cases(survey: Survey) -> str:
    """The cases that are overdue."""
    return _whole(f"/surveys/{survey.key}/cases?overdue=1")


def embed(survey: Survey) -> str:
    """Where the tag and the sites of a survey are."""
    return _whole(f"/surveys/{survey.key}/embed")


def act(survey: Survey, channel: Channel, kind: Subject, id_: str) -> str:
    """The page on which whoever reads this channel may change the status of one thing, for seven days."""
    return _sealed("act" if kind == "point" else "case", survey, channel, kind, id_)


def confirm(survey: Survey, channel: Channel, digest_id: int) -> str:
    """The page on which a digest is confirmed."""
    return _sealed("confirm", survey, channel, "confirm", str(digest_id))


def unsubscribe(survey: Survey, channel: Channel, digest_id: int) -> str:
    """The page on which a digest is ended, and to which one POST ends it."""
    return _sealed("end", survey, channel, "end", str(digest_id))


def _sealed(page: str, survey: Survey, channel: Channel, kind: Subject, id_: str) -> str:
    mail = Mail.to(survey.id, channel.id, channel.address, kind, id_)
    return _whole(f"/m/{page}/{tokens.seal_mail(mail)}")


def _whole(path: str) -> str:
    base: str = current_app.config["BASE_URL"]
    return base + path
