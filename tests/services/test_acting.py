"""People see to a pain point: who, until when, how far, and what they said; nothing of it is lost or overwritten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from app.errors import Conflict, Invalid, NotFound
from app.extensions import db
from app.models import PainPoint, Survey
from app.reports import changes as told
from app.reports.filters import Filters
from app.reports.under_way import Item
from app.services import acting, catalogues, departments, reports
from app.services import catalogue_changes as changes
from app.services.catalogue_undo import undo
from tests import rows
from tests.rows import NOON, Raised, Said

pytestmark = pytest.mark.usefixtures("app")
WHO = "ann@example.com"
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def survey() -> Survey:
    made = rows.survey()
    rows.store(made, [Said(3, f"slow no {n}", [Raised("support", "slow")]) for n in range(40)])
    departments.create(made, "Care")
    return made


def point(key: str = "support") -> PainPoint:
    db.session.rollback()
    return db.session.scalars(sa.select(PainPoint).where(PainPoint.key == key)).one()


def history(survey: Survey) -> list[catalogues.Change]:
    return catalogues.changes(survey, 99, about=point())


EVERYTHING = {
    "owner": "Bo Lind",
    "department": "Care",
    "status": "in progress",
    "due_on": "2026-12-01",
    "ticket": "https://tickets.example.com/T-1?x=1",
    "note": "First the mail,\nthen the chat.",
}


def test_all_that_is_given_is_kept_in_one_change_with_who_and_when(survey: Survey) -> None:
    acting.change(survey, "support", WHO, EVERYTHING)

    kept = point()
    assert (kept.owner, kept.department, kept.status) == ("Bo Lind", "Care", "in progress")
    assert (kept.due_on, kept.ticket) == (date(2026, 12, 1), "https://tickets.example.com/T-1?x=1")
    [change] = history(survey)
    assert (change.action, change.made_by, change.made_at) == ("act", WHO, NOON)
    assert change.note == "First the mail,\nthen the chat."
    assert [step.partition(" ")[0] for step in told.steps(change)] == [
        "status", "owner", "department", "due", "ticket",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"ticket": "https://example.com/2"}, "https://example.com/2"),
        ({"owner": "bob@example.com"}, "bob@example.com"),
        ({"status": "planned"}, "planned"),
        ({"due_on": "2027-01-01"}, date(2027, 1, 1)),
        ({"department": "Care"}, "Care"),
    ],
)
def test_a_report_that_was_read_before_tells_what_changed(survey: Survey, given: dict[str, str], told: object) -> None:
    acting.change(survey, "support", WHO, {"owner": WHO, "ticket": "https://example.com/1"})
    [name] = given
    under_way(survey)

    acting.change(survey, "support", WHO, given)

    assert getattr(under_way(survey), name) == told


def under_way(survey: Survey) -> Item:
    """What the report tells of the only pain point that is under way."""
    db.session.rollback()
    [item] = reports.build(survey, Filters(), NOON).under_way.items
    return item


def test_what_is_emptied_is_nobodys_and_without_a_day(survey: Survey) -> None:
    acting.change(survey, "support", WHO, EVERYTHING)
    acting.change(survey, "support", WHO, {"owner": "", "department": "", "due_on": "", "ticket": None})

    kept = point()
    assert (kept.owner, kept.department, kept.due_on, kept.ticket) == (None, "", None, None)
    assert kept.status == "in progress"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("status", "new", "Choose one of open, planned, in progress, fixed, won't do."),
        ("status", None, "Choose one of open, planned, in progress, fixed, won't do."),
        ("due_on", "2026-02-30", "Give a day that exists, written like 2026-11-22."),
        ("due_on", "20261201", "Give a day that exists, written like 2026-11-22."),
        ("due_on", "9999-01-01", "Give a day that exists, written like 2026-11-22."),
        ("due_on", "tomorrow", "Give a day that exists, written like 2026-11-22."),
        ("ticket", "http://tickets.example.com/1", "Give a whole address that begins with https://."),
        ("ticket", "javascript:alert(1)//https://x", "Give a whole address that begins with https://."),
        ("ticket", "https://", "Give a whole address that begins with https://."),
        ("ticket", "https://user:word@example.com/", "Give a whole address that begins with https://."),
        ("ticket", "https://[::1", "Give a whole address that begins with https://."),
        ("ticket", "https://example.com/a b", "Give a whole address that begins with https://."),
        ("ticket", "https://example.com/" + "a" * 500, "Use at most 500 characters."),
        ("department", "Nowhere", "There is no such department: choose another, or make it in the settings."),
        ("owner", "x" * 201, "Use at most 200 characters."),
        ("note", "x" * 2001, "Use at most 2000 characters for a note."),
        ("fixed_on", "2026-11-01", "The day of a fix goes with the status “fixed”."),
    ],
)
def test_what_cannot_be_is_said_by_field_and_nothing_is_changed(
    survey: Survey, field: str, value: str | None, says: str
) -> None:
    with pytest.raises(Invalid) as refused:
        acting.change(survey, "support", WHO, {"note": "a note", "owner": "Bo", field: value})

    assert refused.value.errors == {field: [says]}
    assert point().owner is None
    assert history(survey) == []


def test_all_that_is_wrong_is_said_at_once(survey: Survey) -> None:
    with pytest.raises(Invalid) as refused:
        acting.change(survey, "support", WHO, {"status": "won't do", "due_on": "soon", "ticket": "T-1"})

    assert refused.value.errors.keys() == {"note", "due_on", "ticket"}


def test_what_is_not_done_needs_a_reason_once(survey: Survey) -> None:
    with pytest.raises(Invalid, match="Say why it will not be done"):
        acting.change(survey, "support", WHO, {"status": "won't do", "note": " \n"})

    acting.change(survey, "support", WHO, {"status": "won't do", "note": "Too dear."})
    acting.change(survey, "support", WHO, {"status": "won't do", "owner": "Bo"})

    assert point().status == "won't do"


def test_a_fix_has_its_day_today_unless_told(survey: Survey) -> None:
    acting.change(survey, "support", WHO, {"status": "fixed", "fixed_on": ""})

    assert point().fixed_on == TODAY


def test_the_day_of_a_fix_may_be_corrected_and_every_fix_is_kept(survey: Survey) -> None:
    acting.change(survey, "support", WHO, {"status": "fixed", "fixed_on": "2026-09-01"})
    acting.change(survey, "support", WHO, {"status": "fixed", "fixed_on": "2026-09-03"})
    acting.change(survey, "support", WHO, {"status": "fixed", "owner": "Bo"})
    acting.reopen(survey, "support", WHO)
    acting.change(survey, "support", WHO, {"status": "in progress", "fixed_on": "2026-09-03"})
    acting.change(survey, "support", WHO, {"status": "fixed", "fixed_on": "2026-11-20"})

    assert point().fixes == ["2026-09-03", "2026-11-20"]


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (TODAY + timedelta(days=1), "This day is still to come."),
        (date(2026, 8, 31), "It was fixed on 2026-09-01 before: give that day or a later one."),
    ],
)
def test_a_fix_is_neither_to_come_nor_before_the_last(survey: Survey, day: date, says: str) -> None:
    acting.change(survey, "support", WHO, {"status": "fixed", "fixed_on": "2026-09-01"})
    acting.reopen(survey, "support", WHO)

    with pytest.raises(Invalid) as refused:
        acting.change(survey, "support", WHO, {"status": "fixed", "fixed_on": day})

    assert refused.value.errors == {"fixed_on": [says]}


def test_two_fixes_of_one_day_are_one(survey: Survey) -> None:
    for _ in range(2):
        acting.change(survey, "support", WHO, {"status": "fixed"})
        acting.reopen(survey, "support", WHO)

    assert point().fixes == [TODAY.isoformat()]


@pytest.mark.parametrize(
    "between",
    [
        lambda survey: acting.change(survey, "support", "bo@example.com", {"owner": "Bo"}),
        lambda survey: acting.change(survey, "support", "bo@example.com", {"note": "Look here."}),
        lambda survey: changes.change(survey, "bo@example.com", "support", {"department": "Care"}),
        lambda survey: undo(survey, "bo@example.com", catalogues.changes(survey, 1)[0].id),
    ],
    ids=["acting", "note", "assign", "undo"],
)
def test_who_saved_in_between_is_not_overwritten(survey: Survey, between: Any) -> None:
    acting.change(survey, "support", WHO, {"due_on": "2026-12-24"})
    version = point().acting_version
    between(survey)

    with pytest.raises(Conflict, match="Somebody else has saved “Speed up support responses” in between"):
        acting.change(survey, "support", WHO, {"status": "planned"}, version)

    assert point().status == "open"
    acting.change(survey, "support", WHO, {"status": "planned"}, point().acting_version)
    assert point().status == "planned"


def test_what_does_not_touch_what_is_done_makes_no_version(survey: Survey) -> None:
    version = point().acting_version
    changes.change(survey, WHO, "support", {"pinned": True})

    acting.change(survey, "support", WHO, {"status": "planned"}, version)

    assert point().acting_version == version + 1


def test_saving_what_is_there_already_is_no_change(survey: Survey) -> None:
    acting.change(survey, "support", WHO, {**EVERYTHING, "note": ""})
    version = point().acting_version

    acting.change(survey, "support", WHO, {**EVERYTHING, "note": ""})

    assert len(history(survey)) == 1
    assert point().acting_version == version


def test_a_note_alone_is_in_the_history_and_stays(survey: Survey) -> None:
    acting.change(survey, "support", WHO, {"note": "Look here."})

    [change] = history(survey)
    assert (change.action, change.note) == ("note", "Look here.")
    with pytest.raises(Invalid, match="A note stays"):
        undo(survey, WHO, change.id)


def test_taking_a_change_back_leaves_its_note_and_the_days_before(survey: Survey) -> None:
    acting.change(survey, "support", WHO, {"due_on": "2026-12-01"})
    acting.change(survey, "support", WHO, {"status": "fixed", "due_on": "", "note": "Done."})

    undo(survey, WHO, history(survey)[0].id)

    kept = point()
    assert (kept.status, kept.fixes, kept.due_on) == ("open", [], date(2026, 12, 1))
    assert [change.note for change in history(survey)] == ["", "Done.", ""]


def test_a_merged_one_or_none_is_not_acted_on(survey: Survey) -> None:
    changes.merge(survey, WHO, "pricing", "support")

    with pytest.raises(Invalid, match="was merged into"):
        acting.change(survey, "pricing", WHO, {"owner": "Bo"})
    with pytest.raises(NotFound):
        acting.change(survey, "nothing", WHO, {"owner": "Bo"})
