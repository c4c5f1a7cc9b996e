"""The comments of a view behind its numbers: of everybody or one group, all or those that fit no known pain point."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import now
from app.pages import access, addresses, filter_form
from app.schemas import filters as schema
from app.schemas.pages import parse_listing
from app.services import evidence, reports

OWN = ("page", "about")

blueprint = Blueprint("comments", __name__, url_prefix="/surveys/<key:key>")


@blueprint.get("/comments")
def show(key: str) -> ResponseReturnValue:
    """What people said, the newest first."""
    survey = access.survey(key)
    pairs = list(request.args.items(multi=True))
    try:
        filters, listing = schema.parse(pairs, also=OWN), parse_listing(pairs, ("page",))
        about = _about(request.args.getlist("about"))
    except Invalid as refused:
        return addresses.refused(survey, refused, OWN)
    own = [("about", about)] if about else []
    if (elsewhere := addresses.canonical(filters, [*own, *listing.pairs()])) is not None:
        return redirect(elsewhere)
    report = reports.build(survey, filters, now(), addresses.language())
    comments = evidence.all_in(survey, report, listing.page, addresses.language(), only_unassigned=bool(about))
    form = filter_form.fill(survey, request.args, filters)
    given = {"report": report, "comments": comments, "about": about, "own": own, "listing": listing, "form": form}
    return render_template("comments.html", survey=survey, filters=filters, **given)


def _about(given: list[str]) -> str:
    """Which of them: all, or only those that are about nothing known."""
    text = "".join(given)
    if text not in ("", "nothing-known"):
        raise Invalid("about: Write about=nothing-known.", {"about": ["Write nothing-known, or leave it out."]})
    return text
