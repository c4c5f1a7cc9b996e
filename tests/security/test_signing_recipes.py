"""The recipes of docs/signing.md, each run where its language is installed: what they sign is what we accept."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.security.respondents import Identity, Key, verify
from tests.security.signing import SECRET

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "signing.md").read_text()
HOST = "https://nps.example"
PERSON = "Zoë/0047 ☃"
ATTRIBUTES = {"plan": "größer & <b>", "seats": 12, "trial": True}


def recipe(language: str) -> str:
    """The one block of a language in the guide."""
    (block,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return str(block)


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def python(folder: Path, person: str, attributes: Mapping[str, object] | None) -> str:
    call = f"print(respondent_token({SECRET!r}, 'k1', 'shop', {person!r}, **{dict(attributes or {})!r}))"
    (folder / "sign.py").write_text(f"{recipe('python')}\n\n{call}\n")
    return run(folder, sys.executable, "sign.py")


def javascript(folder: Path, person: str, attributes: Mapping[str, object] | None) -> str:
    more = "" if attributes is None else f", {text(attributes)}"
    call = f"console.log(respondentToken({text(SECRET)}, 'k1', 'shop', {text(person)}{more}));"
    (folder / "sign.js").write_text(f"{recipe('js')}\n{call}\n")
    return run(folder, "node", "sign.js")


def php(folder: Path, person: str, attributes: Mapping[str, object] | None) -> str:
    more = "" if attributes is None else f", json_decode('{text(attributes)}', true)"
    (folder / "sign.php").write_text(
        f"{recipe('php')}\necho respondent_token('{SECRET}', 'k1', 'shop', '{person}'{more});\n"
    )
    return run(folder, "php", "sign.php")


def ruby(folder: Path, person: str, attributes: Mapping[str, object] | None) -> str:
    more = "" if attributes is None else f", JSON.parse({text(text(attributes))})"
    (folder / "sign.rb").write_text(
        f"{recipe('ruby')}\nputs respondent_token('{SECRET}', 'k1', 'shop', {text(person)}{more})\n"
    )
    return run(folder, "ruby", "-Ku", "sign.rb")


def go(folder: Path, person: str, attributes: Mapping[str, object] | None) -> str:
    said = (
        "nil"
        if attributes is None
        else "map[string]any{" + ", ".join(f"{text(k)}: {text(v)}" for k, v in attributes.items()) + "}"
    )
    (folder / "token.go").write_text(recipe("go"))
    (folder / "main.go").write_text(
        'package main\n\nimport "fmt"\n\nfunc main() {\n'
        f'\ttoken, err := RespondentToken({text(SECRET)}, "k1", "shop", {text(person)}, {said})\n'
        "\tif err != nil {\n\t\tpanic(err)\n\t}\n\tfmt.Println(token)\n}\n"
    )
    return run(folder, "go", "run", "token.go", "main.go")


Recipe = Callable[[Path, str, "Mapping[str, object] | None"], str]
RECIPES: dict[str, tuple[str, Recipe]] = {
    "Python": (sys.executable, python),
    "JavaScript": ("node", javascript),
    "PHP": ("php", php),
    "Ruby": ("ruby", ruby),
    "Go": ("go", go),
}


def signed_by(language: str, folder: Path, person: str, attributes: Mapping[str, Any] | None) -> Identity:
    interpreter, recipe_of = RECIPES[language]
    if shutil.which(interpreter) is None:
        pytest.skip(f"{language} is not installed: no {interpreter}")
    token = recipe_of(folder, person, attributes)
    return verify([token], {"k1": Key(SECRET)}, HOST, "shop", time.time())


@pytest.mark.parametrize("language", RECIPES)
def test_a_recipe_signs_any_letters_and_kinds_of_attributes(language: str, tmp_path: Path) -> None:
    identity = signed_by(language, tmp_path, PERSON, ATTRIBUTES)

    assert identity.subject == PERSON
    assert identity.attributes == {"plan": "größer & <b>", "seats": "12", "trial": "true"}


@pytest.mark.parametrize("language", RECIPES)
def test_a_recipe_needs_no_attributes(language: str, tmp_path: Path) -> None:
    identity = signed_by(language, tmp_path, "user-4711", None)

    assert (identity.subject, identity.attributes) == ("user-4711", {})


def test_every_recipe_of_the_guide_is_run_here() -> None:
    assert re.findall(r"^### (.+)$", GUIDE, re.MULTILINE) == list(RECIPES)


def test_the_token_printed_in_the_guide_is_the_published_one() -> None:
    printed = re.findall(r"^ws1\.\S+$", GUIDE, re.MULTILINE)

    assert [verify([token], {"k1": Key(SECRET)}, HOST, "checkout", 1_767_225_600).subject for token in printed] == [
        "user-4711"
    ]
