"""A survey's own colours: readable in every look, or refused with the contrast and what to change."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Invalid
from app.pages import widget_styles as styles
from app.services import colours, surveys, themes
from app.services.themes import Colours, Theme
from tests.pages.visitor import Visitor

COLOUR = st.tuples(*[st.integers(0, 255)] * 3)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000", "#fff", 21.0), ("#777777", "#ffffff", 4.48), ("#0000ff", "#fff", 8.59), ("#ff0000", "#ffffff", 4.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    pair = [colours.read(text) for text in (one, other)]

    assert all(pair)
    assert colours.contrast(*pair) == pytest.approx(ratio, abs=0.005)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["red", "#12", "#12345", "1d4f911", "#1d4f9g", "#１２３", "url(x)", "#fff;}", ""])
def test_what_is_not_a_colour_is_none(text: str) -> None:
    assert colours.read(text) is None


@pytest.mark.parametrize(
    ("own", "field", "says"),
    [
        ({"text": "#999999"}, "text", "a contrast of 2.8:1 and needs 4.5:1"),
        ({"text": "#999999"}, "text", "Make it darker, for example #767676"),
        ({"accent": "#ffcc00"}, "accent", "Make it darker"),
        ({"dark_text": "#444"}, "dark_text", "Make it lighter"),
        ({"background": "#000"}, "text", "Make it lighter"),
        ({"accent": "blue"}, "accent", "six digits"),
        ({"corners": "21"}, "corners", "from 0 to 20"),
        ({"corners": "-1"}, "corners", "from 0 to 20"),
        ({"corners": "٣"}, "corners", "from 0 to 20"),
        ({"scheme": "neon"}, "scheme", "auto, light, dark"),
    ],
)
def test_looks_that_cannot_be_used_are_refused_with_what_to_change(
    app: Flask, own: dict[str, str], field: str, says: str
) -> None:
    surveys.create("shop", "Acme")

    with pytest.raises(Invalid) as refused:
        themes.change("shop", own)

    assert says in refused.value.errors[field][0]
    assert surveys.get("shop").theme == {}


@given(COLOUR, COLOUR)
def test_the_colour_that_is_proposed_will_do(colour: colours.Colour, background: colours.Colour) -> None:
    assert colours.contrast(colours.strengthened(colour, background, 4.5), background) >= 4.5


@settings(max_examples=300)
@given(COLOUR, COLOUR, COLOUR)
def test_three_readable_colours_make_a_readable_widget(
    accent: colours.Colour, background: colours.Colour, text: colours.Colour
) -> None:
    look = Colours(*(colours.strengthened(one, background, 4.5) for one in (accent,)), background,
                   colours.strengthened(text, background, 4.5))  # fmt: skip

    of = styles.palette(look)

    for name in ("ink", "quiet", "action", "wrong", "good"):
        assert colours.contrast(of[name], of["paper"]) >= 4.5, name
    assert colours.contrast(of["ink"], of["tile"]) >= 4.5
    assert colours.contrast(of["action"], of["on-action"]) >= 4.5
    assert colours.contrast(of["edge"], of["paper"]) >= 3


@given(st.builds(Theme, st.builds(Colours, COLOUR, COLOUR, COLOUR), st.builds(Colours, COLOUR, COLOUR, COLOUR),
                 st.integers(0, 20)))  # fmt: skip
def test_an_address_gives_the_sheet_that_it_names_or_nothing(theme: Theme) -> None:
    code = styles.code(theme)

    assert styles.from_code(code) in {styles.sheet(theme), None}
    assert styles.from_code(code[:-1] + ("0" if code[-1] != "0" else "1")) is None


def test_what_is_as_shipped_is_not_kept(app: Flask) -> None:
    surveys.create("shop", "Acme")

    themes.change("shop", {"accent": " 1D4F91 ", "text": "#000", "corners": "8", "scheme": "auto", "dark_text": ""})

    assert surveys.get("shop").theme == {"text": "#000000"}


@pytest.fixture
def visitor(app: Flask, client: FlaskClient) -> Visitor:
    surveys.create("shop", "Acme")
    return Visitor(client)


def sheet(visitor: Visitor) -> str:
    """The one stylesheet of the page, as the browser gets it."""
    hrefs = [given["href"] or "" for tag, given in visitor.opens().tags if tag == "link"]
    assert len(hrefs) == 1
    answer = visitor.client.get(hrefs[0])
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    return answer.text


def test_the_colours_are_in_the_one_sheet_of_the_page(visitor: Visitor) -> None:
    themes.change("shop", {"accent": "#7a1fa2", "dark_background": "#000000", "corners": "0"})

    own = sheet(visitor).removeprefix(styles.SHIPPED.decode())

    assert ":root{--round:0px}" in own
    assert "--action:#7a1fa2" in own
    assert re.search(r"prefers-color-scheme:dark\)\{:root:not\(\.light\)\{--paper:#000000", own)
    assert ":root.dark{--paper:#000000" in own


def test_a_change_takes_effect_with_the_next_page_and_the_old_sheet_stays_what_it_was(visitor: Visitor) -> None:
    shipped = sheet(visitor)
    themes.change("shop", {"corners": "12"})

    assert sheet(visitor) == shipped + ":root{--round:12px}\n"
    themes.change("shop", {})
    assert sheet(visitor) == shipped


@pytest.mark.parametrize(
    ("own", "query", "look"),
    [("auto", {}, None), ("dark", {}, "dark"), ("dark", {"theme": "light"}, "light"), ("dark", {"theme": "auto"}, None),
     ("light", {"theme": "neon"}, "light")],
)  # fmt: skip
def test_the_address_goes_before_the_survey_for_light_and_dark(
    visitor: Visitor, own: str, query: dict[str, str], look: str | None
) -> None:
    themes.change("shop", {"scheme": own})

    page = visitor.opens(**query)

    assert page.tags[0][1].get("class") == look
    thanks = visitor.sends(page, score="3")
    assert thanks.tags[0][1].get("class") == look


@pytest.mark.parametrize("address", ["/w/widget.x.css", "/w/widget.0.css", "/w/widget.é.css"])
def test_no_other_address_is_a_sheet(visitor: Visitor, address: str) -> None:
    assert visitor.client.get(address).status_code == 404
