"""Two surveys of two tenants, each with one of everything that an address can name, and everybody who may ask."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Case, Channel, Delivery, Response, Survey, User, now
from app.models.transaction import writing
from app.pages import widget_styles
from app.reports.filters import Filters
from app.security import tokens
from app.services import (
    accounts,
    alert_rules,
    case_changes,
    catalogue_changes,
    channels,
    departments,
    digests,
    invitations,
    keys,
    saved_views,
    shares,
    source_notes,
    sources,
    surveys,
    themes,
    triages,
    users,
    work,
    work_doing,
)
from app.services import links as mail_links
from app.services.imports import Imported
from tests import rows
from tests.pages import reader
from tests.rows import Raised, Said

CRASH = "it crashes when I save"
PART = re.compile(r"(?:([\w-]+)/)?(?:[\w-]+\.)?<(?:(\w+)(?:\((.*?)\))?:)?(\w+)>")
Ids = Mapping[str, str]


@dataclass(frozen=True)
class Town:
    """A survey with one of everything. `ids` are named by the part of the address before them and their argument."""

    survey: Survey
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def admin(self) -> str:
        """The address of its administrator."""
        return f"admin@{self.survey.key}.example"


def town(key: str) -> Town:
    """Make one."""
    made = Town(surveys.create(key, key.title()), {"key": key})
    people = [users.create(f"{role}@{key}.example", reader.PASSWORD) for role in ("viewer", "editor", "admin")]
    for user in people:
        users.join(user, made.survey, user.email.partition("@")[0])
    made.ids["people:number"] = str(users.create(f"bob@{key}.example", reader.PASSWORD).id)
    users.join(db.session.get_one(User, int(made.ids["people:number"])), made.survey, "viewer")
    made.ids.update(_answers(made.survey))
    made.ids.update(_settings(made.survey, people[-1]))
    made.ids.update(_work(made.survey))
    made.ids.update(_sealed(made))
    db.session.rollback()
    return made


def _answers(survey: Survey) -> Ids:
    name = f"only-{survey.key}"
    more = {"identity": "verified", "attributes": {"account": survey.key, "plan": "team"}}
    said = Said(3, CRASH, [Raised(name, CRASH)], now(), person=f"ann-{survey.key}", more=more)
    rows.store(survey, [said] * 12, names={name: f"Fix the {survey.key}", "other": "Another matter"})
    answer = _newest(Response, survey)
    triages.mark(survey, "ann@example.com", [answer], "case")
    catalogue_changes.change(survey, "ann@example.com", name, {"pinned": True})
    case = _newest(Case, survey)
    case_changes.change(survey, "ann@example.com", case, {"note": "called"}, 1)
    return {
        "responses:response_id": str(answer),
        "pain-points:id_": name,
        "cases:case_id": str(case),
        "changes:number": str(_last("catalogue_change")),
    }


def _settings(survey: Survey, admin: User) -> Ids:
    with writing() as session:
        team = Channel(survey_id=survey.id, kind="email", name="Team", address=f"team@{survey.key}.example")
        session.add(team)
    rule = alert_rules.create(survey, {"kind": "nps.dropped"}, [team.id])
    source = sources.create(survey, sources.Given("webhook", "desk", columns="rating = score"))
    source_notes.note(source.id, Imported())
    digest = digests.create(survey, {"name": "Weekly", "cycle": "weekly"}, [team.id])
    channels.test(survey, team.id)
    invitations.invite(survey, admin.email, f"eve@{survey.key}.example", "viewer")
    shares.create(survey, admin.email, "Board", "", "30", "", with_quotes=True)
    department = departments.create(survey, "Support")
    view = saved_views.save(survey, admin, "German", Filters(language="de"), for_all=True)
    return {
        "channels:number": str(team.id),
        "sources:number": str(source.id),
        "from:name": source.name,
        "readers:channel_id": str(team.id),
        "deliveries:delivery_id": str(db.session.scalar(sa.select(Delivery.id).filter_by(channel_id=team.id))),
        "alerts:rule_id": str(rule.id),
        "digests:digest_id": str(digest.id),
        "departments:number": str(department.id),
        "views:number": str(view.id),
        "shares:number": str(_last("share")),
        "invitations:number": str(_last("invitation")),
        "keys:prefix": keys.create(survey, "to be revoked")[: keys.PREFIX],
    }


def _work(survey: Survey) -> Ids:
    done = work.ask_export(survey, "ann@example.com", "csv", Filters())
    doing = work_doing.take()
    assert doing
    work_doing.do(doing)
    draft = work.send_file(survey, "ann@example.com", "answers.csv", io.BytesIO(b"score,comment\n3,slow\n"))
    return {"data:number": str(done.id), "draft": str(draft.id)}


def _sealed(made: Town) -> Ids:
    survey, answer = made.survey, int(made.ids["responses:response_id"])
    team = db.session.get_one(Channel, int(made.ids["channels:number"]))
    guest = users.create(f"guest@{survey.key}.example", reader.PASSWORD)
    links = {
        "invitations:invitation": invitations.invite(survey, made.admin, f"new@{survey.key}.example", "viewer"),
        "shared:share": shares.create(survey, made.admin, "Board", "", "30", "", with_quotes=True),
        "reset:reset_token": accounts.reset_link(guest),
        "act:token": mail_links.act(survey, team, "point", made.ids["pain-points:id_"]),
        "case:case": mail_links.act(survey, team, "case", made.ids["cases:case_id"]),
        "confirm:question": mail_links.confirm(survey, team, int(made.ids["digests:digest_id"])),
        "end:ending": mail_links.unsubscribe(survey, team, int(made.ids["digests:digest_id"])),
    }
    tokens_of_the_widget = {
        "r:receipt": tokens.seal_receipt(tokens.Receipt(survey.id, answer)),
        "answer:opened": tokens.seal_opened(tokens.Receipt(survey.id, answer)),
        "send:nonce": tokens.Form(survey.id).nonce,
        "w:theme": widget_styles.code(themes.of({})),
    }
    return {name: link.rpartition("/")[2] for name, link in links.items()} | tokens_of_the_widget


def _newest(model: type, survey: Survey) -> int:
    return int(db.session.scalar(sa.select(sa.func.max(model.id)).filter_by(survey_id=survey.id)) or 0)  # type: ignore[attr-defined]


def _last(table: str) -> int:
    return int(db.session.scalar(sa.text(f"SELECT max(id) FROM {table}")) or 0)  # noqa: S608 - names of ours


def slots(rule: Rule) -> list[str]:
    """What a rule's address names, in order: a key of `Town.ids`, or one of a few words as `words:csv|xlsx`."""
    return [_slot(part) for part in PART.finditer(rule.rule)]


