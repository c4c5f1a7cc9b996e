"""Nobody sees or changes what is not theirs: every route × every id in its address × everybody who may ask."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.services import keys
from tests.pages import reader
from tests.security import roles, world
from tests.security.roles import LEAST, MAY
from tests.security.world import Caller, Town
from tests.test_promises import fingerprints

ENDS = re.compile(
    r"\.(remove|revoke|withdraw|cancel|close|end\w*|sign_out|forget|erase|merge\w*|undo\w*|take_back)$|digests.change$"
)
BODIES: Mapping[str, object] = {  # what a program sends, so that its ids are looked at
    "api_cases.change_case": {"version": 1, "note": "called"},
    "api_quarantine.decide_on_quarantine": {"decision": "include", "ids": [1]},
    "catalogue.edit_pain_point": {"pinned": True},
    "catalogue.merge_pain_point": {"into": "other"},
    "catalogue.split_pain_point": {"name": "Mend it", "quotes": [{"response_id": 1, "start": 0, "end": 3}]},
    "ownership.edit_acting": {"version": 1, "status": "planned"},
}
ASKED: Mapping[str, str] = {  # who or what is named behind the question mark
    "customers.respondent": "?id=ann-{}",
    "customers.everything": "?id=ann-{}",
    "customers.account": "?name={}",
    "api_customers.show_respondent": "?id=ann-{}",
    "api_customers.show_account": "?name={}",
}
OWN = {"accounts.end_session": 404, "accounts.end_sessions": 303}  # no such session of one's own; and signed out
FORMS: Mapping[str, object] = {"people.role": {"role": "viewer"}}
DRAFTS = ("work.start", "work.cancel")


@pytest.fixture
def own(app: Flask) -> Town:
    """The survey of this story; the checks of forms are off, so that what is behind them is seen."""
    app.config["WTF_CSRF_METHODS"] = []
    return world.town("shop")


@pytest.fixture
def other(own: Town) -> Town:
    """Somebody else's."""
    return world.town("bank")


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every rule with each of its methods; what ends something comes last."""
    rules = [(rule, method) for rule in app.url_map.iter_rules() for method in sorted(rule.methods or ())]
    asked = [(rule, method) for rule, method in rules if method not in {"HEAD", "OPTIONS"}]
    yield from sorted(asked, key=lambda one: (one[1] != "GET", _ends(one[0].endpoint), one[0].rule))


def _ends(endpoint: str) -> int:
    return 2 if endpoint in OWN else bool(ENDS.search(endpoint))


def sent(rule: Rule, method: str) -> dict[str, object]:
    """The body of a request that changes something."""
    if method == "GET":
        return {}
    return (
        {"json": BODIES.get(rule.endpoint, {})} if rule.rule.startswith("/api/") else {"data": FORMS.get(rule.endpoint)}
    )


def ids_for(rule: Rule, town: Town) -> dict[str, str]:
    """The ids of a town; what a press begins or ends is work that is not done yet."""
    return {**town.ids, **({"data:number": town.ids["draft"]} if rule.endpoint in DRAFTS else {})}


def path(rule: Rule, ids: Mapping[str, str], asked: str) -> str:
    """The address by a rule, and what it names behind the question mark."""
    return world.address(rule, ids) + ASKED.get(rule.endpoint, "").format(asked)


def test_every_route_says_who_may_ask_for_it_and_no_line_is_left_over(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(LEAST)


def turned_away(answer: TestResponse) -> int | None:
    """The status of an answer that says that this is not for whoever asks."""
    is_to_sign_in = answer.status_code == 303 and answer.headers["Location"].startswith("/login")
    return answer.status_code if is_to_sign_in or answer.status_code in {401, 403, 404} else None


@pytest.mark.parametrize("who", MAY)
def test_everybody_is_let_in_where_they_belong_and_nowhere_else(app: Flask, own: Town, other: Town, who: str) -> None:
    caller = world.callers(app, own, other)[who]()
    asked = [(rule, method) for rule, method in routes(app) if LEAST[rule.endpoint] != "anybody"]
    closed = [one for one in asked if roles.expected(who, LEAST[one[0].endpoint])]

    def wrong(some: Iterable[tuple[Rule, str]]) -> dict[str, object]:
        """Where the answer is another than this table says."""
        found: dict[str, object] = {}
        for rule, method in some:
            expected = roles.expected(who, LEAST[rule.endpoint]) or OWN.get(rule.endpoint)
            answer = caller.asks(method, path(rule, ids_for(rule, own), own.survey.key), **sent(rule, method))
            if turned_away(answer) != expected or answer.status_code >= 500:
                found[f"{method} {rule.rule}"] = (answer.status_code, expected, answer.text[:300])
            answer.close()
        return found

    before = fingerprints()
    assert wrong(closed) == {}
    assert fingerprints() == before
    assert wrong(one for one in asked if one not in closed) == {}


def test_without_the_token_of_the_form_nothing_is_changed(app: Flask, own: Town) -> None:
    app.config["WTF_CSRF_METHODS"] = ["POST", "PUT", "PATCH", "DELETE"]
    caller, before = world.signed_in(app, own.admin), fingerprints()

    statuses = {
        rule.rule: caller.asks(method, world.address(rule, own.ids)).status_code
        for rule, method in routes(app)
        if method != "GET" and not rule.rule.startswith(("/w/", "/api/", "/m/"))
    }

    assert len(statuses) > 60
    assert set(statuses.values()) == {400}
    assert fingerprints() == before


MALFORMED = {
    "key": ["BANK", "b%20ank", "bank%00", "x" * 65, "%2e%2e", "b%C3%A4nk"],
    "number": ["0", "-1", "1.0", "x", "1%00", str(2**63), "9" * 40, "%D9%A1", "1%20OR%201=1", "01e1"],
    "sealed": ["x", "a.b.c", "%00", "A" * 513, "..%00"],
    "name": ["%00", "x" * 201, "%F0%9F%92%A9", "%25", "'--"],
}


def kind(slot: str, rule: Rule) -> str:
    """How an id is spelled."""
    if slot == "key":
        return slot
    if slot == "pain-points:id_":
        return "name"
    return "number" if f"<number:{slot.partition(':')[2]}>" in rule.rule else "sealed"


def strange(rule: Rule, own: Town, other: Town) -> Iterator[tuple[str, str, str]]:
    """The address by a rule with each of its ids in turn foreign, gone, or nothing at all."""
    ids = ids_for(rule, own)
    gone = {"key": "nobody", "number": "987654321", "sealed": "wak_ffffffff", "name": "never-was"}
    for slot in (one for one in world.slots(rule) if not one.startswith("words:")):
        spelled = kind(slot, rule)
        for text in [ids_for(rule, other)[slot], gone[spelled], *MALFORMED[spelled]]:
            yield slot, text, path(rule, {**ids, slot: text}, own.survey.key)
    for named in (other.survey.key, "nobody", "'--", "x" * 150) if rule.endpoint in ASKED else ():
        yield "query", named, path(rule, ids, named)


def bare(answer: TestResponse) -> str:
    """What an answer says, without what differs each time."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)


