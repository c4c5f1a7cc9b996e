"""A survey's own sentences: each stands for a whole sentence of the catalogue, in one language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from app import i18n
from app.errors import Invalid
from app.models import Survey
from app.models.transaction import writing
from app.services import surveys
from app.services.scales import SCALES, others

Wording = Mapping[str, str]  # English sentence of the catalogue → the survey's own

MAIN = (
    "Your score {score} is saved.",
    "What should we improve first?",
    "What do you value most about {name}?",
    "Optional. Leave out names and e-mail addresses.",
    "Send",
    "Skip",
    "Change my score",
    "Thank you. Your answer has been saved.",
)
TEMPLATES = Path(__file__).resolve().parents[2] / "widget" / "templates" / "widget"
SAID = re.compile(r'say(?:_plainly)?\("([^"]+)"')
LONGEST = 200
OPTIONAL = frozenset({"{name}"})  # “recommend us” is a good question; a button without its number is not
PLACEHOLDER = re.compile(r"\{\w+\}")
SPOKEN_NUMBER = re.compile(r"^(\d+) out of \d+")
BREAKS = re.compile(r"[\r\n\t]+")
UNSEEN = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")  # controls, and what would turn the rest of a page


def main(metric: str = "nps") -> tuple[str, ...]:
    """The sentences that everybody sees."""
    scale = SCALES[metric]
    return scale.question, scale.lowest, scale.highest, *MAIN


@cache
def sources(metric: str = "nps") -> tuple[str, ...]:
    """The sentences that a survey with this metric may word itself, those that everybody sees first.

    What the page about privacy says is not among them: it tells what is stored, and has to be true.
    """
    said = [str(message.id) for message in i18n.catalogue(i18n.LOCALES[0]) if message.id]
    first, left_out = main(metric), _about_privacy() | others(metric)
    return (*first, *(source for source in said if source not in first and source not in left_out))


def _about_privacy() -> set[str]:
    """What is said on that page and nowhere else."""
    said = {path.name: set(SAID.findall(path.read_text("utf-8"))) for path in TEMPLATES.iterdir()}
    return said.pop("privacy.html") - set().union(*said.values())


def sentence(wording: Wording, locale: str, source: str) -> str:
    """What the widget says for a sentence of the catalogue: the survey's own words, else the translation."""
    return wording.get(source) or str(i18n.read(locale).gettext(source))


def change(key: str, locale: str, given: Mapping[str, str]) -> Survey:
    """Replace a survey's own sentences in one language by those that are given; an empty one is the shipped one again.

    Sentences that are not mentioned stay. Invalid says by sentence what is wrong, and then nothing is changed.
    """
    own = {source: plain(text) for source, text in given.items()}
    with writing():
        survey = surveys.get(key)
        check(locale, own, survey.metric)
        kept = {**survey.wording.get(locale, {}), **own}
        worded = {source: text for source, text in kept.items() if text}
        others = {name: texts for name, texts in survey.wording.items() if name != locale}
        survey.wording = {**others, locale: worded} if worded else others
    return survey


def plain(text: str) -> str:
    """A sentence on one line, without space around it."""
    return BREAKS.sub(" ", text).strip(" ")


def check(locale: str, given: Wording, metric: str = "nps") -> None:
    """Invalid for a language the widget does not speak, and for every sentence that cannot be said."""
    if locale not in i18n.LOCALES:
        raise Invalid(f"The widget speaks {', '.join(i18n.LOCALES)}.", {"lang": ["Choose one of these languages."]})
    errors = {
        source: found for source, text in given.items() if text and (found := list(_problems(source, text, metric)))
    }
    if errors:
        raise Invalid("Some sentences cannot be used; nothing was changed.", errors)


def _problems(source: str, text: str, metric: str) -> Iterable[str]:
    if source not in sources(metric):
        yield "The widget has no such sentence of its own to word."
    if len(text) > LONGEST:
        yield f"Shorten it to {LONGEST} characters; it has {len(text)}."
    if "<" in text or ">" in text:
        yield "Leave out < and >: the widget shows plain text."
    if UNSEEN.search(text):
        yield "It holds a character that nobody can see. Type the sentence anew."
    known, used = set(PLACEHOLDER.findall(source)), set(PLACEHOLDER.findall(text))
    if re.search(r"[{}]", PLACEHOLDER.sub("", text)) or used - known:
        yield f"In braces it may hold {' and '.join(sorted(known))} only." if known else "Leave out the braces."
    if missing := known - used - OPTIONAL:
        yield f"Keep {' and '.join(sorted(missing))} in it."
    if (number := SPOKEN_NUMBER.match(source)) and not re.search(rf"(?<!\d){number[1]}(?!\d)", text):
        yield f"Keep the number {number[1]}: whoever says aloud what they see has to find the button."