def _slot(part: re.Match[str]) -> str:
    before, kind, choices, name = part.groups()
    if kind == "any":
        return "words:" + re.sub(", ?", "|", choices)
    return "key" if name == "key" else f"{before}:{name}"


def address(rule: Rule, ids: Ids) -> str:
    """The address of these things by a rule; a new kind of thing has to be put into the town first."""

    def value(part: re.Match[str]) -> str:
        slot = _slot(part)
        named = slot.removeprefix("words:").split("|")[0] if slot.startswith("words:") else ids[slot]
        return re.sub(r"<.*>", lambda _: named, part[0])

    return PART.sub(value, rule.rule)


@dataclass(frozen=True)
class Caller:
    """Somebody who asks: with a session, with a key, or with neither."""

    client: FlaskClient
    bearer: str = ""

    def asks(self, method: str, path: str, **sent: Any) -> TestResponse:
        """Send a request."""
        headers = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        return self.client.open(path, method=method, headers=headers, **sent)


def signed_in(app: Flask, email: str) -> Caller:
    """Somebody with an account."""
    person = reader.Reader(reader.browser(app))
    person.signs_in(email)
    assert person.browser.get("/account").status_code == 200
    return Caller(person.browser)


def callers(app: Flask, own: Town, other: Town) -> dict[str, Callable[[], Caller]]:
    """Everybody who may ask for what is `own`'s."""
    users.create("root@example.com", reader.PASSWORD, is_admin=True)
    revoked = keys.create(own.survey, "revoked")
    keys.revoke(own.survey, revoked[: keys.PREFIX])
    with_key = {
        "key of another survey": keys.create(other.survey, "theirs"),
        "revoked key": revoked,
        "key to read": keys.create(own.survey, "reads", ["read"]),
        "key to write answers": keys.create(own.survey, "writes", ["responses:write"]),
        "key to the catalogue": keys.create(own.survey, "sorts", ["catalogue:write"]),
    }
    people = {
        "another tenant's admin": other.admin,
        "viewer": f"viewer@{own.survey.key}.example",
        "editor": f"editor@{own.survey.key}.example",
        "admin": own.admin,
        "administrator": "root@example.com",
    }
    return {
        "anybody": lambda: Caller(reader.browser(app)),
        **{name: partial(signed_in, app, email) for name, email in people.items()},
        **{name: partial(Caller, reader.browser(app), text) for name, text in with_key.items()},
    }
