"""People change a catalogue: what each change does, what it refuses, and that it can be taken back exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app.errors import Invalid, NotFound, Refusal
from app.extensions import db
from app.models import CatalogueChange, PainPoint, Response, Survey
from app.models.transaction import writing
from app.reports.filters import Filters
from app.reports.report_json import to_json
from app.services import catalogue_changes as changes
from app.services import catalogues, entries, reports
from app.services.catalogue_undo import undo
from app.services.places import Place, parse
from tests import rows
from tests.rows import NOON, Raised, Said

pytestmark = pytest.mark.usefixtures("app")
WHO = "ann@example.com"


@pytest.fixture
def survey() -> Survey:
    made = rows.survey()
    said = [Said(3, f"slow no {n}", [Raised("support", "slow")]) for n in range(40)]
    rows.store(made, [*said, *(Said(6, "dear", [Raised("pricing", "dear")]) for _ in range(10))])
    return made


def point(key: str) -> PainPoint:
    db.session.rollback()
    return db.session.scalars(sa.select(PainPoint).where(PainPoint.key == key)).one()


def latest(survey: Survey) -> catalogues.Change:
    return catalogues.changes(survey, 1)[0]


def content(survey: Survey) -> Any:
    db.session.rollback()
    told = entries.known(survey.id), entries.lessons(survey.id)
    shown = [(row, row.people) for row in catalogues.listed(survey)]
    return to_json(reports.build(survey, Filters(), NOON)), shown, told


QUOTE = Place(1, 0, 4)  # “slow” in the first comment
CHANGES: dict[str, Callable[[Survey], Any]] = {
    "rename": lambda survey: changes.change(survey, WHO, "support", {"name": "Answer at once"}),
    "assign": lambda survey: changes.change(survey, WHO, "support", {"department": "Care", "owner": "Bo"}),
    "hide": lambda survey: changes.change(survey, WHO, "support", {"hidden": True}),
    "pin": lambda survey: changes.change(survey, WHO, "mobile", {"pinned": True}),
    "phrases": lambda survey: changes.change(survey, WHO, "support", {"phrases": {"de": ["antwortet nie"]}}),
    "change": lambda survey: changes.change(survey, WHO, "support", {"name": "Answer", "pinned": True}),
    "merge": lambda survey: changes.merge(survey, WHO, "pricing", "support"),
    "create": lambda survey: changes.create(survey, WHO, "Ship in boxes", {"en": ["no box"]}, department="Shipping"),
    "split": lambda survey: changes.split(survey, WHO, "support", [QUOTE], "Answer the phone"),
    "correct": lambda survey: changes.correct(survey, WHO, QUOTE, "crashes"),
}
REREADING = {"phrases", "create", "split", "correct"}


@pytest.mark.parametrize("action", CHANGES)
def test_a_change_is_written_down_with_who_made_it(survey: Survey, action: str) -> None:
    CHANGES[action](survey)

    change = latest(survey)
    assert (change.action, change.made_by, change.undone_by) == (action, WHO, None)
    assert change.pain_point is not None


@pytest.mark.parametrize("action", CHANGES)
def test_an_undone_change_leaves_everything_as_it_was_and_can_be_made_again(survey: Survey, action: str) -> None:
    before = content(survey)
    CHANGES[action](survey)
    changed = content(survey)
    assert changed != before

    first = undo(survey, WHO, latest(survey).id)
    assert content(survey) == before
    second = undo(survey, WHO, first.id)
    assert content(survey) == changed
    undo(survey, WHO, second.id)
    assert content(survey) == before
    assert [change.action for change in catalogues.changes(survey, 9)] == ["undo", "undo", "undo", action]


@pytest.mark.parametrize("action", CHANGES)
def test_only_what_alters_the_assignment_makes_comments_be_read_again(survey: Survey, action: str) -> None:
    CHANGES[action](survey)
    db.session.refresh(survey)
    assert survey.catalogue_version == (1 if action in REREADING else 0)

    undo(survey, WHO, latest(survey).id)
    db.session.refresh(survey)
    assert survey.catalogue_version == (2 if action in REREADING else 0)


def test_what_changes_nothing_is_not_written_down(survey: Survey) -> None:
    changes.change(survey, WHO, "support", {"hidden": False, "pinned": False, "department": ""})

    assert catalogues.changes(survey, 9) == []


def test_a_change_that_is_refused_in_part_changes_nothing(survey: Survey) -> None:
    with pytest.raises(Invalid):
        changes.change(survey, WHO, "support", {"pinned": True, "name": "x" * 41})

    assert not point("support").is_pinned
    assert catalogues.changes(survey, 9) == []


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda s: changes.change(s, WHO, "support", {"name": " "}), "1 to 40 characters"),
        (lambda s: changes.change(s, WHO, "support", {"name": "x" * 41}), "1 to 40 characters"),
        (lambda s: changes.change(s, WHO, "support", {"name": "FIX crashes and errors"}), "already a pain point"),
        (lambda s: changes.change(s, WHO, "support", {"owner": "x" * 201}), "at most 200"),
        (lambda s: changes.change(s, WHO, "support", {"department": "x" * 101}), "at most 100"),
        (lambda s: changes.change(s, WHO, "support", {"phrases": {"xx": ["a"]}}), "two-letter code"),
        (lambda s: changes.change(s, WHO, "support", {"phrases": {"en": ["x" * 501]}}), "at most 500"),
        (lambda s: changes.change(s, WHO, "support", {"phrases": {"en": [f"p {n}" for n in range(51)]}}), "at most 50"),
        (lambda s: changes.change(s, WHO, "nowhere", {"name": "x"}), "no such pain point"),
        (lambda s: changes.merge(s, WHO, "support", "support"), "into itself"),
        (lambda s: changes.merge(s, WHO, "support", "nowhere"), "not there any more"),
        (lambda s: changes.create(s, WHO, "Ship", {"en": [" "]}), "at least one phrase"),
        (lambda s: changes.create(s, WHO, "Simplify  onboarding", {"en": ["a"]}), "already a pain point"),
        (lambda s: changes.split(s, WHO, "support", [], "New"), "at least one comment"),
        (lambda s: changes.split(s, WHO, "support", [Place(41, 0, 4)], "New"), "of this pain point"),
        (lambda s: changes.split(s, WHO, "support", [Place(1, 0, 3)], "New"), "changed or erased meanwhile"),
        (lambda s: changes.correct(s, WHO, QUOTE, "support"), "stands already"),
        (lambda s: changes.correct(s, WHO, QUOTE, "nowhere"), "not there any more"),
        (lambda s: changes.correct(s, WHO, Place(999, 0, 4), None), "changed or erased meanwhile"),
        (lambda s: parse("1:0"), "such as 17:0-41"),
        (lambda s: undo(s, WHO, 99), "no such change"),
    ],
)
def test_what_cannot_be_is_a_sentence(survey: Survey, ask: Callable[[Survey], Any], says: str) -> None:
    with pytest.raises(Refusal) as refused:
        ask(survey)

    assert says in refused.value.message
    assert catalogues.changes(survey, 9) == []


def test_another_survey_is_out_of_reach(survey: Survey) -> None:
    CHANGES["rename"](survey)
    other = rows.survey("other", "Other")
    rows.store(other, [Said(3, "slow", [Raised("support", "slow")])])
    theirs = db.session.scalars(sa.select(Response.id).where(Response.survey_id == other.id)).one()

    with pytest.raises(NotFound):
        undo(other, WHO, latest(survey).id)
    with pytest.raises(Invalid):
        changes.correct(survey, WHO, Place(theirs, 0, 4), None)


def test_merging_knows_no_chains_and_undoing_puts_each_back(survey: Survey) -> None:
    changes.merge(survey, WHO, "mobile", "pricing")
    changes.merge(survey, WHO, "pricing", "support")
    assert {point(key).merged_into_id for key in ("mobile", "pricing")} == {point("support").id}

    first, second = reversed(catalogues.changes(survey, 2))
    with pytest.raises(Invalid, match="undo that one first"):
        undo(survey, WHO, first.id)
    undo(survey, WHO, second.id)
    assert (point("mobile").merged_into_id, point("pricing").merged_into_id) == (point("pricing").id, None)


@pytest.mark.parametrize(
    "ask",
    [
        lambda s: changes.merge(s, WHO, "mobile", "pricing"),
        lambda s: changes.merge(s, WHO, "pricing", "mobile"),
        lambda s: changes.change(s, WHO, "pricing", {"name": "x"}),
        lambda s: changes.correct(s, WHO, QUOTE, "pricing"),
    ],
)
def test_a_merged_one_is_left_alone(survey: Survey, ask: Callable[[Survey], Any]) -> None:
    changes.merge(survey, WHO, "pricing", "support")

    with pytest.raises(Invalid):
        ask(survey)


def test_nothing_is_merged_into_a_hidden_one(survey: Survey) -> None:
    changes.change(survey, WHO, "pricing", {"hidden": True})

    with pytest.raises(Invalid, match="hidden"):
        changes.merge(survey, WHO, "support", "pricing")


def test_a_split_takes_words_department_and_owner_along_and_is_open(survey: Survey) -> None:
    changes.change(survey, WHO, "support", {"department": "Care", "owner": "Bo"})
    with writing() as session:
        session.execute(sa.update(PainPoint).where(PainPoint.key == "support").values(status="fixed"))

    made = changes.split(survey, WHO, "support", [QUOTE, Place(2, 0, 4)], "Answer the phone")

    assert (made.origin, made.department, made.owner, made.status) == ("manual", "Care", "Bo", "open")
    assert made.phrases == {"en": ["slow"]}
    assert entries.lessons(survey.id) == []


def later_rename(survey: Survey, key: str) -> None:
    changes.change(survey, WHO, key, {"name": "Renamed since"})


def later_merge(survey: Survey, key: str) -> None:
    changes.merge(survey, WHO, "mobile", key)


def later_correction(survey: Survey, key: str) -> None:
    changes.correct(survey, WHO, Place(3, 0, 4), key)


@pytest.mark.parametrize("later", [later_rename, later_merge, later_correction])
def test_what_a_later_change_rests_on_is_not_undone_before_it(
    survey: Survey, later: Callable[[Survey, str], None]
) -> None:
    made = changes.create(survey, WHO, "Ship in boxes", {"en": ["no box"]})
    creation = latest(survey).id
    later(survey, made.key)

    with pytest.raises(Invalid, match="undo that"):
        undo(survey, WHO, creation)
    undo(survey, WHO, latest(survey).id)
    undo(survey, WHO, creation)

    assert made.key not in {row.id for row in catalogues.listed(survey)}


def test_a_name_that_was_taken_since_does_not_come_back(survey: Survey) -> None:
    CHANGES["rename"](survey)
    renaming = latest(survey).id
    changes.change(survey, WHO, "pricing", {"name": "Speed up support responses"})

    with pytest.raises(Invalid, match="already a pain point"):
        undo(survey, WHO, renaming)


def test_a_change_is_undone_once(survey: Survey) -> None:
    CHANGES["rename"](survey)
    change = latest(survey).id
    undo(survey, WHO, change)

    with pytest.raises(Invalid, match="undone already"):
        undo(survey, WHO, change)


def test_an_erased_answer_takes_its_corrections_along(survey: Survey) -> None:
    CHANGES["correct"](survey)
    with writing() as session:
        session.execute(sa.delete(Response).where(Response.id == 1))

    assert entries.lessons(survey.id) == []
    assert latest(survey).corrections == ()
    undo(survey, WHO, latest(survey).id)


def test_the_history_comes_in_parts(survey: Survey) -> None:
    for number in range(5):
        changes.change(survey, WHO, "support", {"name": f"Name {number}"})

    first = catalogues.changes(survey, 3)
    second = catalogues.changes(survey, 3, first[-1].id)

    assert [change.after["support"]["name"][-1] for change in (*first, *second)] == list("43210")
    assert catalogues.number_of_changes(survey) == len(db.session.scalars(sa.select(CatalogueChange)).all()) == 5
