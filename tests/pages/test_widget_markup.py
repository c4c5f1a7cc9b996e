"""Every state of the widget in four languages, before two validators: not one complaint from either."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.extensions import db
from app.models import Load, Survey, now
from app.models.transaction import writing
from app.services import asking, surveys, themes
from tests.pages.reading import Page
from tests.pages.visitor import Visitor

ROOT = Path(__file__).resolve().parents[2]
VNU = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
HTML_VALIDATE = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
LOCALES = ("en", "ar", "de", "ja")
RULES = {"root": True, "extends": ["html-validate:standard", "html-validate:a11y"]}
ON_PURPOSE = (  # `autocomplete=off` on the hidden token: without it Firefox keeps an old one over a reload
    "whose value is “hidden” must not have an “autocomplete” attribute",
    '"off" cannot be used on <input type="hidden">',
)
WORDS = 'Too "slow" & <b>dear</b>'


@pytest.fixture
def everything(app: Flask) -> Iterator[Flask]:
    """Two open surveys, a closed, a full and a painted one and one for invited people, with a whole privacy page."""
    surveys.create("markup", "Acme & Söhne", timezone="Europe/Berlin")
    surveys.create("guessed", "Acme")
    surveys.create("closed", "Acme")
    surveys.close("closed")
    surveys.create("painted", "Acme")
    themes.change("painted", {"accent": "#7a0f3c", "corners": "16"})
    invited, full = surveys.create("invited", "Acme"), surveys.create("full", "Acme")
    asking.configure("full", {"daily_cap": 1})
    with writing() as session:
        session.get_one(Survey, invited.id).requires_signed = True
        days = (now().date() + timedelta(days=later) for later in (-1, 0, 1))
        session.add_all(Load(survey_id=full.id, day=day, loads=1) for day in days)
    kept = dict(app.config)
    app.config.update(RATE_LIMITS=True, PRIVACY_CONTACT="privacy@example.com")
    yield app
    app.config.update(kept)


def states(app: Flask, locale: str) -> Iterator[tuple[str, Page]]:
    """Every page that the widget can show, once."""
    visitor = Visitor(app.test_client(), "markup", headers={"Accept-Language": locale})
    question = visitor.opens(lang=locale)
    yield "score", question
    yield "light", visitor.opens(theme="light")
    yield "mail", visitor.opens(score="9")
    yield "privacy", visitor.opens("/w/markup/privacy")
    yield "closed", visitor.opens("/w/closed")
    yield "invited", visitor.opens("/w/invited")
    yield "not asked", visitor.opens("/w/full")
    yield "painted", visitor.opens("/w/painted")
    yield "kiosk", visitor.opens(kiosk="1")
    yield "nothing here", visitor.opens("/w/nobody")
    yield "only a form", visitor.opens(question.action)
    yield "no score", visitor.sends(question)
    yield "words too long", visitor.sends(question, score="3", comment="x" * 4_001)
    yield "out of date", visitor.sends(question, score="3", comment=WORDS, token="garbage")
    reason = visitor.sends(question, score="3")
    yield "reason", reason
    yield "reason too long", visitor.sends(reason, comment="x" * 4_001)
    thanks = visitor.sends(reason, comment=WORDS, do="send")
    yield "thanks", thanks
    yield from receipts(visitor, thanks)
    with time_machine.travel(now() + timedelta(days=3), tick=False):
        yield "expired", visitor.sends(question, score="4")
        yield "too late", visitor.opens(reason.action.removesuffix("/send") if reason.action else "")
    yield "limited", [visitor.sends(visitor.opens("/w/guessed/receipt"), code="0000-0000") for _ in range(11)][-1]


def receipts(visitor: Visitor, thanks: Page) -> Iterator[tuple[str, Page]]:
    """What a receipt leads to."""
    form = visitor.opens("/w/markup/receipt")
    yield "code", form
    yield "no such code", visitor.sends(form, code="0000-0000")
    code = next(word for word in thanks.said.split() if len(word) == 9 and word[4] == "-")
    answer = visitor.sends(form, code=code)
    yield "answer", answer
    yield "changed", visitor.sends(answer, score="8")
    yield "refused change", visitor.sends(answer, score="11")
    yield "locked", visitor.opens("/w/markup/answer/abc")
    asked = visitor.opens(next(link for link in answer.links.values() if link.endswith("/erase")))
    yield "erase", asked
    yield "erased", visitor.sends(asked, do="erase")


def written(app: Flask, folder: Path) -> list[Path]:
    """One file for each state and language."""
    files = []
    for locale in LOCALES:
        for state, page in states(app, locale):
            file = folder / f"{locale}-{state.replace(' ', '-')}.html"
            file.write_text(page.html)
            files.append(file)
    return files


def vnu(files: list[Path]) -> list[str]:
    """What the checker of the Nu project says, information left out."""
    command = ["java", "-jar", str(VNU), "--format", "json", "--exit-zero-always", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    told = json.loads(done.stderr)["messages"]
    counts = [one for one in told if one["type"] != "info" or "subType" in one]
    return [f"{Path(one['url']).name}: {one['message']}" for one in counts if ON_PURPOSE[0] not in one["message"]]


def html_validate(files: list[Path]) -> list[str]:
    """What html-validate says under its standard and its accessibility rules."""
    (files[0].parent / ".htmlvalidate.json").write_text(json.dumps(RULES))
    command = ["node", str(HTML_VALIDATE), "--formatter", "json", *map(str, files)]
    said = files[0].parent / "said.json"  # it ends before a pipe has taken everything
    with said.open("w") as file:
        subprocess.run(command, stdout=file, timeout=120, cwd=files[0].parent)
    told: list[dict[str, Any]] = json.loads(said.read_text() or "[]")
    found = [(page["filePath"], one) for page in told for one in page["messages"] if one["message"] != ON_PURPOSE[1]]
    return [f"{Path(path).name}: {one['ruleId']}: {one['message']}" for path, one in found]


def skip_without_validators() -> None:
    if shutil.which("java") is None or not VNU.is_file() or not HTML_VALIDATE.is_file():
        pytest.skip("vnu-jar, html-validate or java is not installed: run `make setup-test`")
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the markup is the same on every database")


def test_no_validator_finds_anything_in_any_state(everything: Flask, tmp_path: Path) -> None:
    skip_without_validators()

    files = written(everything, tmp_path)

    assert len(files) == len(LOCALES) * 28
    assert vnu(files) == []
    assert html_validate(files) == []


@pytest.mark.usefixtures("app")
def test_the_validators_would_complain(tmp_path: Path) -> None:
    skip_without_validators()
    file = tmp_path / "wrong.html"
    file.write_text("<!DOCTYPE html>\n<html><body><p><div></p><img src=x></body></html>\n")

    assert len(vnu([file])) > 1
    assert len(html_validate([file])) > 1
