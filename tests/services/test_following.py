"""A changed catalogue is applied to all comments, survives every later run, and leaves no trace when undone."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app import jobs
from app.extensions import db
from app.models import AnalysisRun, CatalogueChange, MentionRow, PainPoint, Response, Survey, now, queries
from app.models.transaction import writing
from app.reports.filters import Filters
from app.reports.report_json import to_json
from app.services import analyses, catalogues, reports, responses, surveys
from app.services import catalogue_changes as changes
from app.services.catalogue_undo import undo
from app.services.places import Place
from app.services.responses import Answer

pytestmark = pytest.mark.usefixtures("app")
WHO = "ann@example.com"
SAID = [
    "Support takes days to answer",
    "Nobody answers my support tickets",
    "the app crashes when I open it",
    "my haircut is crooked",
    "the haircut came out too short",
    "far too expensive",
    "the invoice is wrong again",
    "I was charged twice and got no refund",
]


def test_a_subject_from_the_shelf_keeps_its_words_in_later_runs(survey: Survey) -> None:
    say(survey, *["the battery runs out too quickly", "battery life is far too short"] * 10, start=100)
    analyses.run(survey.id)

    battery = next(entry for entry in analyses.known_entries(survey.id) if entry.id == "battery")

    assert "drain" in battery.words["en"]
    assert "Akkulaufzeit" in battery.words["de"]


def say(survey: Survey, *comments: str, start: int = 0) -> None:
    for number, comment in enumerate(comments, start=start):
        responses.record(survey.id, Answer(f"n{number}", number % 8, "api", comment, "en", is_complete=True))


@pytest.fixture
def survey() -> Survey:
    """Forty complaints, read once."""
    made = surveys.create("shop", "Shop")
    say(made, *(SAID * 5))
    analyses.run(made.id)
    return made


def raised(survey: Survey) -> dict[str, set[str]]:
    """What each comment raises in the current run."""
    run = queries.current_run(survey.id)
    assert run is not None
    query = sa.select(Response.comment, PainPoint.key).join(MentionRow, MentionRow.response_id == Response.id)
    query = query.join(PainPoint, PainPoint.id == MentionRow.pain_point_id).where(MentionRow.run_id == run.id)
    found: dict[str, set[str]] = {text: set() for text in SAID}
    for text, key in db.session.execute(query):
        found[text].add(key)
    return found


def place(text: str) -> Place:
    query = sa.select(Response.id, MentionRow.start, MentionRow.end).join(MentionRow)
    return Place(*db.session.execute(query.where(Response.comment == text).order_by(MentionRow.id.desc())).first())  # type: ignore[misc]


def current(survey: Survey) -> AnalysisRun:
    db.session.rollback()
    run = queries.current_run(survey.id)
    assert run is not None
    return run


def content(survey: Survey) -> Any:
    found = to_json(reports.build(survey, Filters(), now()))
    return {name: value for name, value in found.items() if name != "analysis"}


def test_a_new_pain_point_gathers_its_comments_at_the_next_look(survey: Survey) -> None:
    before = current(survey)
    made = changes.create(survey, WHO, "Cut hair straight", {"en": ["my haircut is uneven", "awful haircut"]})
    assert analyses.surveys_behind() == [survey.id]

    jobs.read_news()

    assert raised(survey)[SAID[3]] == raised(survey)[SAID[4]] == {made.key}
    assert not analyses.is_behind(survey.id)
    run = current(survey)
    assert (run.learned_in, run.catalogue_version, run.comments) == (before.id, 1, 40)
    jobs.read_news()
    assert current(survey).id == run.id


def test_a_change_that_only_names_or_merges_reads_nothing_again(survey: Survey) -> None:
    before = current(survey).id
    changes.change(survey, WHO, "billing", {"name": "Send right invoices", "pinned": True})
    changes.merge(survey, WHO, "pricing", "billing")

    jobs.read_news()

    assert current(survey).id == before


def test_a_split_takes_the_chosen_words_and_what_says_the_same(survey: Survey) -> None:
    key = next(iter(raised(survey)[SAID[1]]))

    made = changes.split(survey, WHO, key, [place(SAID[1])], "Answer every ticket")
    jobs.read_news()

    assert raised(survey)[SAID[1]] == {made.key}


def test_a_correction_holds_in_this_run_and_in_every_later_one(survey: Survey) -> None:
    changes.correct(survey, WHO, place(SAID[2]), "quality")
    changes.correct(survey, WHO, place(SAID[5]), None)

    jobs.read_news()
    assert (raised(survey)[SAID[2]], raised(survey)[SAID[5]]) == ({"quality"}, set())
    say(survey, *SAID, start=40)
    jobs.read_news()
    analyses.run(survey.id)

    assert (raised(survey)[SAID[2]], raised(survey)[SAID[5]]) == ({"quality"}, set())
    assert current(survey).learned_in is None


def test_a_phrase_that_was_learned_from_is_forgotten_by_learning_anew(survey: Survey) -> None:
    before = raised(survey)
    changes.change(survey, WHO, "quality", {"phrases": {"en": ["a crooked haircut", "my haircut is too short"]}})
    analyses.run(survey.id)
    assert raised(survey)[SAID[3]] == {"quality"}

    changes.change(survey, WHO, "quality", {"phrases": {}})
    jobs.read_news()

    assert raised(survey) == before
    assert current(survey).learned_in is None


def test_a_change_while_a_run_is_under_way_is_followed_by_another_run(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = analyses.pipeline.fit
    made = []

    def slow(*arguments: Any, **more: Any) -> Any:
        made.append(changes.create(survey, WHO, "Cut hair straight", {"en": ["awful haircut", "crooked haircut"]}).key)
        return fit(*arguments, **more)

    monkeypatch.setattr(analyses.pipeline, "fit", slow)
    run = analyses.run(survey.id)
    assert (run.catalogue_version, analyses.is_behind(survey.id)) == (0, True)

    jobs.read_news()

    assert not analyses.is_behind(survey.id)
    assert raised(survey)[SAID[3]] == {made[0]}


def test_everything_people_did_survives_a_full_run(survey: Survey) -> None:
    made = changes.create(survey, WHO, "Cut hair straight", {"en": ["awful haircut", "crooked haircut"]})
    changes.change(survey, WHO, "billing", {"name": "Send right invoices", "owner": "Bo", "pinned": True})
    changes.merge(survey, WHO, "crashes", "support-speed")
    changes.change(survey, WHO, "pricing", {"hidden": True})
    jobs.read_news()
    before = content(survey)

    analyses.run(survey.id)

    kept = {row.id: row for row in catalogues.listed(survey)}
    assert (kept["billing"].name, kept["billing"].owner, kept["billing"].pinned) == ("Send right invoices", "Bo", True)
    assert (kept["crashes"].merged_into, kept["pricing"].hidden) == ("support-speed", True)
    assert kept[made.key].people == 10
    after = content(survey)
    assert [row["id"] for row in after["pain_points"]] == [row["id"] for row in before["pain_points"]]
    assert (after["hidden"], after["unassigned"]) == (1, 0)


def any_change(survey: Survey, dice: random.Random) -> Callable[[], Any]:
    """Something a person may do; refusals are part of it."""
    keys = ["support-speed", "crashes", "billing", "pricing", "quality"]
    key, other, text = dice.choice(keys), dice.choice(keys), dice.choice(SAID)
    return dice.choice(
        [
            lambda: changes.change(survey, WHO, key, {"name": f"Name {dice.random()}"}),
            lambda: changes.change(survey, WHO, key, {"hidden": dice.random() < 0.7}),
            lambda: changes.change(survey, WHO, key, {"pinned": dice.random() < 0.7, "owner": "Bo"}),
            lambda: changes.change(survey, WHO, key, {"phrases": {"en": [text, "something else"]}}),
            lambda: changes.merge(survey, WHO, key, other),
            lambda: changes.create(survey, WHO, f"Made {dice.random()}", {"en": [text]}),
            lambda: changes.correct(survey, WHO, place(text), dice.choice([None, other])),
            lambda: changes.split(survey, WHO, key, [place(text)], f"Split {dice.random()}"),
        ]
    )


@pytest.mark.parametrize("seed", range(2))
def test_undoing_all_changes_in_reverse_gives_the_same_report(survey: Survey, seed: int) -> None:
    dice, before = random.Random(seed), content(survey)  # noqa: S311 - stories, not secrets
    for _ in range(12):
        try:
            any_change(survey, dice)()
        except changes.checks.Invalid:
            continue
    jobs.read_news()
    assert content(survey) != before
    made = db.session.scalars(sa.select(CatalogueChange.id).order_by(CatalogueChange.id.desc())).all()
    assert len(made) >= 4

    for change_id in made:
        undo(survey, WHO, change_id)
    jobs.read_news()

    assert content(survey) == before


def test_a_run_says_what_it_changed_and_why(survey: Survey) -> None:
    first = current(survey)
    assert first.changes is None
    crash = next(iter(raised(survey)[SAID[2]]))
    made = changes.create(survey, WHO, "Cut hair straight", {"en": ["my haircut is uneven", "awful haircut"]})
    changes.correct(survey, WHO, place(SAID[2]), None)

    jobs.read_news()

    found = current(survey).changes
    assert found is not None
    assert (found["previous"], found["why"], found["comments"]) == (
        first.id,
        ["catalogue changed"],
        {"before": 40, "after": 40},
    )
    assert made.key in found["new"]
    assert found["moved"] == 15
    assert {"from": crash, "to": None, "comments": 5} in found["moves"]
    assert {"id": made.key, "before": 0, "after": 10} in found["pain_points"]


def reasons(survey: Survey) -> list[str]:
    changes = current(survey).changes
    assert changes is not None
    return list(changes["why"])


def test_a_full_run_that_only_adds_does_not_say_that_it_learned_anew(survey: Survey) -> None:
    before = raised(survey)
    say(survey, *SAID, start=40)

    analyses.run(survey.id)
    assert (raised(survey), reasons(survey)) == (before, ["learned further"])

    say(survey, *(SAID * 6), start=48)
    analyses.run(survey.id)
    assert reasons(survey) == ["learned anew"]


def test_a_run_that_had_to_forget_says_that_it_learned_anew(survey: Survey) -> None:
    changes.change(survey, WHO, "quality", {"phrases": {"en": ["a crooked haircut", "my haircut is too short"]}})
    analyses.run(survey.id)
    assert reasons(survey) == ["learned further", "catalogue changed"]

    changes.change(survey, WHO, "quality", {"phrases": {}})
    jobs.read_news()

    assert reasons(survey) == ["learned anew", "catalogue changed"]


def test_a_run_names_its_other_reasons_too(survey: Survey) -> None:
    with writing() as session:
        session.execute(sa.update(AnalysisRun).values(method="0"))
    responses.change(survey.id, 1, score=None, comment="far too expensive")

    run = analyses.run(survey.id)

    assert run.changes is not None
    assert run.changes["why"] == ["method changed", "learned anew", "answer changed"]
    assert {"from": "support-speed", "to": "pricing", "comments": 1} in run.changes["moves"]
