"""What customers are worth: the currency, what is counted, and how long customers stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import Survey
from app.models.surveys import VALUE_BASES
from app.pages import access
from app.pages.typed import Typed, sent
from app.reports.translating import gettext
from app.schemas import values as schema
from app.services import values
from app.services.values import Lifetimes, Orders

blueprint = Blueprint("values", __name__, url_prefix="/surveys/<key:key>/settings/value")


@blueprint.get("")
def show(key: str) -> ResponseReturnValue:
    """The form."""
    return _page(access.survey(key, "admin"), Typed())


@blueprint.post("")
def save(key: str) -> ResponseReturnValue:
    """Value customers as the form says."""
    survey = access.survey(key, "admin")
    try:
        given = schema.read(request.form)
        values.set_lifetimes(key, given["currency"], _lifetimes(given), given["basis"], _orders(given))
    except Invalid as refused:
        return _page(survey, sent("value", refused)), refused.status
    return redirect(url_for("values.show", key=key, done="saved"), 303)


@blueprint.post("/forget")
def forget(key: str) -> ResponseReturnValue:
    """Value nobody any more."""
    access.survey(key, "admin")
    values.forget_lifetimes(key)
    return redirect(url_for("values.show", key=key, done="forgotten"), 303)


def _lifetimes(given: Mapping[str, Any]) -> Lifetimes:
    churn = given["monthly_churn"]
    months = values.months_of(churn) if churn is not None else given["lifetime_months"]
    return Lifetimes(months, given["lifetime_attribute"], given["lifetimes"])


def _orders(given: Mapping[str, Any]) -> Orders:
    named = {name: given[name] for name in ("value_attribute", "per_month_attribute") if name in given}
    return Orders(given["margin"], **named)


def _page(survey: Survey, typed: Typed) -> str:
    return render_template(
        "values.html", survey=survey, typed=typed, stored=_stored(survey), bases_named=_bases(), done=_done()
    )


def _stored(survey: Survey) -> dict[str, str]:
    """What the fields hold."""
    return {
        "currency": survey.currency,
        "basis": survey.value_basis,
        "lifetime_months": _text(survey.lifetime_months),
        "lifetime_attribute": survey.lifetime_attribute or "",
        "lifetimes": "\n".join(f"{name} = {_text(months)}" for name, months in survey.lifetimes.items()),
        "margin": _text(survey.margin),
        "value_attribute": survey.order_value_attribute,
        "per_month_attribute": survey.orders_attribute,
    }


def _text(number: float | None) -> str:
    return "" if number is None else f"{number:.12g}"


def _bases() -> list[tuple[str, str]]:
    named = {
        "revenue": gettext("revenue a month, as it comes with each answer"),
        "margin": gettext("margin a month: what comes as revenue is margin already"),
        "orders": gettext("orders: average order, times orders a month, times margin"),
    }
    return [(basis, named[basis]) for basis in VALUE_BASES]


def _done() -> str:
    said = {"saved": gettext("Saved. Reports and customers follow at once."), "forgotten": gettext("Nobody is valued.")}
    return said.get(request.args.get("done", ""), "")
