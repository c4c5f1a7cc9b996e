"""The page with everything that puts a survey in front of people, ready to copy."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app import i18n
from app.pages import access, heights, snippets
from app.reports.translating import gettext

blueprint = Blueprint("embeds", __name__, url_prefix="/surveys/<key:key>")


@blueprint.get("/embed")
def show(key: str) -> ResponseReturnValue:
    """Each way with its snippet, in the language that is asked for."""
    survey = access.survey(key)
    locale = i18n.choose(request.args.get("lang"), None, survey.language, survey.languages)
    return render_template(
        "embed.html",
        survey=survey,
        locale=locale,
        languages=survey.languages or i18n.LOCALES,
        ways=[(file, *told, snippets.filled(file, survey, locale)) for file, told in ways().items()],
        address=f"{snippets.address(survey)}?lang={locale}",
        heights=heights.of(locale),
        steps=heights.STEPS,
        may_administer=access.may_administer(survey),
    )


@blueprint.get("/qr.svg")
def qr_code(key: str) -> Response:
    """The address of the widget as a picture to print."""
    survey = access.survey(key)
    locale = i18n.choose(request.args.get("lang"), None, survey.language, survey.languages)
    return Response(snippets.qr_code(survey, locale), mimetype="image/svg+xml")


def ways() -> dict[str, tuple[str, str]]:
    """The shipped files in the order of the page: what each is, and when to take it."""
    return {
        "iframe.html": (
            gettext("A frame in your page"),
            gettext("The usual way. No script, no cookie; a number is stored with one click."),
        ),
        "iframe-strict.html": (
            gettext("A frame under a strict policy"),
            gettext("Where your page’s Content-Security-Policy lets tags have no style: the rules below do it."),
        ),
        "iframe.css": (
            gettext("Rules for your style sheet"),
            gettext("A frame that is also shown on telephones is higher there."),
        ),
        "form.html": (
            gettext("A form in your page"),
            gettext("A button opens the widget with its number chosen; Send stores it there. No site has to be named."),
        ),
        "link.html": (gettext("A link"), gettext("Opens the question in a page of its own.")),
        "email.html": (
            gettext("A row for e-mails"),
            gettext(
                "A link for each number. Mail scanners open every link, so it only chooses a number and Send stores it."
            ),
        ),
        "kiosk.txt": (
            gettext("A kiosk"),
            gettext("A screen that many use. Thanks lead back to the question, and not to the answer just given."),
        ),
        "android.kt": (gettext("An app for Android"), gettext("A web view, without script.")),
        "ios.swift": (gettext("An app for iOS"), gettext("A web view, without script.")),
    }  # fmt: skip
