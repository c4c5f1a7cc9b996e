"""Signing in with a provider: whoever it vouches for comes in, and no answer that is not as it has to be helps."""

from __future__ import annotations

import base64
import hmac
import http.client
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Identity, LoginSession, Membership, User, now
from app.security import oidc
from app.services import accounts, audit_log, invitations, users
from tests import rows
from tests.pages.reader import PASSWORD, Reader, ann, browser, sound
from tests.pages.test_people import contents
from tests.provider import CLIENT, KEY, SECRET, Provider, encoded, key, provider, told


@pytest.fixture
def there(app: Flask) -> Iterator[Provider]:
    """A provider that the application trusts."""
    with provider() as mine:
        app.config |= {"OIDC_ISSUER": mine.url, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
        app.config |= {"OIDC_NAME": "Example Inc.", "OIDC_DOMAINS": []}
        oidc.register(app)
        yield mine
        app.extensions.pop("oidc")


@pytest.fixture
def visitor(app: Flask, there: Provider) -> Reader:
    """Somebody with an account who is not signed in."""
    users.create("ann@example.com", PASSWORD)
    return Reader(browser(app))


def goes(reader: Reader, **query: str) -> str:
    """Press the button; the address at the provider."""
    answer = reader.browser.get("/login/oidc", query_string=query)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def agrees(address: str) -> str:
    """Say yes at the provider; the address of ours, with code and state, to which it sends the browser back."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", f"/agree?{parts.query}")
    answer = connection.getresponse()
    connection.close()
    return str(answer.getheader("Location")).removeprefix("http://localhost")


def signs_in(reader: Reader, **query: str) -> TestResponse:
    return reader.browser.get(agrees(goes(reader, **query)))


def sessions() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(LoginSession)) or 0


def is_in(reader: Reader) -> bool:
    return reader.browser.get("/account").status_code == 200


def noted() -> list[str]:
    db.session.rollback()
    return [one.action for one in reversed(audit_log.listed(100))]


def test_whoever_the_provider_vouches_for_is_in(there: Provider, visitor: Reader) -> None:
    assert "Sign in with Example Inc." in visitor.sees("/login").text

    answer = signs_in(visitor)

    assert (answer.status_code, answer.location) == (303, "/surveys")
    assert "ann@example.com" in visitor.sees("/account").text
    assert noted() == ["identities.sign_in"]
    (entry,) = audit_log.listed(9, about="ann@example.com")
    assert entry.thing == '{"user": 1}'


def test_the_session_has_a_new_id_and_the_same_cookie_as_after_a_password(there: Provider, visitor: Reader) -> None:
    before = goes(visitor) and visitor.browser.get_cookie("session")
    cookie = signs_in(visitor).headers["Set-Cookie"]

    assert before
    assert before.value not in cookie
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_without_a_provider_there_is_no_button_and_no_such_page(app: Flask) -> None:
    reader = Reader(browser(app))

    assert "Sign in with" not in reader.sees("/login").text
    assert [reader.browser.get(f"/login/oidc{end}").status_code for end in ("", "/callback")] == [404, 404]


def test_nothing_is_asked_of_the_provider_before_somebody_wants_to_sign_in(there: Provider, visitor: Reader) -> None:
    visitor.sees("/login")
    assert there.asked == []

    goes(visitor)
    goes(visitor)
    assert there.asked == ["/.well-known/openid-configuration"]


def test_going_there_writes_nothing(there: Provider, visitor: Reader) -> None:
    before = contents()

    for _ in range(10):
        goes(visitor)

    assert contents() == before
    assert len(visitor.browser.get_cookie("session").value) < 2_000  # type: ignore[union-attr]


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {}])
def test_a_browser_that_only_looks_ahead_signs_nobody_in_and_uses_nothing_up(
    there: Provider, visitor: Reader, headers: dict[str, str]
) -> None:
    address = agrees(goes(visitor))
    before = contents()

    answer = visitor.browser.open(address, method="GET" if headers else "HEAD", headers=headers)

    assert (answer.status_code, contents()) == (403, before)
    assert visitor.browser.get(address).location == "/surveys"


def test_one_comes_back_to_where_one_wanted_to_be(there: Provider, visitor: Reader) -> None:
    assert signs_in(visitor, next="/surveys/shop/report?language=de").location == "/surveys/shop/report?language=de"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"])
def test_the_sign_in_leads_to_no_other_site(there: Provider, visitor: Reader, elsewhere: str) -> None:
    assert signs_in(visitor, next=elsewhere).location == "/surveys"


def test_the_way_back_has_the_configured_address_whatever_host_was_asked(
    app: Flask, there: Provider, visitor: Reader
) -> None:
    answer = visitor.browser.get("/login/oidc", headers={"Host": "127.0.0.1", "X-Forwarded-Host": "evil.example"})

    assert "redirect_uri=http%3A%2F%2Flocalhost%2Flogin%2Foidc%2Fcallback" in answer.location


def changed(**values: Any) -> Callable[[Provider], None]:
    """The provider says something else in its ID token; None leaves it out."""

    def prepare(there: Provider) -> None:
        def change(claims: dict[str, Any]) -> None:
            for name, value in values.items():
                claims.pop(name) if value is None else claims.update({name: value})

        there.changes = change

    return prepare


def spelled(spell: Callable[[Provider, dict[str, Any]], str]) -> Callable[[Provider], None]:
    def prepare(there: Provider) -> None:
        there.spells = lambda claims: spell(there, claims)

    return prepare


def unsigned(_there: Provider, claims: dict[str, Any]) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(claims)}."


def signed_with_what_is_public(_there: Provider, claims: dict[str, Any]) -> str:
    text = f"{encoded({'alg': 'HS256', 'kid': 'k1'})}.{encoded(claims)}"
    seal = hmac.digest(KEY.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"


def signed_by_somebody_else(there: Provider, claims: dict[str, Any]) -> str:
    there.signs_with = key("k1")
    return there.signed(claims)


def answers(path: str, value: Any, status: int = 200) -> Callable[[Provider], None]:
    def prepare(there: Provider) -> None:
        there.answers[path] = lambda: told(value, status)

    return prepare


HOUR = 3_600
BAD: dict[str, tuple[Callable[[Provider], None], str]] = {
    "another audience": (changed(aud="another"), "cannot be trusted"),
    "no audience": (changed(aud=None), "cannot be trusted"),
    "an audience among others without azp": (changed(aud=[CLIENT, "another"]), "cannot be trusted"),
    "for another party": (changed(aud=[CLIENT, "another"], azp="another"), "cannot be trusted"),
    "another nonce": (changed(nonce="another"), "cannot be trusted"),
    "no nonce": (changed(nonce=None), "cannot be trusted"),
    "expired": (changed(exp=int(time.time()) - HOUR), "Two clocks differ"),
    "never expires": (changed(exp=None), "cannot be trusted"),
    "expires in words": (changed(exp="tomorrow"), "cannot be trusted"),
    "from the future": (changed(iat=int(time.time()) + HOUR), "Two clocks differ"),
    "not yet": (changed(nbf=int(time.time()) + HOUR), "Two clocks differ"),
    "another issuer": (changed(iss="https://evil.example"), "cannot be trusted"),
    "no issuer": (changed(iss=None), "cannot be trusted"),
    "another access token": (changed(at_hash="AAAA"), "cannot be trusted"),
    "no subject": (changed(sub=None), "cannot be trusted"),
    "an empty subject": (changed(sub=""), "cannot be trusted"),
    "a subject that is none": (changed(sub={"$ne": 1}), "cannot be trusted"),
    "an endless subject": (changed(sub="x" * 256), "cannot be trusted"),
    "an address that is not verified": (changed(email_verified=False), "not confirmed"),
    "an address verified in words": (changed(email_verified="true"), "not confirmed"),
    "an address without a word about it": (changed(email_verified=None), "not confirmed"),
    "an address that only looks alike": (changed(email="ann@example.com".replace("a", "а")), "not confirmed"),
    "an address that is none": (changed(email=["ann@example.com"]), "not confirmed"),
    "nobody we know": (changed(email="eve@example.com"), "You have no account here"),
    "unsigned": (spelled(unsigned), "cannot be trusted"),
    "signed with the public key": (spelled(signed_with_what_is_public), "cannot be trusted"),
    "signed by somebody else": (spelled(signed_by_somebody_else), "cannot be trusted"),
    "no token at all": (spelled(lambda _there, _claims: "no.token.atall"), "cannot be trusted"),
    "empty": (spelled(lambda _there, _claims: ""), "cannot be trusted"),
    "a code it does not take": (answers("/token", {"error": "invalid_grant"}, 400), "cannot be trusted"),
    "no id token": (answers("/token", {"access_token": "x"}), "cannot be trusted"),
    "an id token that is a number": (answers("/token", {"id_token": 7}), "cannot be trusted"),
}


@pytest.mark.parametrize("case", BAD)
def test_an_answer_that_is_not_as_it_has_to_be_signs_nobody_in(there: Provider, visitor: Reader, case: str) -> None:
    prepare, says = BAD[case]
    prepare(there)

    answer = signs_in(visitor)

    page = sound(answer)
    assert (answer.status_code, says in page.text) == (403, True)
    assert {"/login/oidc", "/login"} <= set(page.links)
    assert not is_in(visitor)
    assert sessions() == 0
    assert db.session.scalars(sa.select(Identity)).all() == []
    assert noted() == ["identities.refused"]


@pytest.mark.parametrize("case", ["another nonce", "unsigned", "expired"])
def test_after_it_the_same_browser_can_sign_in(there: Provider, visitor: Reader, case: str) -> None:
    BAD[case][0](there)
    signs_in(visitor)
    there.changes, there.spells = (lambda _claims: None), None

    assert signs_in(visitor).location == "/surveys"


AWAY = {
    "no such page": answers("/.well-known/openid-configuration", {}, 404),
    "a fault there": answers("/.well-known/openid-configuration", {}, 500),
    "a redirect": answers("/.well-known/openid-configuration", {}, 302),
    "a list": answers("/.well-known/openid-configuration", []),
    "another issuer": answers("/.well-known/openid-configuration", {"issuer": "https://evil.example"}),
    "an address without https": lambda there: there.description.update(token_endpoint="http://evil.example/token"),
    "a way there that is a script": lambda there: there.description.update(authorization_endpoint="javascript:1"),
    "no keys": lambda there: there.description.update(jwks_uri=""),
    "an endless answer": answers("/.well-known/openid-configuration", {"x": "x" * 300_000}),
}


@pytest.mark.parametrize("case", AWAY)
def test_a_provider_that_cannot_be_used_is_a_page_with_ways_on(there: Provider, visitor: Reader, case: str) -> None:
    AWAY[case](there)

    answer = visitor.browser.get("/login/oidc")

    page = sound(answer)
    assert (answer.status_code, "Example Inc. does not answer" in page.text) == (503, True)
    assert {"/login/oidc", "/login"} <= set(page.links)
    assert visitor.signs_in().status_code == 303


@pytest.mark.parametrize("case", ["token", "jwks"])
def test_a_provider_that_goes_away_in_the_middle_signs_nobody_in(there: Provider, visitor: Reader, case: str) -> None:
    there.answers[f"/{case}"] = lambda: told({}, 500)

    answer = signs_in(visitor)

    assert (answer.status_code, "does not answer" in sound(answer).text, is_in(visitor)) == (503, True, False)
    there.answers.clear()
    assert signs_in(visitor).location == "/surveys"


def test_a_provider_that_is_down_is_a_page_too(app: Flask, there: Provider, visitor: Reader) -> None:
    app.config["OIDC_ISSUER"] = "http://127.0.0.1:1"
    oidc.register(app)

    answer = visitor.browser.get("/login/oidc")

    assert (answer.status_code, "does not answer" in sound(answer).text) == (503, True)


def test_somebody_who_cancels_is_told_so(there: Provider, visitor: Reader) -> None:
    state = dict(part.split("=") for part in urlsplit(goes(visitor)).query.split("&"))["state"]

    answer = visitor.browser.get(f"/login/oidc/callback?error=access_denied&state={state}")

    assert (answer.status_code, "You were not signed in" in sound(answer).text) == (403, True)
    assert not is_in(visitor)


@pytest.mark.parametrize(
    "query",
    ["", "?code=x", "?state=", "?state=x&code=y", "?error=access_denied", "?state=x&state=y", "?state=%F0&code=ü"],
)
def test_without_the_state_of_this_browser_nothing_is_asked_or_noted(
    there: Provider, visitor: Reader, query: str
) -> None:
    goes(visitor)
    before = contents()

    answer = visitor.browser.get(f"/login/oidc/callback{query}")

    assert (answer.status_code, "This sign-in has ended" in sound(answer).text) == (400, True)
    assert contents() == before
    assert there.asked == ["/.well-known/openid-configuration"]


def test_the_way_back_of_another_browser_signs_nobody_in(app: Flask, there: Provider, visitor: Reader) -> None:
    other = Reader(browser(app))
    goes(other)

    answer = other.browser.get(agrees(goes(visitor)))

    assert (answer.status_code, is_in(other)) == (400, False)


def test_a_way_back_works_once_even_with_the_cookie_of_before(app: Flask, there: Provider, visitor: Reader) -> None:
    address = agrees(goes(visitor))
    cookie = visitor.browser.get_cookie("session")
    assert visitor.browser.get(address).location == "/surveys"
    assert cookie

    assert visitor.browser.get(address).location == "/surveys"  # signed in, and only led on
    thief = Reader(browser(app))
    thief.browser.set_cookie("session", cookie.value)
    answer = thief.browser.get(address)

    assert (answer.status_code, is_in(thief), sessions()) == (403, False, 1)


def test_a_sign_in_has_a_quarter_of_an_hour(there: Provider, visitor: Reader) -> None:
    address = agrees(goes(visitor))

    with time_machine.travel(now() + timedelta(minutes=16), tick=False):
        assert visitor.browser.get(address).status_code == 400
    assert not is_in(visitor)


def test_an_answer_of_another_provider_is_not_sent_to_ours(there: Provider, visitor: Reader) -> None:
    address = agrees(goes(visitor)).replace("iss=http", "iss=https")

    assert visitor.browser.get(address).status_code == 403
    assert "/token" not in there.asked


def test_three_tabs_at_once_all_work(there: Provider, visitor: Reader) -> None:
    addresses = [agrees(goes(visitor)) for _ in range(4)]

    assert visitor.browser.get(addresses[0]).status_code == 400
    assert visitor.browser.get(addresses[1]).location == "/surveys"


def test_a_provider_that_signs_with_a_new_key_is_asked_for_it(there: Provider, visitor: Reader, app: Flask) -> None:
    signs_in(visitor)
    there.signs_with = key("k2")
    there.shows.append(there.signs_with)

    assert signs_in(Reader(browser(app))).location == "/surveys"
    assert there.asked.count("/jwks") == 2


def test_an_address_that_is_only_told_on_asking_is_asked_for(there: Provider, visitor: Reader) -> None:
    there.says_address = "userinfo"

    assert signs_in(visitor).location == "/surveys"
    assert "/userinfo" in there.asked


@pytest.mark.parametrize("about", [{"sub": "p-2"}, {"email_verified": False}])
def test_what_is_told_on_asking_has_to_be_about_them(there: Provider, visitor: Reader, about: dict[str, Any]) -> None:
    there.says_address = "userinfo"
    said = there.person | about
    there.answers["/userinfo"] = lambda: told(said)

    assert signs_in(visitor).status_code == 403
    assert not is_in(visitor)


@pytest.mark.parametrize("methods", [["client_secret_basic"], ["client_secret_post"], None])
def test_the_secret_is_told_as_the_provider_wants_it(
    there: Provider, visitor: Reader, methods: list[str] | None
) -> None:
    if methods:
        there.description["token_endpoint_auth_methods_supported"] = methods

    assert signs_in(visitor).location == "/surveys"


def test_once_linked_the_subject_decides_and_not_the_address(app: Flask, there: Provider, visitor: Reader) -> None:
    signs_in(visitor)
    users.create("new@example.com", PASSWORD)
    there.person["email"] = "new@example.com"

    other = Reader(browser(app))
    signs_in(other)

    assert "ann@example.com" in other.sees("/account").text


def test_who_gets_the_address_of_somebody_else_does_not_get_their_account(
    app: Flask, there: Provider, visitor: Reader
) -> None:
    signs_in(visitor)
    there.person["sub"] = "p-2"

    other = Reader(browser(app))
    answer = signs_in(other)

    assert (answer.status_code, "You have no account here" in sound(answer).text) == (403, True)
    assert not is_in(other)
    assert noted()[-1] == "identities.refused"


def test_a_domain_makes_accounts_that_see_nothing(app: Flask, there: Provider) -> None:
    app.config["OIDC_DOMAINS"] = ["example.com"]
    rows.survey()
    reader = Reader(browser(app))

    assert signs_in(reader).location == "/surveys"

    assert "Shop" not in reader.sees("/surveys").text
    assert reader.browser.get("/surveys/shop/report").status_code == 404
    made = accounts.by_address("ann@example.com")
    assert (made.is_admin, db.session.scalars(sa.select(Membership)).all()) == (False, [])
    assert Reader(browser(app)).signs_in(password="").status_code == 422


@pytest.mark.parametrize("email", ["ann@sub.example.com", "ann@example.com.evil.example", "ann@badexample.com", "x"])
def test_only_the_domain_itself_does(app: Flask, there: Provider, email: str) -> None:
    app.config["OIDC_DOMAINS"] = ["example.com"]
    there.person["email"] = email

    assert signs_in(Reader(browser(app))).status_code == 403
    assert db.session.scalars(sa.select(User)).all() == []


def test_who_was_invited_gets_an_account_and_is_in(app: Flask, there: Provider) -> None:
    shop, other = rows.survey(), rows.survey("other", "Other")
    invitations.invite(shop, "x", "ann@example.com", "editor")
    invitations.invite(other, "x", "bo@example.com", "viewer")
    reader = Reader(browser(app))

    signs_in(reader)

    reader.sees("/surveys/shop/report")
    reader.sees("/surveys/other/report", 404)
    assert invitations.pending(shop) == []
    assert len(invitations.pending(other)) == 1


@pytest.mark.parametrize("end", ["withdrawn", "a week later"])
def test_an_invitation_that_has_ended_makes_no_account(app: Flask, there: Provider, end: str) -> None:
    shop, later = rows.survey(), timedelta()
    invitations.invite(shop, "x", "ann@example.com", "editor")
    if end == "withdrawn":
        invitations.withdraw(shop, 1)
    else:
        later = timedelta(days=8)

    with time_machine.travel(now() + later):
        assert signs_in(Reader(browser(app))).status_code == 403
    assert db.session.scalars(sa.select(User)).all() == []


def test_who_is_signed_in_already_goes_on_without_being_asked(app: Flask, there: Provider) -> None:
    reader = ann(app, rows.survey())

    assert reader.browser.get("/login/oidc?next=/surveys/shop/report").location == "/surveys/shop/report"
    assert there.asked == []


def test_an_account_that_is_removed_leaves_no_link(there: Provider, visitor: Reader) -> None:
    users.create("root@example.com", PASSWORD, is_admin=True)
    signs_in(visitor)

    accounts.remove(accounts.by_address("ann@example.com"))

    db.session.rollback()
    assert db.session.scalars(sa.select(Identity)).all() == []
    assert not is_in(visitor)
