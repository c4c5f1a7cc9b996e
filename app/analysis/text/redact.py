"""Words in place of what names a person: addresses, telephone and account numbers.

What is recognised is gone from what is stored. Names, streets and anything that is described are not recognised: a text
after this is still somebody's words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final

from app.analysis.text.recognisers.accounts import card, iban
from app.analysis.text.recognisers.addresses import mail, net
from app.analysis.text.recognisers.digits import number
from app.analysis.text.recognisers.phones import phone
from app.analysis.text.recognisers.plain import Plain, plain
from app.analysis.types import Span

# In the order in which they take what could be two of them.
TOKENS: Final = {
    "email": "[e-mail]",
    "iban": "[iban]",
    "ip": "[ip]",
    "card": "[card]",
    "phone": "[phone]",
    "number": "[number]",
}
KINDS: Final = tuple(TOKENS)
_TOKEN = re.compile("|".join(map(re.escape, TOKENS.values())))
_NOTABLE = re.compile(r"[@\d]")
_ROUNDS = 4  # what stood beside something that was taken may be seen only then
_ALONE: Final[dict[str, Callable[[str], Iterator[Span]]]] = {
    "email": mail, "iban": iban, "ip": net, "card": card, "number": number,
}  # fmt: skip
Found = tuple[int, int, str]


def redact(text: str, kinds: Collection[str], regions: Sequence[str] = ()) -> str:
    """The text with a token for everything of these kinds; ValueError for one that is not known.

    `regions` (ISO 3166) are those whose telephone numbers are known without their country's code. The same again
    changes nothing. A text without any, or no kinds: the text itself.
    """
    if unknown := set(kinds) - set(KINDS):
        raise ValueError(f"unknown kinds: {', '.join(sorted(unknown))}")
    for _ in range(_ROUNDS if kinds else 0):
        found = find(text, kinds, regions)
        if not found:
            break
        text = _replaced(text, found)
    return text


def find(text: str, kinds: Collection[str] = KINDS, regions: Sequence[str] = ()) -> list[Found]:
    """What would be replaced, as (start, end, kind) in order, disjoint."""
    shown = plain(text)
    if not _NOTABLE.search(shown.text):
        return []
    letters, found = shown.text, []
    for kind in (kind for kind in KINDS if kind in kinds):
        spans = list(phone(letters, regions) if kind == "phone" else _ALONE[kind](letters))
        found += [(*_placed(text, shown, span), kind) for span in spans]
        letters = _covered(letters, spans)
    return sorted(found)


def without_tokens(text: str) -> str:
    """The text with spaces in place of tokens, so that nothing is read out of them; every other word where it was."""
    return _TOKEN.sub(lambda match: " " * len(match[0]), text) if "[" in text else text


def _covered(letters: str, spans: Iterable[Span]) -> str:
    """The text with brackets where something was found, so that nobody finds it again."""
    parts, last = [], 0
    for span in spans:
        parts += [letters[last : span.start], "[", "x" * (span.end - span.start - 2), "]"]
        last = span.end
    return "".join([*parts, letters[last:]])


def _placed(text: str, shown: Plain, span: Span) -> tuple[int, int]:
    """Where that stands in the original, with the marks on its last letter."""
    start, end = shown.places[span.start], shown.places[span.end - 1] + 1
    while end < len(text) and unicodedata.category(text[end])[0] == "M":
        end += 1
    return start, end


def _replaced(text: str, found: Iterable[Found]) -> str:
    parts, last = [], 0
    for start, end, kind in found:
        parts += [text[last:start], TOKENS[kind]]
        last = end
    return "".join([*parts, text[last:]])
