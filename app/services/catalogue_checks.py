"""What a catalogue may hold. Each check gives back what is kept, or Invalid with a sentence by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

from app.analysis.text.clean import normalise
from app.errors import Invalid
from app.models import PainPoint
from app.schemas.responses import LANGUAGES

NAME, OWNER, DEPARTMENT, PHRASE, PHRASES = 40, 200, 100, 500, 50  # the most characters, and phrases of a language


def name(text: str, others: Iterable[PainPoint]) -> str:
    """A name that none of the others has in any language."""
    kept = line(text)
    if not kept or len(kept) > NAME:
        refuse("name", f"Give a name of 1 to {NAME} characters.")
    _distinct_from(kept, others)
    return kept


def unique(point: PainPoint, others: Iterable[PainPoint]) -> None:
    """Invalid if a visible pain point has the name of another one."""
    if point.is_visible:
        _distinct_from(point.name(), [other for other in others if other.is_visible and other is not point])


def _distinct_from(name: str, others: Iterable[PainPoint]) -> None:
    for other in others:
        shown = [other.named] if other.named else other.names.values()
        if name.casefold() in (one.casefold() for one in shown if one):
            refuse("name", f"There is already a pain point “{other.name()}”.")


def short(field: str, text: str | None, most: int) -> str:
    """One line of at most so many characters; it may be empty."""
    kept = line(text or "")
    if len(kept) > most:
        refuse(field, f"Use at most {most} characters.")
    return kept


def language(code: str) -> str:
    """A two-letter code."""
    if code not in LANGUAGES:
        refuse("language", "Give a two-letter code of ISO 639-1, such as de.")
    return code


def phrases(said: Mapping[str, Sequence[str]], *, needed: bool) -> dict[str, list[str]]:
    """By language, each once and on one line; with `needed` there is at least one."""
    kept = {language(code): _distinct(texts) for code, texts in said.items()}
    if any(len(texts) > PHRASES for texts in kept.values()):
        refuse("phrases", f"Give at most {PHRASES} phrases in a language.")
    if any(len(text) > PHRASE for texts in kept.values() for text in texts):
        refuse("phrases", f"Use at most {PHRASE} characters for a phrase.")
    if needed and not any(kept.values()):
        refuse("phrases", "Give at least one phrase that people would say.")
    return {code: texts for code, texts in sorted(kept.items()) if texts}


def line(text: str) -> str:
    """The text on one line, without control characters and without blanks around it."""
    return " ".join((normalise(text) or "").split())


def refuse(field: str, text: str) -> NoReturn:
    """Invalid because of one field."""
    raise Invalid(text, {field: [text]})


def _distinct(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(kept for text in texts if (kept := line(text))))
