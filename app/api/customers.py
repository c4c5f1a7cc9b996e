"""Customers for programs: the list by value at risk, and everything about one of them."""

# mypy: disable-error-code=untyped-decorator
# flask-smorest has no annotations

from __future__ import annotations

from typing import Any

from flask import request

from app.api import openapi, paging
from app.api.auth import needs
from app.models import Survey, now
from app.schemas import customers as shapes
from app.security import audit
from app.services import customers
from app.services.customers import Portrait

blueprint = openapi.Blueprint("api_customers", __name__, description="Accounts and respondents.")
SORT = [{"in": "query", "schema": shapes.CustomerListSchema(only=("sort",))}]


@blueprint.route("/surveys/<key:key>/customers", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.doc(parameters=[*SORT, *openapi.PAGING])
@blueprint.response(200, shapes.CustomerPage)
def list_customers(survey: Survey) -> dict[str, Any]:
    """List customers, the most at risk first."""
    how = shapes.parse(request.args.items(multi=True), also=paging.NAMES)
    asked = paging.asked_own("customers", survey, how.query())
    every = customers.overview(survey, now(), how.sort).customers
    begin = asked.after or 0
    end = begin + asked.limit
    onward = asked.cursor(end if end < len(every) else None)
    return {"customers": every[begin:end], "currency": survey.currency, "next": onward}


@blueprint.route("/surveys/<key:key>/customers/respondent", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.doc(parameters=[{"in": "query", "schema": shapes.NamedRespondent}])
@blueprint.response(200, shapes.CustomerPortrait)
def show_respondent(survey: Survey) -> dict[str, Any]:
    """Read one respondent with their newest answers."""
    asked = shapes.read(shapes.NamedRespondent(), request.args.items(multi=True))
    return _shown(customers.respondent(survey, asked["id"], now()))


@blueprint.route("/surveys/<key:key>/customers/account", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.doc(parameters=[{"in": "query", "schema": shapes.NamedAccount}])
@blueprint.response(200, shapes.CustomerPortrait)
def show_account(survey: Survey) -> dict[str, Any]:
    """Read one account with the newest answers of its people."""
    asked = shapes.read(shapes.NamedAccount(), request.args.items(multi=True))
    return _shown(customers.account(survey, asked["name"], now()))


def _shown(portrait: Portrait) -> dict[str, Any]:
    audit.about(portrait.customer.name)
    return {
        "customer": portrait.customer,
        "answers": portrait.answers,
        "pain_points": portrait.pain_points,
        "cases": [case.id for case in portrait.cases],
    }
