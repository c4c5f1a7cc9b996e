"""Telephone numbers, as they are dialled at home and from abroad; no dates, prices, versions and counts.

What could be one is found by its shape. Whether it is one, the numbering plans of `phonenumbers` say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from app.analysis.text.recognisers.dates import dates
from app.analysis.types import Span

SPOKEN = {  # where most people who write in a language have their telephone
    "en": ("US", "GB"),
    "it": ("IT",),
    "de": ("DE", "AT", "CH"),
    "ru": ("RU",),
    "sv": ("SE",),
    "fr": ("FR", "BE"),
    "es": ("ES", "MX"),
    "pt": ("BR", "PT"),
    "nl": ("NL", "BE"),
    "pl": ("PL",),
    "ja": ("JP",),
    "ar": ("SA", "EG", "AE"),
    "da": ("DK",),
    "tr": ("TR",),
}
DIGITS = range(7, 16)
SURE = 9  # digits from which a 0 at the beginning speaks for itself, also of numbers that were never given out
_RUN = re.compile(r"\d(?:[ ./()-]{0,3}\d)*")
_GROUP = re.compile(r"\d+")
_MOST_GROUPS = 7
_BEFORE = re.compile(r"(?:[A-Za-z0-9_#$€£¥№]|\d[.,:/-]|[$€£¥] )$")
_AFTER = re.compile(
    r"[A-Za-z0-9_%€$£¥]|[.,:]\d| ?(?:[€$£¥₽₺%]|(?:EUR|USD|GBP|CHF|SEK|PLN|RUB|JPY|SAR|AED|BRL|kr|zł|руб)\b|円|ريال)"
)
_COUNTED = re.compile(
    r"(?:#|№|\b(?:nr|no|n[o°º]|num(?:ber|ero|éro)?|id)\b|order|ticket|bestell|auftrag|commande|pedido|ordine|заказ"
    r"|ärende|zam[oó]wieni|注文|チケット|الطلب)[^\d\n]{0,12}$",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(r"\d[ -]$")
_ACCOUNT = re.compile(r"(?<!\d)[1-9]\d{3}(?:[ -]\d{4}){3,}(?:[ -]\d{1,3})?(?!\d)")
_AMOUNT = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,2}(?: \d{3})+")
_YEARS = re.compile(r"(?:19|20)\d\d(?:[ /-]{1,3}(?:19|20)\d\d)+")
_ABROAD = ("+", "00")


def phone(text: str, regions: Sequence[str] = ()) -> Iterator[Span]:
    """Numbers of any country with + or 00 before them, and those that are dialled inside of `regions` (ISO 3166)."""
    taken: frozenset[int] | None = None
    for run in _RUN.finditer(text):
        groups = [Span(*group.span()) for group in _GROUP.finditer(text, *run.span())]
        if sum(group.end - group.start for group in groups) < DIGITS.start:
            continue
        taken = _taken(text) if taken is None else taken
        yield from _of_run(text, groups, taken, regions)


def _taken(text: str) -> frozenset[int]:
    """The positions of dates, and of accounts with a slip in them, which would leave half of themselves."""
    return dates(text).union(*(range(*match.span()) for match in _ACCOUNT.finditer(text)))


def _of_run(text: str, groups: Sequence[Span], taken: frozenset[int], regions: Sequence[str]) -> Iterator[Span]:
    """Numbers that stand one after the other; of those that begin alike the longest."""
    first = 0
    while first < len(groups):
        found = 0
        if groups[first].start not in taken and _may_begin(text, groups, first):
            found = _longest(text, groups[first : first + _MOST_GROUPS + 1], taken, regions)
        if found:
            yield Span(*_bounds(text, groups[first : first + found]))
        first += found or 1


def _longest(text: str, groups: Sequence[Span], taken: frozenset[int], regions: Sequence[str]) -> int:
    """How many groups the longest number has that begins with the first of these; 0 if none does."""
    for count in range(min(len(groups), _MOST_GROUPS), 0, -1):
        some = groups[:count]
        is_whole = count == len(groups) or " " in text[some[-1].end : groups[count].start]
        if is_whole and _has_its_size(some, taken) and _is_phone(text, some, regions):
            return count
    return 0


def _has_its_size(groups: Sequence[Span], taken: frozenset[int]) -> bool:
    size = sum(group.end - group.start for group in groups)
    return size in DIGITS and not any(group.start in taken for group in groups)


def _may_begin(text: str, groups: Sequence[Span], first: int) -> bool:
    if first and " " not in text[groups[first - 1].end : groups[first].start]:
        return False
    start = len(text[: groups[first].start].rstrip("+("))
    return bool(first) or not _BEFORE.search(text[max(0, start - 2) : start])


def _bounds(text: str, groups: Sequence[Span]) -> tuple[int, int]:
    """Where a number begins and ends, with a plus before it, and with a bracket that it closes itself."""
    start, end = groups[0].start, groups[-1].end
    signs = "+(" if ")" in text[start:end] else "+"
    return len(text[:start].rstrip(signs)), end


def _is_phone(text: str, groups: Sequence[Span], regions: Sequence[str]) -> bool:
    start, end = groups[0].start, groups[-1].end
    written, digits = text[start:end], "".join(text[group.start : group.end] for group in groups)
    if _AFTER.match(text, end) or written.count("/") > 1:
        return False
    if "+" in text[max(0, start - 2) : start]:
        return _is_known("+" + digits, possible=True)
    if digits.startswith("00"):
        return _is_known("+" + digits[2:])
    if _AMOUNT.fullmatch(written) or _YEARS.fullmatch(written):
        return False
    if digits[0] == "0":
        is_sure = len(digits) >= SURE and not _FOLLOWS.search(text[max(0, start - 2) : start])
        return any(_is_known(digits, region, possible=is_sure) for region in regions)
    is_laid_out = text[max(0, start - 1) : start] == "(" or _is_laid_out(text, groups)
    return is_laid_out and any(_is_known(digits, region) for region in regions)


def _is_laid_out(text: str, groups: Sequence[Span]) -> bool:
    """Whether digits without a 0 before them are grouped as a number is, or stand alone and are called nothing else."""
    sizes = [group.end - group.start for group in groups]
    start, end = groups[0].start, groups[-1].end
    if len(sizes) == 1:
        return not _COUNTED.search(text[max(0, start - 24) : start])
    if "/" in text[start:end] or len(sizes) > 5 or max(sizes) < 3 or sizes[-1] < 2:
        return False
    return sizes[0] >= 3 or (sizes[0] == 2 and "." not in text[start:end]) or text[start] in "178"


def _is_known(number: str, region: str | None = None, possible: bool = False) -> bool:
    """Whether a numbering plan has it. Where a call at home begins with 0, nothing else is one."""
    import phonenumbers  # takes a moment, and most comments have no number

    if region and number[0] != "0" and _has_trunk_zero(region):
        return False
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    if possible and phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE:
        return True
    return phonenumbers.is_valid_number(parsed)


@cache
def _has_trunk_zero(region: str) -> bool:
    import phonenumbers

    plan = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    return plan is not None and plan.national_prefix == "0" and region != "BR"
