"""How a survey's widget looks: three colours for light, three for dark, corners, and which of both is shown.

No picture, no font, no style of one's own: whatever is chosen here can be read by everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.errors import Invalid
from app.models import Survey
from app.models.transaction import writing
from app.services import colours, surveys
from app.services.colours import Colour

SCHEMES = ("auto", "light", "dark")
ROUNDEST = 20  # pixels; a button is 44 high
LEAST = 4.5  # contrast of text, WCAG 1.4.3; the accent is the text of links, too
SHIPPED = {
    "scheme": "auto", "corners": "8",
    "accent": "#1d4f91", "background": "#ffffff", "text": "#1c2024",
    "dark_accent": "#9cc3f7", "dark_background": "#16191d", "dark_text": "#eceef1",
}  # fmt: skip
SETS = {"": "light", "dark_": "dark"}  # the beginning of a field's name, and the look it is for


@dataclass(frozen=True, slots=True)
class Colours:
    """What one look is painted with."""

    accent: Colour
    background: Colour
    text: Colour


@dataclass(frozen=True, slots=True)
class Theme:
    """A look for bright and one for dark surroundings, and how round the corners are, in pixels."""

    light: Colours
    dark: Colours
    corners: int


def values(own: Mapping[str, str]) -> dict[str, str]:
    """Every field of a theme: the survey's own value, else the shipped one."""
    return {name: own.get(name) or shipped for name, shipped in SHIPPED.items()}


def of(own: Mapping[str, str]) -> Theme:
    """The theme that these fields stand for; Invalid says by field what to change."""
    given = values({name: text.strip() for name, text in own.items()})
    errors = {name: [problem] for name, problem in (*_unreadable(given), *_unsuitable(given))}
    if errors:
        raise Invalid("This theme cannot be used; nothing was changed.", errors)
    painted = {look: Colours(*_colours(given, begins)) for begins, look in SETS.items()}
    return Theme(painted["light"], painted["dark"], int(given["corners"]))


def contrasts(own: Mapping[str, str]) -> dict[str, float]:
    """The contrast of each text and accent with its background."""
    theme = of(own)
    looks = {begins: getattr(theme, look) for begins, look in SETS.items()}
    return {
        begins + name: colours.contrast(getattr(look, name), look.background)
        for begins, look in looks.items()
        for name in ("accent", "text")
    }


def change(key: str, own: Mapping[str, str]) -> Survey:
    """Replace a survey's theme; what is empty or as shipped is not kept, so that it follows later versions."""
    kept = _plain(own)
    of(kept)
    with writing():
        survey = surveys.get(key)
        survey.theme = kept
    return survey


def _plain(own: Mapping[str, str]) -> dict[str, str]:
    given = {name: own.get(name, "").strip() for name in SHIPPED}
    read = {name: colours.written(colour) for name, text in given.items() if (colour := colours.read(text))}
    read |= {name: given[name] for name in ("corners", "scheme")}
    return {name: text for name in SHIPPED if (text := read.get(name) or given[name]) and text != SHIPPED[name]}


def _colours(given: Mapping[str, str], begins: str) -> list[Colour]:
    found = [colours.read(given[begins + name]) for name in ("accent", "background", "text")]
    return [colour for colour in found if colour is not None]


def _unreadable(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if given["scheme"] not in SCHEMES:
        yield "scheme", f"Choose one of {', '.join(SCHEMES)}."
    if given["corners"] not in {str(pixels) for pixels in range(ROUNDEST + 1)}:
        yield "corners", f"Give a whole number of pixels from 0 to {ROUNDEST}."
    for begins in SETS:
        for name in ("accent", "background", "text"):
            if colours.read(given[begins + name]) is None:
                yield begins + name, "Write a colour as # and six digits from 0 to f, such as #1d4f91."


def _unsuitable(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for begins in SETS:
        found = _colours(given, begins)
        if len(found) == 3:
            accent, background, text = found
            for name, colour in (("accent", accent), ("text", text)):
                if (ratio := colours.contrast(colour, background)) < LEAST:
                    yield begins + name, _too_weak(ratio, colour, background)


def _too_weak(ratio: float, colour: Colour, background: Colour) -> str:
    """What is wrong, by how much, and a colour near to it that will do. The ratio is cut, not rounded up to enough."""
    better = colours.strengthened(colour, background, LEAST)
    way = "darker" if colours.luminance(better) < colours.luminance(background) else "lighter"
    return (
        f"On this background it has a contrast of {int(ratio * 10) / 10}:1 and needs {LEAST}:1 to be readable. "
        f"Make it {way}, for example {colours.written(better)}, or change the background."
    )
