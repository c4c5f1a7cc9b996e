"""The report as people read it: from the data set V5 down to the survey nobody answered."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.extensions import db
from app.models import AnalysisRun, Load, Survey, now
from app.models.transaction import writing
from app.services import users
from tests import rows
from tests.pages.reader import PASSWORD, Reader, Seen, ann, browser
from tests.rows import NOON, Raised, Said

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea><script>",
    "</title><!-- ]]>",
    "javascript:alert(1)",
    "{{ 7 * 7 }} %(n)s {0}",
    "=1+1",
    "\u202e reversed & <b>bold</b>",
]


@pytest.fixture(autouse=True)
def noon() -> Any:
    """All of these are read on one day."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def survey(app: Flask) -> Survey:
    return rows.survey()


@pytest.fixture
def reader(app: Flask, survey: Survey) -> Reader:
    return ann(app, survey)


def slow(score: int, text: str = "slow", at: datetime = NOON, **more: Any) -> Said:
    return Said(score, text, [Raised("support", text)], at, more=more)


def test_v5_is_told_with_all_its_numbers(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())

    text = reader.sees("/surveys/shop/report").text

    assert "+21 95 % sure: +12 to +30" in text
    assert "330 answers" in text
    assert "Pain points of 180 passives and detractors with a comment" in text
    for name in ("Speed up support responses", "Lower or clarify pricing", "Fix crashes and errors"):
        assert name in text
    assert "52 23–36 %" in text
    assert "22 % of passives" in text
    assert "38 % of detractors" in text
    assert "costs 13.3 8.7 to 18.0" in text
    assert "costs 4.1 0.9 to 7.2" in text
    assert "costs 10.2 6.3 to 14.2" in text
    assert "holds back both groups" in text
    assert "The NPS among the 330 people with a comment is +21" in text


def test_v5_is_in_the_order_of_priority_and_crashes_are_pinned(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())

    text = reader.sees("/surveys/shop/report").text

    order = [text.index(rows.NAMES[key]) for key in ("support", "pricing", "crashes", "onboarding")]
    assert order == sorted(order)
    assert text.count("costs most") == 1
    assert order[2] < text.index("costs most") < order[3]
    assert "Requests that promoters share 1" in text
    assert text.index("Add missing integrations") > text.index("Not ranked")
    assert text.index("Improve mobile app") > text.index("Too few to rank")


def test_v5_by_impact_puts_crashes_second(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())

    text = reader.sees("/surveys/shop/report?sort=impact").text

    order = [text.index(rows.NAMES[key]) for key in ("support", "crashes", "pricing", "onboarding")]
    assert order == sorted(order)


def test_v5_as_json_is_the_report_object(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())

    answer = reader.browser.get("/surveys/shop/report.json")

    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''shop-report.json"
    content = json.loads(answer.text)
    assert [row["id"] for row in content["pain_points"]] == ["support", "pricing", "crashes", "onboarding"]
    assert round(content["pain_points"][0]["impact"]["se"], 4) == 2.3664
    assert round(content["nps"]["low"], 4) == 12.3362


def test_v5_as_csv_has_a_line_for_each_pain_point(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())

    answer = reader.browser.get("/surveys/shop/report.csv")

    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [line["id"] for line in lines][:4] == ["support", "pricing", "crashes", "onboarding"]
    assert lines[0]["impact"].startswith("-13.34")
    assert lines[4]["list"] == "shared request"


def test_the_same_view_has_the_same_bytes(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())

    first, second = (reader.browser.get("/surveys/shop/report").data for _ in range(2))

    assert without_tokens(first) == without_tokens(second)


def without_tokens(page: bytes) -> bytes:
    return re.sub(rb'name="csrf_token" value="[^"]+"', b"", page)


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("sort=impact&language=de", "language=de&sort=impact"),
        ("compare=previous&sort=priority&from=&to=", ""),
        ("attr.plan=team&attr.plan=free", "attr.plan=free&attr.plan=team"),
        ("attr.last%20touch=mail", "attr.last+touch=mail"),
        ("from=2026-1-5", "from=2026-01-05"),
        ("print=1&language=de", "language=de&print=1"),
    ],
)
def test_every_view_has_one_address(reader: Reader, asked: str, canonical: str) -> None:
    answer = reader.browser.get(f"/surveys/shop/report?{asked}")

    assert answer.status_code == 302
    assert answer.location == "/surveys/shop/report" + (f"?{canonical}" if canonical else "")
    assert reader.browser.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("from=2026-02-30&language=de", "Give a day that exists"),
        ("from=2026-03-01&to=2026-02-01&language=de", "This day is after the last one."),
        ("sort=password&language=de", "Choose one of priority"),
        ("nonsense=1&language=de", "There is no such filter."),
    ],
)
def test_a_wrong_filter_is_said_at_the_form_and_the_others_are_kept(
    survey: Survey, reader: Reader, query: str, message: str
) -> None:
    rows.store(survey, [Said(9, language="de")])

    page = reader.sees(f"/surveys/shop/report?{query}", 422)

    assert message in page.text
    chosen = [given["value"] for tag, given in page.elements if tag == "option" and "selected" in given]
    assert "de" in chosen


