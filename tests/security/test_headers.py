"""Every address the application has answers with the headers of its kind, refusals included."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.security import headers
from app.services import surveys

ORIGINS = ["https://www.example.com", "https://*.shop.example:8443"]
POLICY = "default-src 'none'; style-src {0}; img-src {0}; form-action {0}; base-uri 'none'; frame-ancestors {1}"
SELF, BY_NAME = "'self'", "'self' http://localhost"  # in a sandboxed frame WebKit knows us by name only
EVERYWHERE = {"X-Content-Type-Options": "nosniff"}
WIDGET = EVERYWHERE | {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "X-Robots-Tag": "noindex, nofollow",
}
API = EVERYWHERE | {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
PAGE = EVERYWHERE | {
    "Content-Security-Policy": POLICY.format(SELF, "'none'"),
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
NEVER_IN_A_FRAME = (
    "Set-Cookie",
    "X-Frame-Options",
    "ETag",
    "Cross-Origin-Opener-Policy",
    "Access-Control-Allow-Origin",
)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    surveys.create("shop", "Acme", allowed_origins=ORIGINS)
    surveys.create("nowhere", "Acme")
    return app.test_client()


def address(rule: Rule) -> str:
    """An address that this rule takes; most of what it names does not exist."""
    return re.sub(r"<(?:\w+(?:\(.*?\))?:)?(\w+)>", lambda part: "shop" if part[1] == "key" else "1", rule.rule)


def every_answer(app: Flask, client: FlaskClient) -> Iterator[tuple[str, TestResponse]]:
    """The answers of every rule to every method, and to some requests that no rule takes."""
    extra = ["/w/", "/w/shop/none", "/w/nobody", "/w/SHOP", "/w/widget.0.css", "/none", "/api/none", "/api/v1/none"]
    for path in [*map(address, app.url_map.iter_rules()), *extra]:
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"):
            yield path, client.open(path, method=method)
    for path in ["/w/shop", "/w/nobody", "/w/shop/send/abc"]:
        yield path, client.get(path, headers={"Host": "evil.example"})


def expected(path: str, answer: TestResponse) -> dict[str, str]:
    if answer.mimetype == "text/css" and answer.status_code == 200:
        foreign = "cross-origin" if path.startswith("/w/") else "same-origin"
        return {"Cache-Control": "public, max-age=31536000, immutable", "Cross-Origin-Resource-Policy": foreign}
    if path.startswith("/w/"):
        return WIDGET
    return API if path.startswith("/api/") and answer.mimetype != "text/html" else PAGE


def test_every_address_answers_with_the_headers_of_its_kind(app: Flask, client: FlaskClient) -> None:
    wrong, seen = {}, set()

    for path, answer in every_answer(app, client):
        asked = (answer.request.method, path, answer.status_code)
        seen.add(asked)
        for name, value in expected(path, answer).items():
            if answer.headers.get(name) != value:
                wrong[(*asked, name)] = answer.headers.get(name)
        answer.close()

    assert len(seen) > 60
    assert wrong == {}


def test_a_page_of_the_widget_is_framed_where_the_owner_said(app: Flask, client: FlaskClient) -> None:
    seen = set()
    for path, answer in every_answer(app, client):
        if path.startswith("/w/") and answer.mimetype == "text/html" and answer.request.method != "OPTIONS":
            allowed = " ".join(ORIGINS) if path.startswith("/w/shop") else "'none'"
            assert answer.headers["Content-Security-Policy"] == POLICY.format(BY_NAME, allowed), path
            seen.add(answer.status_code)
            assert [name for name in NEVER_IN_A_FRAME if name in answer.headers] == []

    assert seen >= {200, 400, 404, 405, 415}


def test_a_survey_that_names_no_site_is_framed_nowhere(client: FlaskClient) -> None:
    answer = client.get("/w/nowhere")

    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def test_a_change_of_the_sites_takes_effect_at_once(client: FlaskClient) -> None:
    surveys.allow_origins("shop", ["https://new.example"])

    assert client.get("/w/shop").headers["Content-Security-Policy"].endswith("frame-ancestors https://new.example")


def test_a_page_with_a_form_is_kept_for_back_and_every_other_is_not_stored(app: Flask, client: FlaskClient) -> None:
    kept = set()
    for path, answer in every_answer(app, client):
        if path.startswith("/w/") and answer.mimetype == "text/html" and answer.request.method in {"GET", "POST"}:
            kept.add("<form" in answer.text)
            is_form = "<form" in answer.text
            assert answer.headers["Cache-Control"] == ("private, no-cache" if is_form else "no-store"), path

    assert kept == {True, False}


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    assert set(client.get("/w/shop/send/abc").headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_only_a_secure_connection_asks_for_more_of_them(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/w/shop").headers
    secure = client.get("/w/shop", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_pages_and_programs_vary_by_who_asks_and_the_widget_does_not(client: FlaskClient) -> None:
    assert "Cookie" in client.get("/none").headers["Vary"]
    assert "Authorization" in client.get("/api/v1/none").headers["Vary"]
    assert "Vary" not in client.get("/w/shop").headers


def test_nothing_of_an_earlier_request_is_framed() -> None:
    app = Flask(__name__)
    app.config["BASE_URL"] = "http://localhost"
    headers.register(app)
    with app.app_context():
        headers.allow_frames(ORIGINS)
        answer = app.test_client().get("/w/x")

    assert answer.headers["Content-Security-Policy"].endswith("'none'")
