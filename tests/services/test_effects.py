"""Did it help? Answers before and after a fix, from the tables to the sentence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest
import sqlalchemy as sa
import time_machine

from app import jobs
from app.extensions import db
from app.models import PainPoint, Survey, now
from app.models.transaction import writing
from app.reports.effects import Effect
from app.services import acting, catalogues, effects, relapses
from app.services import catalogue_changes as changes
from tests import rows
from tests.rows import NOON, SCORE_OF, Raised, Said

pytestmark = pytest.mark.usefixtures("app")
WHO = "ann@example.com"
SLOW, FINE = "Support took days", "It does what it should"


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def survey() -> Survey:
    return rows.survey()


def people(raised: Iterable[int], base: Iterable[int], ago: int) -> list[Said]:
    """Promoters, passives and detractors so many days ago, and how many of each group raise it."""
    at = NOON - timedelta(days=ago)
    found = []
    for score, slow, all_ in zip(SCORE_OF.values(), raised, base, strict=True):
        found += [Said(score, SLOW, [Raised("support", SLOW)], at)] * slow
        found += [Said(score, FINE, at=at)] * (all_ - slow)
    return found


def fix(survey: Survey, ago: int) -> None:
    day = (NOON - timedelta(days=ago)).date()
    acting.change(survey, "support", WHO, {"status": "fixed", "fixed_on": day})


def effect(survey: Survey) -> Effect:
    db.session.rollback()
    point = db.session.scalars(sa.select(PainPoint).where(PainPoint.key == "support")).one()
    found = effects.effect_of(survey, point, NOON)
    assert found is not None
    return found


V12 = (6, 22, 30), (150, 100, 80)


@pytest.mark.parametrize(
    ("raised", "base", "verdict", "says", "impact"),
    [
        ((8, 12, 9), (160, 95, 70), "clear", "Mentions fell from 29 % to 13 %: a clear change.",
         "The impact went from −13.3 to −3.1 points: a clear change."),
        ((6, 15, 19), (155, 98, 75), "clear", "Mentions fell from 29 % to 20 %: a clear change.",
         "The impact looks different (−13.3, then −7.9), but this may be chance."),
        ((6, 18, 22), (155, 98, 75), "none", "No detectable change: mentions were 29 % before and are 23 % since.",
         "No detectable change of the impact: −13.3 points, then −9.7."),
        ((1, 2, 1), (60, 15, 10), "too early", "Too early: 25 of 30 comments so far.", ""),
        ((1, 1, 1), (60, 25, 10), "clear", "Mentions fell from 29 % to 6 %: a clear change.",
         "Too few mentions to compare the impact."),
        ((9, 60, 40), (155, 98, 75), "clear", "Mentions rose from 29 % to 58 %: a clear change.", None),
        ((6, 17, 20), (155, 98, 75), "leaning",
         "Mentions look lower (from 29 % to 21 %), but this may be chance.", None),
        ((0, 0, 0), (9, 0, 0), "too early", "Too early: 0 of 30 comments so far.", ""),
    ],
)  # fmt: skip
def test_the_sentence_claims_no_more_than_the_test(
    survey: Survey, raised: Any, base: Any, verdict: str, says: str, impact: str | None
) -> None:
    rows.store(survey, [*people(*V12, ago=50), *people(raised, base, ago=10)])
    fix(survey, ago=30)

    found = effect(survey)

    assert (found.verdict, found.sentence.replace("\u00a0", " ")) == (verdict, says)
    assert impact is None or found.impact_sentence == impact


def test_the_windows_are_as_long_as_the_days_since_and_leave_out_the_day_of_the_fix(survey: Survey) -> None:
    rows.store(survey, people((0, 1, 0), (0, 10, 0), ago=20))
    fix(survey, ago=5)

    found = effect(survey)

    assert found.before
    assert found.after
    assert (found.before.first, found.before.last) == (date(2026, 11, 12), date(2026, 11, 16))
    assert (found.after.first, found.after.last) == (date(2026, 11, 18), date(2026, 11, 22))
    assert found.comments == (0, 0)


def test_on_the_day_of_the_fix_it_is_too_early(survey: Survey) -> None:
    rows.store(survey, people(*V12, ago=0))
    fix(survey, ago=0)

    assert effect(survey).sentence == "Too early: 0 of 30 comments so far."


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (40, 12, "Too few comments to tell: 12 of 30 in the 90 days since the fix."),
        (7, 40, "Too few comments to tell: 7 of 30 in the 90 days before the fix."),
    ],
)
def test_after_ninety_days_nothing_more_is_to_come(survey: Survey, before: int, after: int, says: str) -> None:
    rows.store(survey, [*people((0, 5, 0), (0, before, 0), 150), *people((0, 2, 0), (0, after, 0), 50)])
    fix(survey, ago=100)

    assert effect(survey).sentence == says


def test_somebody_who_answers_twice_in_a_window_counts_once(survey: Survey) -> None:
    often = [Said(3, SLOW, [Raised("support", SLOW)], NOON - timedelta(days=day), person="bo") for day in (8, 9, 10)]
    rows.store(survey, [*people(*V12, ago=50), *often])
    fix(survey, ago=30)

    assert effect(survey).comments == (180, 1)


def test_what_was_merged_into_it_counts_along(survey: Survey) -> None:
    dear = [Said(3, "dear", [Raised("pricing", "dear")], NOON - timedelta(days=10)) for _ in range(30)]
    rows.store(survey, [*people(*V12, ago=50), *dear])
    changes.merge(survey, WHO, "pricing", "support")
    fix(survey, ago=30)

    assert effect(survey).sentence.replace("\u00a0", " ") == "Mentions rose from 29 % to 100 %: a clear change."


def test_what_was_never_fixed_has_no_effect(survey: Survey) -> None:
    rows.store(survey, people(*V12, ago=50))
    point = db.session.scalars(sa.select(PainPoint).where(PainPoint.key == "support")).one()

    assert effects.effect_of(survey, point, NOON) is None


def test_new_answers_are_seen_at_once(survey: Survey) -> None:
    rows.store(survey, [*people(*V12, ago=50), *people((0, 2, 0), (0, 20, 0), ago=10)])
    fix(survey, ago=30)
    assert not effect(survey).is_measured

    rows.store(survey, people((0, 2, 0), (0, 20, 0), ago=9))

    assert effect(survey).verdict == "clear"


@pytest.mark.parametrize(("later", "relapsed"), [(30, True), (2, False)])
def test_what_rises_again_since_the_fix_has_relapsed_until_it_is_reopened(
    survey: Survey, later: int, relapsed: bool
) -> None:
    told = [people(*V12, ago=90), people((0, 2, 0), (0, 60, 0), ago=40), people((0, later, 0), (0, 60, 0), ago=10)]
    rows.store(survey, [one for part in told for one in part])
    fix(survey, ago=60)

    assert effect(survey).has_relapsed is relapsed
    acting.reopen(survey, "support", WHO)
    assert effect(survey).has_relapsed is False


@pytest.mark.parametrize(("later", "status", "opened"), [(30, "open", 1), (2, "fixed", 0)])
def test_what_rises_again_is_opened_again_with_a_note_and_once(
    survey: Survey, later: int, status: str, opened: int
) -> None:
    told = [people(*V12, ago=90), people((0, 2, 0), (0, 60, 0), ago=40), people((0, later, 0), (0, 60, 0), ago=10)]
    rows.store(survey, [one for part in told for one in part])
    fix(survey, ago=60)

    assert [relapses.reopen(survey.id, now()), relapses.reopen(survey.id, now())] == [opened, 0]

    (point,) = [one for one in catalogues.listed(survey) if one.id == "support"]
    newest = catalogues.changes(survey, 1)[0]
    assert point.status == status
    assert (newest.made_by, bool(newest.note)) == ((relapses.WHO, True) if opened else (WHO, False))


def test_a_survey_that_fails_does_not_keep_the_others_from_being_looked_at(survey: Survey) -> None:
    broken = rows.survey("broken", "Broken")
    with writing():
        broken.timezone = "Nowhere/At all"
    told = [people(*V12, ago=90), people((0, 2, 0), (0, 60, 0), ago=40), people((0, 30, 0), (0, 60, 0), ago=10)]
    rows.store(survey, [one for part in told for one in part])
    fix(survey, ago=60)

    with pytest.raises(ZoneInfoNotFoundError):
        jobs.reopen_all()

    (point,) = [one for one in catalogues.listed(survey) if one.id == "support"]
    assert point.status == "open"