def test_links_carry_the_filters_along(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())

    links = reader.sees("/surveys/shop/report?language=en").links

    assert "/surveys/shop/report.csv?language=en" in links
    assert "/surveys/shop/pain-points/support?language=en" in links
    assert "/surveys/shop/report?language=en&sort=impact#first" in links


@pytest.mark.parametrize("words", HOSTILE)
def test_a_hostile_comment_is_text_everywhere(survey: Survey, reader: Reader, words: str) -> None:
    rows.store(survey, [Said(3, words, [Raised("support", words)]) for _ in range(31)])

    for address in ("/surveys/shop/report", "/surveys/shop/pain-points/support"):
        page = reader.sees(address)
        assert words in page.marked

    [line, *_] = csv.DictReader(io.StringIO(reader.browser.get("/surveys/shop/report.csv").data.decode("utf-8-sig")))
    assert words in {line["example"], line["example"].removeprefix("'")}
    assert not line["example"].startswith(("=", "+", "-", "@"))


def test_hostile_names_are_text_too(app: Flask) -> None:
    survey = rows.survey("evil", "<script>alert(1)</script>")
    said = [Said(3, "slow", [Raised("p", "slow")], more={"attributes": {"<b>": "<i>&"}}) for _ in range(31)]
    rows.store(survey, said, names={"p": "</title><script>alert(2)</script>"})

    page = ann(app).sees("/surveys/evil/report")

    assert "<script>alert(1)</script>" in page.text
    assert "</title><script>alert(2)</script>" in page.text


def test_the_words_that_put_a_comment_there_are_marked(survey: Survey, reader: Reader) -> None:
    comment = "I like it, but 😀 support took four days & more"
    mention = Raised("support", "support took four days & more", words=("support", "four days"))
    rows.store(survey, [Said(3, comment, [mention]) for _ in range(31)])

    page = reader.sees("/surveys/shop/pain-points/support")

    assert page.marked[:2] == ["support", "four days"]


def test_a_survey_without_answers_says_how_to_get_some(survey: Survey, reader: Reader) -> None:
    with writing() as session:
        session.execute(sa.update(Survey).values(allowed_origins=["https://shop.example"]))
    db.session.expire_all()

    text = reader.sees("/surveys/shop/report").text

    assert "No answers yet" in text
    assert "No page has loaded the widget yet." in text
    assert '<iframe src="http://localhost/w/shop?lang=en" title="Feedback about Shop"' in text
    assert "https://shop.example" in text
    assert not re.search(r"\b0 %|\+0\b", text)


def test_a_survey_that_was_shown_and_not_answered_says_so(survey: Survey, reader: Reader) -> None:
    with writing() as session:
        session.add(Load(survey_id=survey.id, day=now().date(), loads=340))

    text = reader.sees("/surveys/shop/report").text

    assert "0 of 340 loads answered." in text
    assert "No page has loaded" not in text


@pytest.mark.parametrize(
    ("loads", "answered", "sentence"),
    [
        (200, 50, "25 % of loads answered (50 of 200)"),
        (19, 5, "5 of 19 loads answered"),
        (20, 25, "25 of 20 loads answered"),
    ],
)
def test_how_many_answered_is_said_as_a_rate_only_where_it_is_one(
    survey: Survey, reader: Reader, loads: int, answered: int, sentence: str
) -> None:
    rows.store(survey, [Said(9, more={"has_load": True})] * answered + [Said(3, "slow", is_read=False)] * 5)
    with writing() as session:
        session.add(Load(survey_id=survey.id, day=NOON.date(), loads=loads))

    page = reader.sees(f"/surveys/shop/report?from={NOON.date()}&to={NOON.date()}")

    assert f"{sentence} · " in page.text
    assert "loads answered" not in reader.sees("/surveys/shop/report?language=en").text


def test_four_answers_are_counts_without_a_score(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [Said(9)] * 3 + [Said(0)])

    text = reader.sees("/surveys/shop/report").text

    assert "A score needs at least 5 answers." in text
    assert "3 of 4" in text
    assert "+50" not in text


