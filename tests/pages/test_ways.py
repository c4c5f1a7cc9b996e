"""Which pages of a survey somebody is led to: those that their role opens, and no others."""

from __future__ import annotations

import pytest
from flask import Flask

from app.models import Survey
from tests import rows
from tests.pages.reader import ann

READING = ["report", "segments", "compare", "under-way", "cases", "customers", "responses", "catalogue"]


@pytest.fixture
def survey(app: Flask) -> Survey:
    made = rows.survey()
    rows.store(made, rows.v5())
    return made


def led_to(app: Flask, survey: Survey, role: str, page: str) -> list[str]:
    """The links of the rows, as what comes behind the survey's address."""
    links = ann(app, survey, role).sees(f"/surveys/shop/{page}").links
    ours = [link.removeprefix("/surveys/shop/") for link in links if link.startswith("/surveys/shop/")]
    start = ours.index("segments") - 1
    return list(dict.fromkeys(ours[start : start + 20]))


@pytest.mark.parametrize(
    ("role", "last"),
    [("viewer", "embed"), ("editor", "embed"), ("admin", "settings")],
    ids=["viewer", "editor", "admin"],
)
def test_the_last_way_is_the_first_of_the_settings_that_a_role_opens(
    app: Flask, survey: Survey, role: str, last: str
) -> None:
    assert led_to(app, survey, role, "customers")[:9] == [*READING, last]


@pytest.mark.parametrize(
    ("role", "page", "within"),
    [
        ("viewer", "catalogue", ["analyses"]),
        ("viewer", "quarantine", ["quarantine"]),
        ("editor", "embed", ["alerts", "digests", "data"]),
        ("admin", "embed", ["wording", "theme", "embed", "people", "departments", "settings/value", "channels"]),
    ],
)
def test_pages_of_one_kind_lead_to_each_other(
    app: Flask, survey: Survey, role: str, page: str, within: list[str]
) -> None:
    assert set(within) <= set(led_to(app, survey, role, page)[9:])


def test_every_way_opens(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey, "admin")

    for page in [*READING, "quarantine", "analyses", *within_settings()]:
        assert reader.browser.get(f"/surveys/shop/{page}").status_code == 200, page


def within_settings() -> list[str]:
    return [
        "settings",
        "wording",
        "theme",
        "people",
        "departments",
        "settings/value",
        "channels",
        "alerts",
        "digests",
        "data",
    ]


def test_one_current_page_is_named_in_each_row(app: Flask, survey: Survey) -> None:
    page = ann(app, survey, "admin").sees("/surveys/shop/quarantine")

    current = [given["aria-current"] for tag, given in page.elements if tag == "a" and "aria-current" in given]
    assert current == ["true", "page"]
