"""Accounts: bank accounts and payment cards, whose last digits prove the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.analysis.types import Span

_COUNTRY = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ -]?\d{2}")
_IBAN_PART = re.compile(r"[ .-]?[A-Za-z0-9]")
_LENGTHS = dict.fromkeys(("NO",), 15) | {
    code: length
    for length, codes in {
        16: "BE BI", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for code in codes.split()
}  # fmt: skip

_CARD_RUN = re.compile(r"(?<![A-Za-z0-9_+.,])[1-9]\d*(?:[ -]\d+)*(?![A-Za-z0-9_])")
_GROUP = re.compile(r"\d+")
_CARD = range(13, 20)  # digits
_ALNUM = re.compile(r"[A-Za-z0-9]")


def iban(text: str) -> Iterator[Span]:
    """Bank account numbers: as long as their country says, and the remainder of 97 is 1."""
    last = 0
    for match in _COUNTRY.finditer(text):
        length = _LENGTHS.get(match[0][:2].upper(), 0)
        end = _end_of_iban(text, match.end(), length - 4)
        if match.start() >= last and length and end and _proves_iban(text[match.start() : end]):
            yield Span(match.start(), end)
            last = end


def _end_of_iban(text: str, at: int, missing: int) -> int:
    """Where so many more letters and digits end, 0 if they are not there or others follow."""
    for _ in range(missing):
        part = _IBAN_PART.match(text, at)
        if not part:
            return 0
        at = part.end()
    return 0 if _ALNUM.match(text, at) else at


def _proves_iban(written: str) -> bool:
    letters = "".join(_ALNUM.findall(written)).upper()
    return int("".join(str(int(char, 36)) for char in letters[4:] + letters[:4])) % 97 == 1


def card(text: str) -> Iterator[Span]:
    """Numbers of payment cards: 13 to 19 digits in one piece or in groups, and Luhn's sum ends in 0."""
    for run in _CARD_RUN.finditer(text):
        groups = [Span(*group.span()) for group in _GROUP.finditer(text, *run.span())]
        first = 0
        while first < len(groups):
            count = _groups_of_card(text, groups, first)
            if count:
                yield Span(groups[first].start, groups[first + count - 1].end)
            first += count or 1


def _groups_of_card(text: str, groups: Sequence[Span], first: int) -> int:
    """Of how many groups the card consists that begins with this one; 0 if none does."""
    found, digits = 0, ""
    for count, group in enumerate(groups[first : first + 6], 1):
        digits += text[group.start : group.end] if group.end - group.start <= _CARD.stop else "0" * _CARD.stop
        if len(digits) >= _CARD.stop:
            break
        if len(digits) in _CARD and digits[0] != "0" and _is_laid_out(groups[first : first + count]) and _luhn(digits):
            found = count
    return found


def _is_laid_out(groups: Sequence[Span]) -> bool:
    """Whether digits stand as on a card: in fours, or 4-6-5 and the like; the last group may be short."""
    sizes = [group.end - group.start for group in groups]
    return len(sizes) == 1 or (sizes[0] in (4, 6) and min(sizes[1:-1], default=4) >= 4)


def _luhn(digits: str) -> bool:
    """All digits alike pass too, and are no card."""
    doubled = [int(char) * (1 + place % 2) for place, char in enumerate(reversed(digits))]
    return len(set(digits)) > 1 and sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