def test_twenty_answers_are_an_early_reading(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [Said(9)] * 20 + [Said(9, at=NOON - timedelta(days=100))] * 40)

    text = reader.sees("/surveys/shop/report").text

    assert "early reading" in text
    assert "Too few answers to compare." in text
    assert "▲" not in text


def test_a_clear_change_has_words_and_an_arrow(survey: Survey, reader: Reader) -> None:
    earlier = [Said(score, at=NOON - timedelta(days=100)) for score in [10] * 40 + [8] * 30 + [0] * 30]
    rows.store(survey, [*earlier, *(Said(score) for score in [10] * 55 + [8] * 25 + [0] * 20)])

    text = reader.sees("/surveys/shop/report").text

    assert "▲ NPS rose by 25 points since the previous 90 days: a clear change." in text
    assert "NPS rose from +10 to +35: a clear change" in text


def test_chance_is_called_chance(survey: Survey, reader: Reader) -> None:
    earlier = [Said(score, at=NOON - timedelta(days=100)) for score in [10] * 50 + [8] * 30 + [0] * 20]
    rows.store(survey, [*earlier, *(Said(score) for score in [10] * 52 + [8] * 30 + [0] * 18)])

    text = reader.sees("/surveys/shop/report").text

    assert "No detectable change since the previous 90 days." in text
    assert "▲" not in text


def test_nothing_in_the_period_before_is_said(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [Said(9)] * 40)

    text = reader.sees("/surveys/shop/report").text

    assert "No responses between May 27, 2026 and Aug 24, 2026 to compare with." in text


def test_scores_without_comments_say_what_is_missing(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [Said(9)] * 40)

    assert "Pain points need comments" in reader.sees("/surveys/shop/report").text


def test_too_few_comments_are_listed_instead_of_ranked(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [slow(3), *(Said(7, f"comment number {n}") for n in range(9))])

    page = reader.sees("/surveys/shop/report")

    assert "For a ranking, 20 more comments of passives or detractors are needed." in page.text
    assert "comment number 8" in page.text
    assert "/surveys/shop/pain-points/support" in page.links
    assert "Ranked by" not in page.text


def test_without_passives_the_order_is_that_of_frequency(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [slow(3) for _ in range(40)])

    text = reader.sees("/surveys/shop/report").text

    assert "one group is empty" in text
    assert "the order is that of frequency" in text


def test_a_narrow_view_says_which_filter_to_relax(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [slow(3, attributes={"plan": "team"}) for _ in range(4)] + [slow(3) for _ in range(40)])

    page = reader.sees("/surveys/shop/report?language=en&attr.plan=team")

    assert "what they said stays closed" in page.text
    assert "without the filter plan : 44 answers" in page.text
    assert "/surveys/shop/report?language=en" in page.links
    assert not page.marked


def test_a_view_that_matches_nobody_is_not_a_zero(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [slow(3) for _ in range(40)])

    text = reader.sees("/surveys/shop/report?language=xx").text

    assert "without the filter language : 40 answers" in text
    assert "A score needs at least 5 answers." in text


def test_scores_are_there_before_the_first_analysis(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [slow(3) for _ in range(40)], run=False)

    text = reader.sees("/surveys/shop/report").text

    assert "The comments are still to be read." in text
    assert "40 comments not yet analysed" in text
    assert "−100" in text


def test_comments_that_wait_are_counted_in_the_head(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [*(slow(3) for _ in range(40)), Said(2, "new", is_read=False)])

    text = reader.sees("/surveys/shop/report").text

    assert "method 1 · 1 comment not yet analysed" in text


def test_a_failed_analysis_leaves_the_last_good_one(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [slow(3) for _ in range(40)])
    with writing() as session:
        session.add(AnalysisRun(survey_id=survey.id, state="failed", method="3", finished_at=NOON, started_at=NOON))

    text = reader.sees("/surveys/shop/report").text

    assert "A newer analysis failed at Nov 22, 2026, 12:00 UTC; this is the last good one." in text
    assert "Speed up support responses" in text


def test_old_answers_are_shown_and_the_page_says_so(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [Said(9, at=NOON - timedelta(days=900))] * 9)

    text = reader.sees("/surveys/shop/report").text

    assert "Nobody answered in the last 90 days, so all answers are shown." in text
    assert "Jun 5, 2024" in text


def test_a_pain_point_of_passives_shows_its_gain_instead_of_a_false_help(survey: Survey, reader: Reader) -> None:
    told = [slow(7) for _ in range(20)] + [Said(10, "fine")] * 30 + [Said(0, "bad")] * 50
    rows.store(survey, told)

    text = reader.sees("/surveys/shop/report").text

    assert "up to 20.0 points if all 20 moved up one group" in text
    assert "raised by passives; removing them would not lower the score" in text


