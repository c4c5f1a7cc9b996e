"""The widget's stylesheet, the shipped one or in a survey's colours, each at an address that says what is in it.

A page may hold no style of its own, and one request is enough: the colours stand in the address of the sheet. So it is
the same for ever, it is there while the database is away, and one that was never saved can be previewed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from app.errors import Invalid
from app.services import colours, themes
from app.services.colours import BLACK, WHITE, Colour
from app.services.themes import Colours, Theme

WIDGET = Path(__file__).resolve().parents[2] / "widget"
SHIPPED = (WIDGET / "static" / "widget.css").read_bytes()
PARTS = ("accent", "background", "text")
CODE = re.compile(r"([0-9a-f]{18})-([0-9a-f]{18})-([0-9]{1,2})-[0-9a-f]{12}")
WRONG = ((168, 32, 26), (255, 157, 148))  # for bright paper, for dark paper
GOOD = ((27, 110, 60), (127, 214, 160))


def address(own: Mapping[str, str]) -> str:
    """Where the sheet for a survey's theme is."""
    return _address(tuple(sorted(own.items())))


@lru_cache(maxsize=256)
def _address(own: tuple[tuple[str, str], ...]) -> str:
    theme = themes.of(dict(own))
    return f"/w/widget.{_digest(SHIPPED) if theme == themes.of({}) else code(theme)}.css"


def code(theme: Theme) -> str:
    """All of a theme, and a digest of the sheet that this version makes of it."""
    painted = [
        "".join(colours.written(getattr(look, part))[1:] for part in PARTS) for look in (theme.light, theme.dark)
    ]
    return f"{painted[0]}-{painted[1]}-{theme.corners}-{_digest(sheet(theme))}"


def from_code(text: str) -> bytes | None:
    """The sheet at such an address; None for one that this version does not make."""
    found = CODE.fullmatch(text)
    if found is None:
        return None
    own = {"corners": found[3]}
    for begins, digits in zip(themes.SETS, found.groups()[:2], strict=True):
        own |= {begins + part: f"#{digits[6 * at : 6 * at + 6]}" for at, part in enumerate(PARTS)}
    try:
        theme = themes.of(own)
    except Invalid:
        return None
    return sheet(theme) if code(theme) == text else None


@lru_cache(maxsize=256)
def sheet(theme: Theme) -> bytes:
    """The shipped sheet, and after it what is different. It has the places of the shipped colours, so it wins."""
    shipped = themes.of({})
    rules = "" if theme.corners == shipped.corners else f":root{{--round:{theme.corners}px}}\n"
    if theme.light != shipped.light:
        rules += f":root{_variables(theme.light)}\n"
    if theme.dark != shipped.dark:
        dark = _variables(theme.dark)
        rules += f"@media (prefers-color-scheme:dark){{:root:not(.light){dark}}}\n:root.dark{dark}\n"
    return SHIPPED + rules.encode()


def _variables(look: Colours) -> str:
    return "{" + ";".join(f"--{name}:{colours.written(colour)}" for name, colour in palette(look).items()) + "}"


def palette(look: Colours) -> dict[str, Colour]:
    """Every colour of the sheet from three: text keeps a contrast of 4.5, edges of 3, whatever the three are."""
    paper, ink = look.background, look.text
    tile = next(
        (mix for part in (0.05, 0.03) if colours.contrast(ink, mix := colours.mixed(paper, ink, part)) >= 4.5), paper
    )
    return {
        "paper": paper,
        "ink": ink,
        "quiet": colours.faded(ink, paper, 5, 0.3),
        "edge": colours.faded(ink, paper, 3.4, 0.55),
        "tile": tile,
        "action": look.accent,
        "on-action": max(WHITE, BLACK, key=lambda one: colours.contrast(one, look.accent)),
        "wrong": _readable(WRONG, look),
        "good": _readable(GOOD, look),
    }


def _readable(choices: tuple[Colour, ...], look: Colours) -> Colour:
    """The first of these that can be read on the paper; else the text's colour, for colour never says it alone."""
    return next((one for one in choices if colours.contrast(one, look.background) >= 4.5), look.text)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
