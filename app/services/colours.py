"""Colours as WCAG 2 sees them: luminance, contrast, mixtures."""

from __future__ import annotations

import re

Colour = tuple[int, int, int]  # red, green, blue, each 0 to 255

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
STEPS = 100


def read(text: str) -> Colour | None:
    """The colour written as `#1d4f91` or `#14a`, None for anything else."""
    found = HEX.fullmatch(text.strip())
    if found is None or not text.isascii():
        return None
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def written(colour: Colour) -> str:
    """The colour as six digits, in lower case: #1d4f91."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def luminance(colour: Colour) -> float:
    """Relative luminance, 0 for black to 1 for white (WCAG 2.2, with the corrected threshold 0.04045)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (one / 255 for one in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio, 1 for the same colour to 21 for black on white."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def mixed(one: Colour, other: Colour, part: float) -> Colour:
    """The first colour with a part, 0 to 1, of the second in it."""
    red, green, blue = (round(here + (there - here) * part) for here, there in zip(one, other, strict=True))
    return red, green, blue


def faded(ink: Colour, paper: Colour, least: float, most: float) -> Colour:
    """The ink with as much of the paper in it, up to the part `most`, as keeps the contrast `least`."""
    for step in range(round(most * STEPS), 0, -1):
        if contrast(colour := mixed(ink, paper, step / STEPS), paper) >= least:
            return colour
    return ink


def strengthened(ink: Colour, paper: Colour, least: float) -> Colour:
    """The colour next to the ink, towards black or white, that has the contrast `least` on this paper."""
    end = max(BLACK, WHITE, key=lambda end: contrast(end, paper))
    mixtures = (mixed(ink, end, step / STEPS) for step in range(STEPS + 1))
    return next((colour for colour in mixtures if contrast(colour, paper) >= least), end)
