"""The customers of a survey: who is worth looking after first, and everything about one of them."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid, NotFound
from app.models import Survey, now
from app.pages import access, addresses
from app.pages.cases import words
from app.reports import customers as told
from app.reports import score_chart
from app.reports.translating import gettext
from app.schemas import customers as schema
from app.schemas.customers import CustomerList
from app.security import audit
from app.services import cases, customers, subjects

ON_A_PAGE = 50
WORDS = 25  # comments on the page of one customer
blueprint = Blueprint("customers", __name__, url_prefix="/surveys/<key:key>")


@blueprint.get("/customers")
def show(key: str) -> ResponseReturnValue:
    """All customers, the most at risk first."""
    survey = access.survey(key)
    try:
        asked = schema.parse(request.args.items(multi=True))
    except Invalid as refused:
        return _list(survey, CustomerList(), refused), refused.status
    return _list(survey, asked)


def _list(survey: Survey, asked: CustomerList, refused: Invalid | None = None) -> str:
    found = customers.overview(survey, now(), asked.sort)
    pages = max(1, -(-len(found.customers) // ON_A_PAGE))
    if asked.page > pages:
        raise NotFound("There are no more customers.")
    begin = (asked.page - 1) * ON_A_PAGE
    return render_template(
        "customers.html",
        survey=survey,
        asked=asked,
        found=found,
        page={"page": asked.page, "pages": pages},
        shown=found.customers[begin : begin + ON_A_PAGE],
        errors=refused.errors if refused else {},
        view=lambda **changes: urlencode(asked.query(**changes)),
        sorts=_sorts(),
        address=_address(survey),
        may_administer=access.may_administer(survey),
    )


def _sorts() -> list[tuple[str, str]]:
    return [
        ("risk", gettext("value at risk")),
        ("value", gettext("value")),
        ("health", gettext("lowest health")),
        ("score", gettext("lowest score")),
        ("last", gettext("latest answer")),
        ("name", gettext("name")),
    ]


def _address(survey: Survey) -> object:
    """Where the page of a customer is."""

    def address(kind: str, name: str) -> str:
        given = {"id": name} if kind == "respondent" else {"name": name}
        return url_for(f"customers.{kind}", key=survey.key, **given)  # type: ignore[arg-type]

    return address


@blueprint.get("/customers.<any(csv, xlsx):kind>")
def as_table(key: str, kind: str) -> ResponseReturnValue:
    """All customers as a table, in the order of the page."""
    survey = access.survey(key)
    asked = schema.parse(request.args.items(multi=True))
    found = customers.overview(survey, now(), asked.sort)
    rows = told.rows(found.customers, survey.currency)
    return addresses.table(kind, f"{key}-customers", "Customers", told.COLUMNS, rows)


@blueprint.get("/customers/respondent")
def respondent(key: str) -> ResponseReturnValue:
    """Somebody the host knows by an id of its own."""
    survey = access.survey(key)
    asked = schema.read(schema.NamedRespondent(), request.args.items(multi=True))
    return _portrait(survey, customers.respondent(survey, asked["id"], now()))


@blueprint.get("/customers/respondent.json")
def everything(key: str) -> ResponseReturnValue:
    """Everything that is kept about somebody, as a file to hand to them."""
    survey, subject = access.survey(key, "admin"), request.args.get("id", "")
    audit.about(subject)
    return addresses.download(subjects.export(survey, subject, now()), "application/json", f"{key}-person.json")


@blueprint.get("/customers/account")
def account(key: str) -> ResponseReturnValue:
    """All who answered for one account."""
    survey = access.survey(key)
    asked = schema.read(schema.NamedAccount(), request.args.items(multi=True))
    return _portrait(survey, customers.account(survey, asked["name"], now()))


def _portrait(survey: Survey, shown: customers.Portrait) -> str:
    audit.about(shown.customer.name)
    given = [(answer.created_at, answer.score) for answer in shown.answers]
    return render_template(
        "customer.html",
        survey=survey,
        customer=shown.customer,
        shown=shown,
        cases=[cases.as_view(survey, case, now()) for case in shown.cases],
        drawing=score_chart.draw(given, is_one_person=shown.customer.people == 1, metric=survey.measures),
        spoken=[answer for answer in shown.answers if answer.comment][:WORDS],
        part=told.part,
        address=_address(survey),
        **words(),
    )
