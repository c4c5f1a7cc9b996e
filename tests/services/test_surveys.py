"""Surveys are changed, closed and opened again; sites are read as people write them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.errors import Invalid
from app.services import origins, surveys
from tests.pages.visitor import Visitor

SAME: dict[str, Any] = {"name": "Acme", "language": "en", "languages": [], "timezone": "UTC"}


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("", []),
        ("https://www.example.com", ["https://www.example.com"]),
        (" HTTPS://WWW.Example.com/ \r\n\r\nhttp://localhost:3000", ["https://www.example.com", "http://localhost:3000"]),
        ("https://a.example https://a.example/", ["https://a.example"]),
        ("https://*.example.com", ["https://*.example.com"]),
        ("https://müller.example:8443", ["https://xn--mller-kva.example:8443"]),
    ],
)  # fmt: skip
def test_sites_are_made_exact(text: str, sites: list[str]) -> None:
    assert origins.read(text) == sites
    assert origins.problems(sites) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("www.example.com", "begin with https:// or http://, such as https://www.example.com."),
        ("https://a.example/shop?x=1", "leave out what follows the host, such as https://a.example."),
        ("https://a.example;script-src", "write it as"),
        ("https://a.example,https://b.example", "write it as"),
        ("*", "write it as"),
        ("'self'", "write it as"),
        ("https://a.*.example", "write it as"),
        ("javascript:alert(1)", "write it as"),
        ("https://user@a.example", "write it as"),
        ("https://\u202emoc.example", "write it as"),
        (" ".join(f"https://s{number}.example" for number in range(51)), "Name at most 50 sites"),
    ],
    ids=ascii,
)
def test_what_would_be_no_site_or_rewrite_the_policy_is_refused(text: str, says: str) -> None:
    assert says in origins.problems(origins.read(text))[0]


@pytest.mark.usefixtures("app")
def test_sites_are_made_exact_whoever_names_them() -> None:
    named = ["HTTPS://A.example/", "https://a.example"]

    assert surveys.create("shop", "Acme", allowed_origins=named).allowed_origins == ["https://a.example"]
    assert surveys.allow_origins("shop", [*named, "http://b.example"]).allowed_origins == [
        "https://a.example",
        "http://b.example",
    ]


def test_a_survey_is_renamed_and_speaks_the_languages_it_was_given(app: Flask, client: FlaskClient) -> None:
    surveys.create("shop", "Acme")
    surveys.change("shop", name=" Acme Tools ", language="de", languages=["de", "fr"], timezone="Europe/Berlin")
    visitor = Visitor(client, headers={"Accept-Language": "pl, fr;q=0.5"})

    assert visitor.opens().tags[0][1]["lang"] == "fr"
    assert visitor.opens(lang="pl").tags[0][1]["lang"] == "fr"
    assert visitor.opens(lang="de").heading.startswith("Wie wahrscheinlich ist es, dass Sie Acme Tools")
    visitor.headers = {"Accept-Language": "ja"}
    assert visitor.opens().tags[0][1]["lang"] == "de"


def test_all_languages_are_kept_as_all_so_that_new_ones_join(app: Flask) -> None:
    surveys.create("shop", "Acme")

    assert surveys.change("shop", **SAME | {"languages": list(surveys.LOCALES)}).languages == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "A\x00cme"}, "name"),
        ({"language": "xx"}, "language"),
        ({"languages": ["xx"]}, "languages"),
        ({"languages": ["de"]}, "languages"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_changes(app: Flask, changed: dict[str, Any], field: str) -> None:
    surveys.create("shop", "Acme")

    with pytest.raises(Invalid) as refused:
        surveys.change("shop", **SAME | changed)

    assert list(refused.value.errors) == [field]
    assert surveys.get("shop").name == "Acme"


def test_a_closed_survey_takes_answers_again_when_it_is_opened(app: Flask, client: FlaskClient) -> None:
    surveys.create("shop", "Acme")
    surveys.close("shop")
    assert Visitor(client).opens().heading == "This survey is closed."

    surveys.reopen("shop")

    assert Visitor(client).opens().buttons
