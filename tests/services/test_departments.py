"""Departments: who belongs to them, what is theirs, and what becomes theirs by its words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from app.analysis.types import Entry
from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import PainPoint, Survey
from app.reports import changes as told
from app.services import alert_rules, catalogues, department_rules, departments, digests, entries, users
from app.services import catalogue_changes as changes
from app.services.catalogue_undo import undo
from tests import rows
from tests.pages.reader import PASSWORD
from tests.rows import Said

pytestmark = pytest.mark.usefixtures("app")
WHO = "ann@example.com"


@pytest.fixture
def survey() -> Survey:
    made = rows.survey()
    rows.store(made, [Said(9)])
    changes.change(made, WHO, "support", {"department": "Care"})
    return made


def of(key: str) -> str:
    db.session.rollback()
    return db.session.scalars(sa.select(PainPoint.department).where(PainPoint.key == key)).one()


def test_the_list_offers_those_in_use_and_those_made(survey: Survey) -> None:
    departments.create(survey, "Billing", ["invoice"])

    assert departments.names(survey) == ["Billing", "Care"]
    billing, care = departments.listed(survey)
    assert (billing.name, billing.words, billing.pain_points) == ("Billing", ("invoice",), 0)
    assert (care.id, care.name, care.pain_points) == (None, "Care", 1)


def test_making_one_that_is_in_use_takes_it_over(survey: Survey) -> None:
    made = departments.create(survey, " Care ")

    assert [(row.id, row.pain_points) for row in departments.listed(survey)] == [(made.id, 1)]


@pytest.mark.parametrize("name", ["", " \n", "x" * 101, "care"])
def test_a_name_is_short_and_given_once(survey: Survey, name: str) -> None:
    departments.create(survey, "Care")

    with pytest.raises(Invalid) as refused:
        departments.create(survey, name)

    assert refused.value.errors.keys() == {"name"}


def test_pain_points_follow_a_new_name_and_their_history_tells(survey: Survey) -> None:
    made = departments.create(survey, "Care")

    departments.rename(survey, WHO, made.id, "Customer care")

    assert of("support") == "Customer care"
    point = db.session.scalars(sa.select(PainPoint).where(PainPoint.key == "support")).one()
    newest = catalogues.changes(survey, 1, about=point)[0]
    assert told.sentence(newest) == "renamed the department “Care” to “Customer care”"
    undo(survey, WHO, newest.id)
    assert of("support") == "Care"


def test_pain_points_of_a_removed_one_are_nobodys(survey: Survey) -> None:
    made = departments.create(survey, "Care")

    departments.remove(survey, WHO, made.id)

    assert of("support") == ""
    assert departments.names(survey) == []
    assert told.sentence(catalogues.changes(survey, 1)[0]) == "removed the department “Care”"


def test_alerts_and_digests_follow_a_new_name(survey: Survey) -> None:
    made, other = departments.create(survey, "Care"), rows.survey("other", "Other")
    departments.create(other, "Care")
    rule = alert_rules.create(survey, {"kind": "pain_point.due", "department": "Care"}, [])
    digest = digests.create(survey, {"name": "Ours", "cycle": "weekly", "department": "Care"}, [])
    theirs = alert_rules.create(other, {"kind": "pain_point.due", "department": "Care"}, [])

    departments.rename(survey, WHO, made.id, "Customer care")

    db.session.expire_all()
    assert (rule.department, digest.department, theirs.department) == ("Customer care", "Customer care", "Care")


def test_one_that_alerts_and_digests_are_about_is_not_removed(survey: Survey) -> None:
    made = departments.create(survey, "Care")
    rule = alert_rules.create(survey, {"kind": "pain_point.due", "department": "Care"}, [])
    digest = digests.create(survey, {"name": "Ours", "cycle": "weekly", "department": "Care"}, [])

    with pytest.raises(Invalid, match="“A pain point is due tomorrow, or overdue”, “Ours”"):
        departments.remove(survey, WHO, made.id)
    assert of("support") == "Care"

    alert_rules.remove(survey, rule.id)
    digests.remove(survey, digest.id)
    departments.remove(survey, WHO, made.id)
    assert of("support") == ""


def test_members_are_accounts_of_the_survey_for_as_long_as_they_are(survey: Survey) -> None:
    made = departments.create(survey, "Care")
    bo, _stranger = (users.create(email, PASSWORD) for email in ("bo@example.com", "cy@example.com"))
    users.join(bo, survey, "viewer")

    departments.assemble(survey, made.id, ["BO@example.com "])
    with pytest.raises(Invalid, match=r"No member of this survey: cy@example.com\."):
        departments.assemble(survey, made.id, ["cy@example.com"])

    assert departments.people(survey) == ["bo@example.com"]
    assert departments.listed(survey)[0].members == ("bo@example.com",)


def test_a_department_of_another_survey_is_none(survey: Survey) -> None:
    other = departments.create(rows.survey("other", "Other"), "Theirs")

    for refused in (
        lambda: departments.rename(survey, WHO, other.id, "Ours"),
        lambda: departments.remove(survey, WHO, other.id),
        lambda: departments.describe(survey, other.id, ["x"]),
        lambda: departments.assemble(survey, other.id, []),
    ):
        with pytest.raises(NotFound):
            refused()


INVOICES = Entry("d-1", "discovered", {"en": "Fix wrong invoices", "ja": "請求書を直す"}, terms=("invoice", "VAT"))


@pytest.mark.parametrize(
    ("rules", "department"),
    [
        ({"Billing": ["invoice"]}, "Billing"),
        ({"Billing": ["INVOICE"]}, "Billing"),
        ({"Billing": ["voice"]}, ""),
        ({"Billing": ["請求"]}, "Billing"),
        ({"Billing": ["d-1"]}, "Billing"),
        ({"Billing": []}, ""),
        ({}, ""),
        ({"Sales": ["wrong"], "Billing": ["invoice", "vat"]}, "Billing"),
        ({"Sales": ["wrong"], "Billing": ["invoice"]}, "Billing"),
        ({"Billing": ["("]}, ""),
    ],
)
def test_words_say_whose_a_discovery_is(rules: dict[str, Sequence[str]], department: str) -> None:
    assert department_rules.assigned(INVOICES, rules) == department


def test_a_discovery_is_assigned_when_it_is_first_kept_and_no_later(survey: Survey) -> None:
    made = departments.create(survey, "Billing", ["invoice"])
    entries.keep(survey.id, [INVOICES], survey.erasures)
    assert of("d-1") == "Billing"

    changes.change(survey, WHO, "d-1", {"department": "Care"})
    departments.describe(survey, made.id, ["vat"])
    entries.keep(survey.id, [INVOICES], survey.erasures)

    assert of("d-1") == "Care"
