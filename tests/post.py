"""A mail server that the application sends its letters through, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app.extensions import db
from app.services import letters
from tests.receivers import Post, post

FROM = "Whyscore <nps@nps.example>"


@contextmanager
def office(app: Flask) -> Iterator[Post]:
    """A mail server, set as that of the installation."""
    with post() as mine:
        app.config |= {"SMTP_URL": f"smtp+plain://127.0.0.1:{mine.port}", "MAIL_FROM": FROM}
        yield mine


def arrived(mine: Post) -> list[tuple[str, str]]:
    """Send what waits; to whom something came, and the path of the one link in it."""
    db.session.rollback()
    while letters.are_waiting() and letters.drain():
        continue
    return [(str(mail["To"]), link_in(mail.get_body(("plain",)).get_content())) for mail in mine.mails]  # type: ignore[union-attr]


def link_in(text: str) -> str:
    (found,) = re.findall(r"^http://localhost(/\S+)", text, re.MULTILINE)
    return str(found)
