"""gettext with the types it has: sentences in, sentences out."""

from __future__ import annotations

import flask_babel


def gettext(sentence: str, **values: object) -> str:
    """The sentence in the language of the page, with its values."""
    return str(flask_babel.gettext(sentence, **values))


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """The sentence that goes with a number; `%(num)s` is the number itself."""
    return str(flask_babel.ngettext(one, many, number, **values))
