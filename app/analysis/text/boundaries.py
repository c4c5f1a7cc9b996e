"""Where one sentence ends and the next begins, judged from what stands between two words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.analysis.text.languages import Profile
from app.analysis.text.tokens import Token, plain

_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|[^\s@]{1,64}@[^\s@]{1,255}|\b[\w-]{1,63}(?:\.[\w-]{2,63})*\.(?:com|net|org|io|co|de|it|fr|es|ru|se|uk|eu|nl|pl|pt|dk|jp|tr|app|info)\b"
)
_STRONG = re.compile(
    "[!?;\u2026\u2022\u2023\u25aa\u25cf\u061b\u061f\u06d4\u203c\u203d\u2047-\u2049\u3002\uff01\uff0e\uff1b\uff1f\uff61\n]"
    "|\\.{2,}|[\u2600-\u27bf\U0001f000-\U0001faff]|[:=]['-]?[()DP]"
)
_DASH_LIST = re.compile(r"^\s*[-*–—]\s", re.MULTILINE)
_DASHED = re.compile(r"\s[-*–—]\s*$|[,.]\s*[-*–—]\s*$")


def sentence_starts(text: str, tokens: Sequence[Token], known: Profile) -> Iterator[int]:
    """Positions in `tokens` at which a new sentence or list item begins, without the first."""
    closed = _inside_addresses(text, tokens)
    dashes = bool(_DASH_LIST.search(text))
    counted = _number_of(tokens[0]) if tokens else 0
    for i in range(1, len(tokens)):
        if i in closed:
            continue
        gap = text[tokens[i - 1].end : tokens[i].start]
        if _is_next_number(text, tokens, i, counted):
            counted += 1
            yield i
        elif _ends(tokens[i - 1], gap, tokens[i], known) or (dashes and _DASHED.search(gap)):
            yield i


def _inside_addresses(text: str, tokens: Sequence[Token]) -> set[int]:
    """Tokens that stand inside a web or mail address, but not at its beginning."""
    if "." not in text and "@" not in text and "/" not in text:
        return set()
    places = [match.span() for match in _ADDRESS.finditer(text)]
    return {i for i, token in enumerate(tokens) for start, end in places if start < token.start < end}


def _number_of(token: Token) -> int:
    return 1 if token.text == "1" else 0


def _is_next_number(text: str, tokens: Sequence[Token], i: int, counted: int) -> bool:
    """Whether the word is the next number of a list: "1) slow 2) dear"."""
    if tokens[i].text != str(counted + 1):
        return False
    after = text[tokens[i].end : tokens[i].end + 2]
    return after[:1] in {")", "."} and after[1:] in {" ", ""} if counted or after[:1] == ")" else False


def _ends(before: Token, gap: str, after: Token, known: Profile) -> bool:
    if _STRONG.search(gap):
        return True
    if "." in gap:
        return _full_stop_ends(before, gap, after, known)
    return gap.isspace() and _opens_by_capital(before, after, known)


def _full_stop_ends(before: Token, gap: str, after: Token, known: Profile) -> bool:
    word = plain(before.text)
    if gap.startswith("."):
        if word in known.abbreviations or (len(word) == 1 and word.isalpha()):
            return False
        if gap == ".":
            return _unspaced_stop_ends(before.text, after.text)
        return not (word.isdigit() and len(word) <= 2 and known.ordinals)
    return True


def _unspaced_stop_ends(before: str, after: str) -> bool:
    """slow.The app: yes; 3.5, node.js: no."""
    if before[-1].isdigit() or after[0].isdigit():
        return before[-1].islower() != after[0].islower() and after[0].isupper()
    return (before[-1].islower() and after[0].isupper()) or (len(before) >= 3 and len(after) >= 4)


def _opens_by_capital(before: Token, after: Token, known: Profile) -> bool:
    """A capital on a small word shows a sentence whose full stop was left out."""
    if not (after.text[0].isupper() and after.text[1:].islower() and before.text[0].islower()):
        return False
    word = plain(after.text)
    return (word in known.subjects or word in known.determiners) and word not in known.capitals
