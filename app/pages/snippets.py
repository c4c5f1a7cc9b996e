"""What a host needs to embed a survey: the files that are shipped, filled in and translated."""

from __future__ import annotations

import re
from io import BytesIO

import segno
from flask import current_app
from markupsafe import escape

from app import i18n
from app.models import Survey
from app.pages.widget_refusals import N_
from app.pages.widget_styles import WIDGET
from app.services import wordings

EMBED = WIDGET / "embed"
WIDGET_ADDRESS, NAME = "https://nps.example/w/KEY", "Acme"
LINK = N_("Tell us what to improve first")
SAID = (
    LINK,
    "Feedback about {name}",
    "How likely are you to recommend {name} to a friend or colleague?",
    "Not at all likely",
    "Extremely likely",
    "0 out of 10, not at all likely",
    "10 out of 10, extremely likely",
)
SCORE = "{score} out of 10"
MIRRORED = {'dir="ltr"': 'dir="rtl"', "text-align:right": "text-align:left"}


def iframe(survey: Survey) -> str:
    """The tag for this survey in its own language, as text to be copied."""
    return filled("iframe.html", survey, survey.language)


def filled(file: str, survey: Survey, locale: str) -> str:
    """A shipped file for this survey in a language: address, name, sentences and writing direction."""
    shipped = (EMBED / file).read_text("utf-8").rstrip("\n")
    others = {f"{WIDGET_ADDRESS}?lang=en": f"{address(survey)}?lang={locale}", WIDGET_ADDRESS: address(survey)}
    if file.endswith(".html"):
        others |= _sentences(survey, locale) | _attributes(locale)
    found = re.compile("|".join(map(re.escape, sorted(others, key=len, reverse=True))))
    return found.sub(lambda part: others[part[0]], shipped)


def address(survey: Survey) -> str:
    """Where this survey's widget is, as others see it."""
    return f"{current_app.config['BASE_URL']}/w/{survey.key}"


def qr_code(survey: Survey, locale: str) -> str:
    """The address as a picture to be scanned, black on white whatever the page's colours are."""
    return drawn(f"{address(survey)}?lang={locale}")


def drawn(text: str) -> str:
    """A QR code that is read with a quarter of it hidden, as SVG that stands alone."""
    picture = BytesIO()
    plain = {"xmldecl": False, "svgclass": None, "lineclass": None}
    code = segno.make(text, error="q", micro=False)
    code.save(picture, kind="svg", omitsize=True, border=4, dark="#000", light="#fff", title=text, **plain)
    return picture.getvalue().decode()


def _sentences(survey: Survey, locale: str) -> dict[str, str]:
    own = survey.wording.get(locale, {})

    def said(source: str, **values: object) -> str:
        text = wordings.sentence(own, locale, source)
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        return str(escape(text))

    told = {source.replace("{name}", NAME): said(source, name=survey.name) for source in SAID}
    return told | {SCORE.replace("{score}", str(score)): said(SCORE, score=score) for score in range(1, 10)}


def _attributes(locale: str) -> dict[str, str]:
    tag = i18n.language_tag(locale)
    given = {'lang="en"': f'lang="{tag}"', 'name="lang" value="en"': f'name="lang" value="{locale}"'}
    return given | (MIRRORED if i18n.direction(locale) == "rtl" else {})
