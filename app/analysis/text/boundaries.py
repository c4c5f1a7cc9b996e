"""Where one sentence ends and the next begins, judged from what stands between two words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.analysis.text.languages import Profile
from app.analysis.text.tokens import Token, plain

_DOMAINS = "com|net|org|info|app|io|co|eu|de|it|fr|es|ru|se|uk|nl|pl|pt|dk|jp|tr"
ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|[^\s@]{1,64}@[^\s@]{1,255}|"
    rf"\b[\w-]{{1,63}}(?:\.[\w-]{{2,63}}){{0,3}}\.(?:{_DOMAINS})\b"
)
_ADDRESSING = re.compile(r"\.\w|://|@|www\.")  # without one of these there is no address
_STRONG = re.compile(
    "[!?;…•‣▪●؛؟۔‼‽⁇-⁉。！．；？｡\n]"
    r"|\.{2,}|[☀-➿🀀-🫿]|[:=]['-]?[()DP]"
)
_DASH_LIST = re.compile(r"^[ \t]*[-*–—][ \t]", re.MULTILINE)
_DASHED = re.compile(r"(?:\s|[,.]\s?)[-*–—]\s*$")


def sentence_starts(text: str, tokens: Sequence[Token], known: Profile) -> Iterator[int]:
    """Positions in `tokens` at which a new sentence or list item begins, without the first."""
    closed = _inside_addresses(text, tokens)
    dashes = bool(_DASH_LIST.search(text))
    counted = int(bool(tokens) and tokens[0].text == "1")
    for i in range(1, len(tokens)):
        gap, first = text[tokens[i - 1].end : tokens[i].start], tokens[i].text[0]
        if i in closed or (gap == " " and first.islower()):
            continue
        if _is_next_number(text, tokens[i], counted):
            counted += 1
            yield i
        elif _ends(tokens[i - 1], gap, tokens[i], known) or (dashes and _DASHED.search(gap)):
            yield i


def without_addresses(text: str) -> str:
    """The text with a space in place of every web and mail address."""
    return ADDRESS.sub(" ", text) if _may_hold_addresses(text) else text


def _may_hold_addresses(text: str) -> bool:
    """Nearly no comment does, and looking closely costs more than all the rest of this module."""
    return bool(_ADDRESSING.search(text))


def _inside_addresses(text: str, tokens: Sequence[Token]) -> set[int]:
    """Tokens that stand inside a web or mail address, but not at its beginning."""
    inside: set[int] = set()
    if not _may_hold_addresses(text):
        return inside
    i = 0
    for match in ADDRESS.finditer(text):
        while i < len(tokens) and tokens[i].start <= match.start():
            i += 1
        while i < len(tokens) and tokens[i].start < match.end():
            inside.add(i)
            i += 1
    return inside


def _is_next_number(text: str, token: Token, counted: int) -> bool:
    """Whether the word is the next number of a list: "1) slow 2) dear"."""
    if token.text != str(counted + 1):
        return False
    mark = text[token.end : token.end + 2]
    return mark[:1] == ")" or (counted > 0 and mark[:1] == "." and not mark[1:].isdigit())


def _ends(before: Token, gap: str, after: Token, known: Profile) -> bool:
    if _STRONG.search(gap):
        return True
    if "." in gap:
        return not gap.startswith(".") or _full_stop_ends(before.text, gap, after.text, known)
    return gap.isspace() and _opens_by_capital(before.text, after.text, known)


def _full_stop_ends(before: str, gap: str, after: str, known: Profile) -> bool:
    word = plain(before)
    if word in known.abbreviations or (len(word) == 1 and word.isalpha()):
        return False
    if gap == ".":
        return _unspaced_stop_ends(before, after)
    return not (word.isdigit() and len(word) <= 2 and known.ordinals)


def _unspaced_stop_ends(before: str, after: str) -> bool:
    """ "slow.The app" and "slow.too dear" are two sentences; "3.5" and "node.js" are not."""
    if before[-1].isdigit() or after[0].isdigit():
        return before[-1].islower() and after[0].isupper()
    return (before[-1].islower() and after[0].isupper()) or (len(before) >= 3 and len(after) >= 4)


def _opens_by_capital(before: str, after: str, known: Profile) -> bool:
    """A capital on a small word shows a sentence whose full stop was left out."""
    if not (after[0].isupper() and after[1:].islower() and before[0].islower()):
        return False
    word = plain(after)
    return (word in known.subjects or word in known.determiners) and word not in known.capitals
