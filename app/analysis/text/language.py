"""Which language a comment is written in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from app.analysis.text.languages import NEUTRAL, SUPPORTED, code_of

_OTHERS: Final = ("no", "fi", "cs", "hu", "ro", "el", "uk", "bg", "zh", "ko", "he", "th", "vi", "id", "hi")


def identify(text: str, hint: str | None = None) -> str:
    """The ISO 639-1 code of the language of `text`; "und" when nothing can be said.

    `hint` is the language of the form or the one that was declared: it wins unless the text
    clearly speaks another one.
    """
    declared = code_of(hint)
    if not any(char.isalpha() for char in text):
        return declared
    ranked = _identifier().rank(text)
    best, sure = ranked[0]
    if declared != NEUTRAL and best != declared and sure < 0.9:
        return declared
    return str(best)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*SUPPORTED, *_OTHERS])
    return identifier
