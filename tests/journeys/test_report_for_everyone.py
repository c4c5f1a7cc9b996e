"""The pages people read, in a real browser: accessible in every look, and never wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import current_app
from playwright.sync_api import Browser, Page

from app.extensions import db
from app.models import Channel, Delivery, Department, Response, Survey, now
from app.models.deliveries import DELIVERY_STATES
from app.models.transaction import writing
from app.notifiers.message import Message
from app.reports.filters import Filters
from app.schemas.cases import CaseFilters
from app.services import (
    alert_rules,
    analyses,
    case_changes,
    case_settings,
    cases,
    catalogue_changes,
    channels,
    digests,
    outbox,
    quarantine,
    responses,
    saved_views,
    surveys,
    triages,
    users,
    values,
)
from app.services.places import Place
from app.services.responses import Answer
from tests import rows
from tests.journeys.signing_in import sign_in
from tests.journeys.site import Site
from tests.rows import Raised, Said

pytestmark = pytest.mark.browser

EMAIL, PASSWORD = "ann@example.com", "correct horse battery"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOKED_AT = {  # what depends on colours and sizes; all else is the same in every look
    "type": "rule",
    "values": ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"],
}
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "forced colours": {"viewport": {"width": 1280, "height": 900}, "forced_colors": "active"},
    "small": {"viewport": {"width": 320, "height": 700}},
}
SAID = [
    (2, "Support takes days to answer, and when it does the answer is a link that I had found myself. Far too "
     "expensive for that, but I do love the new design.", "en"),
    (3, "nobody in support ever replies", "en"),
    (2, "the screen is too dark to read", "en"),
    (2, "the screen is much too dark to read", "en"),
    (1, "لا أحد يرد على الهاتف، والتطبيق يتعطل باستمرار", "ar"),
    (1, "انتظرت أسبوعين ولم يصلني أي رد من خدمة العملاء", "ar"),
]  # fmt: skip
PAGES = {
    "report": "/surveys/read/report",
    "sorted and filtered": "/surveys/read/report?language=en&attr.plan=team&sort=impact",
    "to be printed": "/surveys/read/report?print=1",
    "refused": "/surveys/read/report?from=nonsense",
    "narrow": "/surveys/read/report?language=xx",
    "too few": "/surveys/few/report",
    "empty": "/surveys/empty/report",
    "pain point": "/surveys/read/pain-points/support",
    "pain point to be printed": "/surveys/read/pain-points/support?print=1",
    "pain point, nobody raises it": "/surveys/few/pain-points/mobile?language=en",
    "segments": "/surveys/read/segments",
    "segments by language": "/surveys/read/segments?by=language&order=n",
    "segments to be printed": "/surveys/read/segments?print=1",
    "no segments": "/surveys/empty/segments",
    "comparison": "/surveys/read/compare?by=attr.plan&first=team&second=free",
    "comparison of periods": "/surveys/read/compare?by=period",
    "comparison of nothing": "/surveys/empty/compare",
    "comparison refused": "/surveys/read/compare?by=nonsense",
    "comments": "/surveys/read/comments?group=detractor",
    "saved views": "/surveys/read/views?language=en",
    "why here": "/surveys/why/responses/{why[0]}/why",
    "why here, after a correction": "/surveys/why/responses/{why[3]}/why?done=correct",
    "why here, right to left": "/surveys/why/responses/{why[4]}/why",
    "why here, not known": "/surveys/read/responses/{read}/why",
    "catalogue": "/surveys/read/catalogue?done=create",
    "edit": "/surveys/read/pain-points/support/edit",
    "analyses": "/surveys/read/analyses",
    "alerts": "/surveys/kept/alerts?done=create",
    "no alerts": "/surveys/empty/alerts",
    "alert": "/surveys/kept/alerts/1",
    "alert that hears nothing": "/surveys/kept/alerts/2",
    "digests": "/surveys/kept/digests",
    "no digests": "/surveys/empty/digests",
    "digest": "/surveys/kept/digests/1",
    "settings": "/surveys/read/settings?done=general",
    "audit log": "/surveys/read/audit",
    "wording": "/surveys/read/wording?lang=ar",
    "theme": "/surveys/read/theme",
    "embed": "/surveys/read/embed?lang=ar",
    "new survey": "/surveys/new",
    "quarantine": "/surveys/read/quarantine?done=include",
    "empty quarantine": "/surveys/empty/quarantine",
    "people": "/surveys/read/people?done=role",
    "share": "/surveys/read/shares?language=en&attr.plan=team",
    "data": "/surveys/read/data?language=en",
    "my account": "/account?done=password",
    "channels": "/surveys/read/channels?done=remove",
    "channel": "/surveys/read/channels/{channels[0]}?done=test",
    "disabled channel": "/surveys/read/channels/{channels[1]}",
    "no channel": "/surveys/empty/channels",
    "cases": "/surveys/kept/cases?state=all&sort=score",
    "overdue cases": "/surveys/kept/cases?overdue=1",
    "no cases": "/surveys/empty/cases",
    "cases, refused": "/surveys/kept/cases?state=asleep",
    "case": "/surveys/kept/cases/{case}?done=saved",
    "answers": "/surveys/kept/responses?done=read",
    "answers, narrowed": "/surveys/read/responses?group=detractor&which=new",
    "no answers": "/surveys/empty/responses",
    "customers": "/surveys/kept/customers?sort=health",
    "no customers": "/surveys/empty/customers",
    "person": "/surveys/kept/customers/respondent?id=user-1",
    "account": "/surveys/kept/customers/account?name=Acme+and+daughters",
    "value of customers": "/surveys/kept/settings/value?done=saved",
    "surveys": "/surveys",
    "not found": "/surveys/none/report",
}


@pytest.fixture(scope="module")
def read(site: Site) -> dict[str, Any]:
    """A survey with the data set V5 and segments, one with few answers, one without any, one that was really analysed
    and corrected, and somebody to read them; the ids of the answers whose pages are opened."""
    with site.inside():
        ann = users.create(EMAIL, PASSWORD, is_admin=True)
        told = _analysed()
        survey = rows.survey("read", "Blue Heron Analytics")
        case_settings.configure("read", {"opens_cases": False})
        plans = [Said(n % 11, more={"attributes": {"plan": "team", "country": f"C{n % 12}"}}) for n in range(40)]
        free = [replace(said, more={"attributes": {"plan": "free"}, "layout_version": 2}) for said in rows.v5()[200:]]
        german = [Said(9, language="de", more={"layout_version": 1}), Said(2, language="de")] * 3
        at = rows.now_at_noon()
        rows.store(survey, [*rows.v5(at), *(rows.at(said, at) for said in (*plans, *free, *german))])
        saved_views.save(survey, ann, "English only", Filters(language="en"))
        saved_views.save(survey, ann, "Team", Filters(attributes=(("plan", "team"),)), for_all=True)
        for reason in quarantine.REASONS:
            odd = Answer(
                reason, 0, "widget", "Buy gold now, cheaply", quarantine=reason, host="https://www.example.com"
            )
            responses.record(survey.id, odd)
        quarantine.decide(survey, EMAIL, "include", reason="too-fast")
        told_to = _channels(survey)
        rows.store(rows.survey("few", "Few"), [rows.at(said, at) for said in rows.v5()[140:160]])
        rows.survey("empty", "Empty")
        first = db.session.scalar(sa.select(sa.func.min(Response.id)).filter_by(survey_id=survey.id))
        found = {"why": told, "read": first, "case": _followed_up(at), "channels": told_to}
        _told("kept")
        return found


def _followed_up(at: datetime) -> int:
    """Customers with several answers, and a case that is overdue; its number."""
    survey = rows.survey("kept", "Kept")
    words = "nobody answers the telephone"
    more = {"identity": "verified", "monthly_revenue": 99.5, "attributes": {"account": "Acme and daughters"}}
    said = [Said(n % 11, words, [Raised("support", words)], at - timedelta(days=n), person=f"user-{n % 6}",
                 more=more if n % 2 else {"identity": "verified"}) for n in range(66)]  # fmt: skip
    rows.store(survey, said)
    values.set_lifetimes("kept", "EUR", values.Lifetimes(24, "plan", {"pro": 36}))
    with writing() as session:
        session.add(Department(survey_id=survey.id, name="Service"))
    low = [one.id for one in _answers(survey, 30)]
    triages.mark(survey, EMAIL, low, "case")
    triages.mark(survey, EMAIL, low[:2], "done")
    first, second, *_ = (case.id for case in cases.page(survey, CaseFilters(), at).cases)
    case_changes.change(survey, EMAIL, first, {"note": "Called.", "contact": True, "due_on": date(2026, 1, 1)})
    case_changes.change(survey, EMAIL, second, {"state": "closed", "reason": "no answer"})
    return first


def _answers(survey: Survey, limit: int) -> Sequence[Response]:
    return db.session.scalars(sa.select(Response).filter_by(survey_id=survey.id).limit(limit)).all()


def _told(key: str) -> None:
    """An alert and a digest that say something."""
    survey = surveys.get(key)
    with writing() as session:
        ann = Channel(survey_id=survey.id, kind="email", name="Ann", address="ann@example.com")
        session.add(ann)
    alert_rules.create(survey, {"kind": "pain_point.rising", "department": "Service"}, [ann.id])
    alert_rules.create(survey, {"kind": "detractor.arrived", "query": "attr.plan=none"}, [ann.id])
    digest = digests.create(survey, {"name": "Every month", "cycle": "monthly"}, [ann.id])
    current_app.config |= {"SMTP_URL": "smtp+plain://127.0.0.1:1", "MAIL_FROM": "nps@nps.example"}  # nobody takes it
    digests.invite(survey, digest.id, "bob@example.org")


def _channels(survey: Survey) -> list[int]:
    """One channel with a log of everything that can become of a delivery, and one that is disabled; their ids."""
    told = Message("nps.dropped", "NPS fell")
    with writing() as session:
        hook = Channel(survey_id=survey.id, kind="webhook", name="Data team", address="https://hooks.example.com/x",
                       secret="whsec_QUJD", types=["response.created"], failing_since=now())  # fmt: skip
        session.add(hook)
        session.flush()
        for state in DELIVERY_STATES:
            outbox.put(survey, [hook.id], told, state)
            newest = session.scalars(sa.select(Delivery).order_by(Delivery.id.desc()).limit(1)).one()
            newest.state, newest.attempts, newest.last_reason, newest.last_at = state, 1, "status 500", now()
        session.add(Channel(survey_id=survey.id, kind="teams", name="دعم", address="https://teams.example.com/x",
                            state="disabled", reason="nothing has arrived for days"))  # fmt: skip
    return [channel.id for channel in channels.of(survey)]


def _analysed() -> list[int]:
    survey = surveys.create("why", "Blue Heron Analytics")
    case_settings.configure("why", {"opens_cases": False})
    told = [
        responses.record(survey.id, Answer(f"n{number}", score, "api", comment, language, is_complete=True)).response_id
        for number, (score, comment, language) in enumerate(SAID)
    ]
    analyses.run(survey.id)
    catalogue_changes.correct(survey, EMAIL, Place(told[2], 0, len(SAID[2][1])), "quality")
    analyses.follow(survey.id)
    return told


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> str:
    """One of the looks."""
    return str(request.param)


@pytest.fixture
def page(look: str, browser: Browser, site: Site, read: dict[str, Any]) -> Iterator[Page]:
    """A page of somebody who has signed in, in that look."""
    context = browser.new_context(**LOOKS[look])
    page = context.new_page()
    sign_in(page, site.url, EMAIL, PASSWORD)
    yield page
    context.close()


def test_every_page_passes_the_checker_and_fits_the_screen(
    look: str, page: Page, site: Site, axe: str, read: dict[str, Any]
) -> None:
    rules = LOOKED_AT if look in ("dark", "forced colours") else RULES
    for name, address in PAGES.items():
        page.goto(site.url + address.format(**read))
        page.evaluate(axe)

        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)["violations"]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

        told = [(one["id"], one["nodes"][0]["html"], one["nodes"][0]["failureSummary"]) for one in found]
        assert told == [], name
        assert wide <= 0, name


REFUSED = {  # a field of a page, and what it does not take
    "/surveys/read/settings": ("#general-name", " "),
    "/surveys/read/wording?lang=ar": ("#sentence-1", "<b>"),
    "/surveys/read/theme": ("#theme-text", "#999"),
    "/surveys/new": ("#new-name", " "),
    "/surveys/read/people": ("#invite-email", f"{'a' * 65}@example.com"),
    "/surveys/read/channels/{channels[0]}": ("#edit-address", "https://localhost/"),
    "/surveys/kept/settings/value": ("#value-currency", "euro"),
    "/surveys/kept/settings": ("#cases-case_threshold", "x"),
    "/surveys/read/views": ("#save-name", " "),
}


def test_a_form_that_is_given_back_passes_too(page: Page, site: Site, axe: str, read: dict[str, Any]) -> None:
    for address, (field, typed) in REFUSED.items():
        page.goto(site.url + address.format(**read))
        page.locator(field).fill(typed)
        page.locator(f"form:has({field}) button.main").click()
        page.evaluate(axe)

        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

        assert page.title().startswith("Error:"), address
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], address
        assert wide <= 0, address
        assert page.locator(field).get_attribute("aria-invalid") == "true", address


def test_the_sign_in_page_passes_too(browser: Browser, site: Site, read: dict[str, Any], axe: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.url}/login")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.evaluate(axe)

    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]

    assert [one["id"] for one in found] == []
    assert page.get_by_role("alert").is_visible()
    context.close()


def test_a_reader_without_script_finds_the_words_behind_the_first_rank(
    browser: Browser, site: Site, read: dict[str, Any]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/surveys/read/report")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    page.get_by_label("Compare with").select_option("nothing")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("link", name="Speed up support responses").click()

    page.wait_for_load_state()
    assert page.url == f"{site.url}/surveys/read/pain-points/support?compare=none"
    assert page.locator("mark").count() > 20
    assert page.locator("h1").inner_text() == "Speed up support responses"
    context.close()
