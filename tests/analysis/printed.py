"""Reference numbers as they are printed: right to the last digit, and no further."""

import pytest

from app.analysis.types import Interval


def printed(number: str) -> object:
    """Matches every value that would be printed as `number`."""
    digits = number.replace("−", "-").replace("+", "")
    decimals = len(digits.partition(".")[2])
    return pytest.approx(float(digits), abs=0.5001 * 10**-decimals)


def ends(interval: Interval | None) -> tuple[float, float]:
    """Both ends of an interval that is known to exist."""
    assert interval is not None
    return interval.low, interval.high
