"""Long runs of digits: of customers, contracts, passports, tax, and of accounts with a slip of the finger in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.analysis.text.recognisers.dates import dates
from app.analysis.types import Span

LONG = 9  # digits
_RUN = re.compile(r"(?<!\d)(?<!\d[.,])\d{9,}(?:[.,]\d+)*")
_HYPHENED = re.compile(r"(?<![\d-])(?<!\d[.,:/])\d+(?:-\d+)+(?!\d|[.,:/]\d)")
_ZIP = re.compile(r"\d{5}-\d{4}")
_IN_FOURS = re.compile(r"(?<!\d)(?<!\d[.,])\d{4}(?:[ -]\d{4}){2,}(?:[ -]\d{1,3})?(?!\d)")
_YEARS = re.compile(r"(?:19|20)\d\d(?:\D(?:19|20)\d\d)+")


def number(text: str) -> Iterator[Span]:
    """Nine digits and more in one piece or with hyphens, twelve and more in groups of four; no dates, no decimals."""
    taken = dates(text)
    found = [Span(*match.span()) for pattern in (_RUN, _HYPHENED, _IN_FOURS) for match in pattern.finditer(text)]
    last = 0
    for start, end in sorted((span.start, span.end) for span in found):
        if start >= last and start not in taken and _is_long(text[start:end]):
            yield Span(start, end)
            last = end


def _is_long(written: str) -> bool:
    return sum(map(str.isdigit, written)) >= LONG and not (_YEARS.fullmatch(written) or _ZIP.fullmatch(written))
