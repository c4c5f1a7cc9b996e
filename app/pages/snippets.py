"""What a host needs to embed a survey: the files that are shipped, filled in and translated."""

from __future__ import annotations

import re
from io import BytesIO

import segno
from flask import current_app
from markupsafe import escape

from app import i18n
from app.analysis.metrics import Metric
from app.i18n import N_
from app.models import Survey
from app.pages.widget_styles import WIDGET
from app.services import wordings
from app.services.scales import SCALES

EMBED = WIDGET / "embed"
WIDGET_ADDRESS, NAME = "https://nps.example/w/KEY", "Acme"
LINK = N_("Tell us what to improve first")
SAID = (LINK, "Feedback about {name}")
SHIPPED = SCALES["nps"]  # what the files ask
BUTTON = re.compile(r'.*aria-label="(\d+) out of 10.*')
MIRRORED = {'dir="ltr"': 'dir="rtl"', "text-align:right": "text-align:left"}


def iframe(survey: Survey) -> str:
    """The tag for this survey in its own language, as text to be copied."""
    return filled("iframe.html", survey, survey.language)


def filled(file: str, survey: Survey, locale: str) -> str:
    """A shipped file for this survey in a language: address, name, sentences and writing direction."""
    shipped = _of_scale((EMBED / file).read_text("utf-8").rstrip("\n"), survey.measures)
    others = {f"{WIDGET_ADDRESS}?lang=en": f"{address(survey)}?lang={locale}", WIDGET_ADDRESS: address(survey)}
    if file.endswith(".html"):
        others |= _sentences(survey, locale) | _attributes(locale)
    found = re.compile("|".join(map(re.escape, sorted(others, key=len, reverse=True))))
    return found.sub(lambda part: others[part[0]], shipped)


def _of_scale(text: str, metric: Metric) -> str:
    """The same with a button for each score of the scale, as wide as there are many."""
    if metric.is_nps:
        return text
    lines = text.splitlines()
    places = [place for place, line in enumerate(lines) if BUTTON.fullmatch(line)]
    if not places:
        return text
    named = SCALES[metric.key]
    plain = lines[places[1]]
    buttons = [_button(plain, score, named.name_of(score, metric.low, metric.high)) for score in metric.scores]
    ends = {"0 = ": f"{metric.low} = ", "10 = ": f"{metric.high} = "}
    before = [re.sub(r"\b(?:0|10) = ", lambda found: ends[found[0]], line) for line in lines[: places[0]]]
    half = len(metric.scores) // 2
    before = [line.replace('colspan="6"', f'colspan="{half + 1}"') for line in before]
    return "\n".join(
        [*(line.replace('colspan="5"', f'colspan="{half}"') for line in before), *buttons, *lines[places[-1] + 1 :]]
    )


def _button(plain: str, score: int, name: str) -> str:
    """The second button of the shipped row as that of another score."""
    line = plain.replace('value="1"', f'value="{score}"').replace("score=1", f"score={score}")
    return line.replace("1 out of 10", name.replace("{score}", str(score))).replace(">1<", f">{score}<")


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

    scale, metric = SCALES[survey.metric], survey.measures
    told = {source.replace("{name}", NAME): said(source, name=survey.name) for source in SAID}
    told[SHIPPED.question.replace("{name}", NAME)] = said(scale.question, name=survey.name)
    told |= {SHIPPED.lowest: said(scale.lowest), SHIPPED.highest: said(scale.highest)}
    names = {score: scale.name_of(score, metric.low, metric.high) for score in metric.scores}
    return told | {name.replace("{score}", str(score)): said(name, score=score) for score, name in names.items()}


def _attributes(locale: str) -> dict[str, str]:
    tag = i18n.language_tag(locale)
    given = {'lang="en"': f'lang="{tag}"', 'name="lang" value="en"': f'name="lang" value="{locale}"'}
    return given | (MIRRORED if i18n.direction(locale) == "rtl" else {})
