"""What customers are worth, said with a form by administrators of a survey."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Survey
from app.services import surveys
from tests import rows
from tests.pages.reader import Reader, Seen, ann, browser, sound

PAGE = "/surveys/shop/settings/value"
FORM = {
    "currency": "EUR", "basis": "revenue", "lifetime_months": "24", "monthly_churn": "", "lifetime_attribute": "",
    "lifetimes": "", "margin": "", "value_attribute": "average_order_value", "per_month_attribute": "orders_per_month",
}  # fmt: skip


@pytest.fixture
def survey(app: Flask) -> Survey:
    return rows.survey()


def send(reader: Reader, address: str = PAGE, **fields: Any) -> TestResponse:
    token = Seen(reader.browser.get("/surveys").text).value("csrf_token")
    return reader.browser.post(address, data={"csrf_token": token, **FORM, **fields})


def fresh() -> Survey:
    db.session.rollback()
    db.session.expire_all()
    return surveys.get("shop")


def test_months_and_a_currency_are_enough(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey, "admin")

    answer = send(reader)

    assert answer.status_code == 303
    page = reader.sees(answer.headers["Location"])
    assert "Saved." in page.text
    assert (page.value("currency"), page.value("lifetime_months")) == ("EUR", "24")
    assert (fresh().currency, fresh().lifetime_months, fresh().value_basis) == ("EUR", 24.0, "revenue")


def test_churn_segments_and_orders_are_kept(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey, "admin")
    fields = {
        "lifetime_months": "", "monthly_churn": "0.04", "lifetime_attribute": "plan", "basis": "orders",
        "lifetimes": "pro = 36\r\nfree=6.5\r\n\r\n", "margin": "0.3", "value_attribute": "basket",
    }  # fmt: skip

    assert send(reader, **fields).status_code == 303

    found = fresh()
    assert (found.lifetime_months, found.lifetimes) == (25.0, {"pro": 36.0, "free": 6.5})
    assert (found.value_basis, found.margin, found.order_value_attribute) == ("orders", 0.3, "basket")
    page = reader.sees(PAGE)
    assert "free = 6.5" in page.text
    assert (page.value("margin"), page.value("value_attribute")) == ("0.3", "basket")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"currency": "euro"}, "three capitals"),
        ({"currency": ""}, "three capitals"),
        ({"lifetime_months": "two years"}, "Give a number such as 24."),
        ({"lifetime_months": "nan"}, "Give a number such as 24."),
        ({"lifetime_months": ""}, "Say how many months"),
        ({"lifetime_months": "0"}, "more than 0"),
        ({"monthly_churn": "0.04"}, "either the months or the monthly churn"),
        ({"lifetime_months": "", "monthly_churn": "0"}, "0.04"),
        ({"lifetime_attribute": "plan"}, "Name an attribute"),
        ({"lifetime_attribute": "plan", "lifetimes": "pro"}, "such as pro = 36"),
        ({"lifetime_attribute": "plan", "lifetimes": "= 3"}, "such as pro = 36"),
        ({"lifetime_attribute": "pl\\an", "lifetimes": "pro = 3"}, "cannot be the name of an attribute"),
        ({"basis": "orders"}, "Give the margin"),
        ({"margin": "3"}, "from 0 to 1"),
        ({"margin": "a third"}, "Give a number such as 0.3."),
        ({"basis": "gut feeling"}, "Choose one of"),
    ],
    ids=str,
)
def test_what_is_refused_comes_back_as_it_was_typed(
    app: Flask, survey: Survey, fields: dict[str, str], says: str
) -> None:
    answer = send(ann(app, survey, "admin"), **fields)

    page = sound(answer)
    assert answer.status_code == 422
    assert says in page.text
    for name, typed in fields.items():
        assert typed in (page.text if name in {"lifetimes", "basis"} else page.value(name)) or name == "basis"
    assert fresh().currency == ""


def test_nobody_can_be_valued_any_more(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey, "admin")
    send(reader)

    answer = send(reader, f"{PAGE}/forget")

    assert "Nobody is valued." in reader.sees(answer.headers["Location"]).text
    assert not fresh().has_lifetimes


def test_only_administrators_say_it(app: Flask, survey: Survey) -> None:
    editor = ann(app, survey, "editor")
    stranger = ann(app, surveys.create("other", "Other"), "admin", "bo@example.com")

    editor.sees(PAGE, 403)
    stranger.sees(PAGE, 404)
    assert send(editor).status_code == send(editor, f"{PAGE}/forget").status_code == 403
    assert send(stranger).status_code == 404
    assert browser(app).get(PAGE).status_code == 303
    assert fresh().currency == ""