def callers_of(app: Flask, own: Town, other: Town) -> tuple[Caller, Caller]:
    """A person and a program that may do everything with what is their own."""
    callers = world.callers(app, own, other)
    return callers["admin"](), world.Caller(reader.browser(app), keys.create(own.survey, "all"))


def test_what_is_foreign_gone_or_misspelled_is_the_same_nothing(app: Flask, own: Town, other: Town) -> None:
    person, program = callers_of(app, own, other)
    wrong: dict[str, object] = {}
    before, asked = fingerprints(), 0

    for rule, method in routes(app):
        if LEAST[rule.endpoint] in {"anybody", "signed in", "administrator"}:
            continue
        caller = program if rule.rule.startswith("/api/") else person
        said: dict[str, dict[tuple[int, str], str]] = defaultdict(dict)
        for slot, text, where in strange(rule, own, other):
            answer = caller.asks(method, where, **sent(rule, method))
            said[slot].setdefault((answer.status_code, bare(answer)), text)
            asked += 1
        for slot, answers in said.items():
            if {status for status, _ in answers} != {404} or len(answers) > 1:
                wrong[f"{method} {rule.rule} {slot}"] = [(text, *one) for one, text in answers.items()]

    assert asked > 1_500
    assert wrong == {}
    assert fingerprints() == before
