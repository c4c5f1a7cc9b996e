"""The pages of the widget as people see them: each step and each state, in the language of the visit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from babel import Locale
from flask import Response, g, make_response, render_template
from flask_babel import get_locale
from markupsafe import Markup

from app.pages import widget_styles
from app.pages.widget_forms import Draft
from app.pages.widget_visits import Place, address
from app.security import headers
from app.services import wordings

LAYOUT_VERSION = 1  # stored with each response: a redesign can be seen in the trend
PLACEHOLDER = re.compile(r"\{(\w+)\}")
WIDGET_LIMIT = 2_000  # characters the field asks for; the server takes twice as many


def page(template: str, place: Place | None, status: int = 200, **more: Any) -> Response:
    """A page that the browser does not keep."""
    html = render_template(
        f"widget/{template}.html",
        place=place,
        say=say,
        say_plainly=say_plainly,
        gettext=sentence,
        address=address,
        language_of=language_of,
        stylesheet=widget_styles.address(place.survey.theme if place else {}),
        **more,
    )
    return make_response(html, status)


def form(
    template: str,
    place: Place,
    draft: Draft,
    *,
    problems: Mapping[str, Markup] | None = None,
    status: int = 200,
    **more: Any,
) -> Response:
    """A page with a form, kept for Back. `problems` holds a sentence for each field that is wrong."""
    about_strengths = draft.is_about_strengths
    more |= {"draft": draft, "problems": problems or {}, "about_strengths": about_strengths, "limit": WIDGET_LIMIT}
    return headers.keep_for_back(page(template, place, status, **more))


def locale() -> Locale:
    """The language of this page."""
    return Locale.parse(str(get_locale()))


def language_of(code: str) -> str:
    """The name of a language in the language of this page; its code where there is none."""
    name: str = locale().languages.get(code, code)
    return name


def sentence(source: str) -> str:
    """A sentence of the catalogue as this survey says it, in the language of the visit."""
    return wordings.sentence(g.wording, str(get_locale()), source)


def say(source: str, **values: Any) -> Markup:
    """A sentence with its values, each isolated so that it cannot turn the writing direction."""
    isolated = {name: Markup("<bdi>{}</bdi>").format(value) for name, value in values.items()}
    return Markup("").join(_filled(sentence(source), isolated))


def say_plainly(source: str, **values: Any) -> str:
    """The same for titles and attributes, where there is no markup."""
    return "".join(_filled(sentence(source), {name: f"\u2068{value}\u2069" for name, value in values.items()}))


def _filled(text: str, values: Mapping[str, str]) -> Iterator[str]:
    """A sentence piece by piece. Not `format`: what people wrote may reach nothing but these values."""
    for index, piece in enumerate(PLACEHOLDER.split(text)):
        yield values.get(piece, f"{{{piece}}}") if index % 2 else piece
