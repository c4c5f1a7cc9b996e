"""Who did what: every change that somebody asks for leaves an entry in its own transaction, every look one an hour.

The entry is made from the route or command, not by each of them, so that none can be forgotten.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, has_app_context, request

from app.models import AuditEntry, AuditHead, Survey, now
from app.models.transaction import NotSavedError, TwoWaySession, is_writing, writing
from app.models.upsert import insert_once
from app.security import audit_chain, login

log = logging.getLogger("whyscore.audit")

SAFE = {"GET", "HEAD", "OPTIONS"}
NOT_ACTS = {  # answering, and forms that only show something
    "widget.send",
    "widget.send_comment",
    "receipts.change",
    "receipts.unlock",
    "responses.create_response",
    "inbox.take",
    "previews.theme",
    "previews.wording",
}
SIGNS_IN = {"identities.sign_in"}  # by GET, for the provider sends the browser here
NUMBERED = ("number", "case_id", "rule_id", "digest_id", "channel_id", "delivery_id", "response_id")


@dataclass(slots=True)
class Act:
    """What somebody is doing now: in which survey (by its key), to what (numbers only), about whom (a keyed hash).

    The first transaction writes the entry if it `is_due`.
    """

    action: str
    survey: str | None = None
    thing: dict[str, int] = field(default_factory=dict)
    mark: str | None = None
    actor: str = ""
    is_due: bool = True
    actor_id: int | None = None


def register(app: Flask) -> None:
    """Note the acts of requests."""
    app.extensions["audit_views"] = Views()
    app.before_request(_begin)
    app.after_request(_note_view)
    app.teardown_request(_forget)


def is_act(endpoint: str, method: str) -> bool:
    """Whether what is sent to this route is noted."""
    return (method not in SAFE and endpoint not in NOT_ACTS) or (method == "GET" and endpoint in SIGNS_IN)


def about(subject: str) -> None:
    """Say which person or customer the present act is about; only a keyed hash of the id is kept."""
    if act := g.get("act"):
        act.mark = audit_chain.mark(subject)


def on(action: str = "", survey: str | None = None, **thing: int) -> None:
    """Say what the present act turned out to be, in which survey, and the numbers of what it is done to."""
    if act := g.get("act"):
        act.action, act.survey = action or act.action, survey or act.survey
        act.thing |= thing


@contextmanager
def command(action: str, survey: str | None) -> Iterator[None]:
    """Note what this command changes."""
    g.act = Act(action, survey, actor="command")
    try:
        yield
    finally:
        _forget()


def note() -> None:
    """Write the entry of an act that changes nothing else: a sign-in that was refused, an export by command."""
    with writing():
        pass


def look(action: str, survey: str, actor: str, actor_id: int | None = None) -> None:
    """Note that a program looked at a survey on a way that is no request, once an hour."""
    act = Act(action, survey, actor=actor, actor_id=actor_id, is_due=False)
    act.is_due = current_app.extensions["audit_views"].is_new(_look(act))
    g.act = act
    try:
        _try_to_note(act)
    finally:
        _forget()


def _forget(_error: BaseException | None = None) -> None:
    g.pop("act", None)


def _begin() -> None:
    given = request.view_args or {}
    thing = {name: given[name] for name in NUMBERED if name in given}
    is_due = bool(request.endpoint) and is_act(str(request.endpoint), request.method)
    g.act = Act(str(request.endpoint), given.get("key"), thing, is_due=is_due)


def _note_view(response: Response) -> Response:
    """A page of a survey that somebody saw, once an hour; a file that somebody took, every time."""
    act = g.get("act")
    if act and request.method == "GET" and response.status_code == 200 and _is_view():
        is_file = "attachment" in response.headers.get("Content-Disposition", "")
        act.is_due = is_file or current_app.extensions["audit_views"].is_new(_look(act))
        _try_to_note(act)
    return response


def _is_view() -> bool:
    is_known = _actor(Act(""))[0] in {"user", "key"}
    return request.endpoint == "shares.read" or (is_known and "key" in (request.view_args or {}))


def _look(act: Act) -> object:
    return *_actor(act), act.action, act.survey, tuple(act.thing.items()), act.mark


def _try_to_note(act: Act) -> None:
    """Reading has to work where nothing can be written; then the log tells of it instead."""
    try:
        if act.is_due:
            note()
    except NotSavedError:
        log.error("not noted: %s", act.action)


class Views:
    """What was looked at within this hour, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Nothing was looked at."""
        self._hour = ""
        self._seen: set[object] = set()

    def is_new(self, view: object) -> bool:
        """Whether this look is the first of its hour."""
        hour = f"{now():%Y-%m-%dT%H}"
        with self._lock:
            if hour != self._hour:
                self._hour, self._seen = hour, set()
            is_new = view not in self._seen
            self._seen.add(view)
        return is_new


def _actor(act: Act) -> tuple[str, int | None]:
    if act.actor:
        return act.actor, act.actor_id
    if request.path.startswith("/api/"):
        return "key", g.get("caller_id")
    if request.path.startswith("/w/"):
        return "respondent", None
    if request.path.startswith(("/m/", "/shared/", "/invitations/", "/reset/")):
        return "link", login.user_id()
    signed_in = login.user_id()
    return ("visitor", None) if signed_in is None else ("user", signed_in)


@sa.event.listens_for(TwoWaySession, "before_commit")
def _before_commit(session: TwoWaySession) -> None:
    """The entry goes into the transaction of the first thing that an act changes, as the last of it."""
    if has_app_context() and is_writing() and (act := g.get("act")) and act.is_due:
        _append(session, act)


@sa.event.listens_for(TwoWaySession, "after_commit")
def _after_commit(_session: TwoWaySession) -> None:
    if has_app_context() and is_writing() and (act := g.get("act")):
        act.is_due = False


def _append(session: TwoWaySession, act: Act) -> None:
    head = _head(session)
    actor, actor_id = _actor(act)
    survey_id = session.scalar(sa.select(Survey.id).where(Survey.key == act.survey)) if act.survey else None
    entry = AuditEntry(
        id=head.entry_id + 1,
        at=now(),
        actor=actor,
        actor_id=actor_id,
        action=act.action,
        survey_id=survey_id,
        thing=json.dumps(act.thing, sort_keys=True) if act.thing else "",
        mark=act.mark,
    )
    entry.link = audit_chain.link(entry, head.link)
    session.add(entry)
    head.entry_id, head.link, head.seal = entry.id, entry.link, audit_chain.seal(entry.id, entry.link)


def _head(session: TwoWaySession) -> AuditHead:
    """The newest entry, held until the end of the transaction, so that two never go behind the same one."""
    held = sa.select(AuditHead).with_for_update().execution_options(populate_existing=True)
    head = session.scalar(held)
    if head is None:
        insert_once(AuditHead, {"id": 1, "entry_id": 0, "link": "", "seal": audit_chain.seal(0, "")})
        head = session.scalars(held).one()
    return head