def test_printing_opens_everything_and_shows_no_controls(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())

    page = reader.sees("/surveys/shop/report?print=1")

    details = [given for tag, given in page.elements if tag == "details"]
    assert details
    assert all("open" in given for given in details)
    assert not [given for tag, given in page.elements if tag == "form" and given.get("method") == "get"]


def test_a_quote_keeps_its_language_and_direction(survey: Survey, reader: Reader) -> None:
    arabic = "الدعم بطيء"
    rows.store(survey, [Said(3, arabic, [Raised("support", arabic)], language="ar") for _ in range(31)])

    page = reader.sees("/surveys/shop/report")

    quote = next(given for tag, given in page.elements if tag == "blockquote")
    assert quote == {"lang": "ar", "dir": "auto"}


def test_somebody_elses_survey_looks_like_none(app: Flask, survey: Survey) -> None:
    users.create("bob@example.com", PASSWORD)
    bob = Reader(browser(app))
    bob.signs_in("bob@example.com")

    theirs = bob.browser.get("/surveys/shop/report")
    nothing = bob.browser.get("/surveys/none/report")

    assert (theirs.status_code, nothing.status_code) == (404, 404)
    assert Seen(theirs.text).text == Seen(nothing.text).text


@pytest.mark.parametrize("what", ["report", "report.csv", "report.json", "pain-points/support"])
def test_a_visitor_is_asked_to_sign_in(app: Flask, survey: Survey, what: str) -> None:
    answer = browser(app).get(f"/surveys/shop/{what}")

    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/login")


def test_no_page_is_larger_than_its_readers_patience(survey: Survey, reader: Reader) -> None:
    """20 pain points with three long quotes each, every one in words of its own, as no archive can shorten them."""
    dice = random.Random(1)  # noqa: S311 - a story, no secret
    vocabulary = ["".join(dice.choices("etaoinshrdlu", k=dice.randint(2, 9))) for _ in range(1500)]
    points = {f"point-{n}": f"Improve the thing number {n} thoroughly" for n in range(20)}
    told = []
    for n in range(400):
        comment = " ".join(dice.choices(vocabulary, k=60))
        told.append(
            Said(3 + n % 5, comment, [Raised(f"point-{n % 20}", comment[:120])], more={"attributes": PLANS[n % 4]})
        )
    rows.store(survey, told, names=points)

    page = reader.browser.get("/surveys/shop/report")

    assert page.text.count('<tr class="figures">') == 20
    assert page.text.count("<blockquote") == 60
    assert len(gzip.compress(page.data)) < 40_000


PLANS = [{"plan": plan, "country": "DE"} for plan in ("team", "free", "trial", "enterprise")]


@pytest.mark.parametrize(
    ("sort", "sentence"),
    [
        ("priority", "Ranked by how many passives and detractors raise it, counted cautiously, and more when both do."),
        ("impact", "Sorted by what each costs the score"),
        ("trend", "Sorted by how clearly it grew since the period before"),
    ],
)
def test_a_sentence_says_the_order(survey: Survey, reader: Reader, sort: str, sentence: str) -> None:
    rows.store(survey, rows.v5())

    page = reader.sees(f"/surveys/shop/report{'' if sort == 'priority' else f'?sort={sort}'}")

    assert sentence in page.text
    assert [given["aria-sort"] for _, given in page.elements if "aria-sort" in given] == ["descending"]


def test_the_title_says_the_view_in_words(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [Said(9, language="de", more={"attributes": {"plan": "team"}}) for _ in range(30)])

    page = reader.sees("/surveys/shop/report?language=de&attr.plan=team")

    assert "Shop, German, team, last 90 days · Whyscore" in page.text
    assert "do not compare this raw score with that of another" in page.text


def test_every_chart_has_its_numbers_in_a_table(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())

    text = reader.sees("/surveys/shop/report").text

    for caption in (
        "How many are of each group",
        "How often each score was given",
        "NPS over time",
        "Share of passives",
    ):
        assert caption in text
    assert "Detractors 80 24 %" in text
    assert "Speed up support responses – – – – – – – – – – – 29 %" in text


def test_numbers_lead_to_the_comments_they_count(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [*rows.v5(), *(Said(2, "odd", [Raised(None, "odd")]) for _ in range(7))])

    page = reader.sees("/surveys/shop/report?language=en")

    assert "/surveys/shop/pain-points/support?language=en&group=passive#said" in page.links
    assert "/surveys/shop/pain-points/support?language=en&group=detractor#said" in page.links
    assert "/surveys/shop/comments?language=en" in page.links
    assert "/surveys/shop/comments?language=en&about=nothing-known" in page.links
