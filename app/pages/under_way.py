"""The board of a survey: which pain points somebody sees to, how far they are, and what is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.errors import Invalid
from app.models import now
from app.pages import access, addresses
from app.reports import acting_files as files
from app.reports.translating import gettext
from app.reports.under_way import Selection
from app.schemas.under_way import OF_BOARD, parse_selection
from app.services import under_way
from app.services.periods import day_of

blueprint = Blueprint("under_way", __name__, url_prefix="/surveys/<key:key>")


@blueprint.get("/under-way")
def show(key: str) -> ResponseReturnValue:
    """All of it, in the groups and the order of the address."""
    survey = access.survey(key)
    pairs = list(request.args.items(multi=True))
    selection = _selected(pairs)
    if pairs != selection.pairs():
        return redirect(_address(key, selection.pairs()))
    board = under_way.build(survey, day_of(now(), survey), addresses.language())
    return render_template(
        "under_way.html",
        survey=survey,
        board=board,
        groups=board.groups(selection),
        selection=selection,
        query=urlencode(selection.pairs()),
        address=partial(_changed, key, selection),
        columns=_columns(),
        sorted_by=partial(_sorted_by, selection),
    )


@blueprint.get("/under-way.<any(csv, xlsx):kind>")
def as_table(key: str, kind: str) -> ResponseReturnValue:
    """The same as a table, in the order of the address."""
    survey = access.survey(key)
    selection = _selected(list(request.args.items(multi=True)))
    board = under_way.build(survey, day_of(now(), survey), addresses.language())
    rows = files.under_way_rows(item for _, items in board.groups(selection) for item in items)
    return addresses.table(kind, f"{key}-under-way", "Under way", files.UNDER_WAY_COLUMNS, rows)


def _selected(pairs: Sequence[tuple[str, str]]) -> Selection:
    """What the address asks for; Invalid says by name what is no parameter of the board."""
    selection = parse_selection(pairs, OF_BOARD)
    if unknown := sorted({name for name, _ in pairs} - set(OF_BOARD)):
        raise Invalid("This address cannot be shown.", {name: ["There is no such filter."] for name in unknown})
    return selection


def _changed(key: str, selection: Selection, **changes: str | None) -> str:
    """Where the board is with something of the address changed."""
    return _address(key, replace(selection, **changes).pairs())  # type: ignore[arg-type]


def _address(key: str, pairs: list[tuple[str, str]]) -> str:
    path = url_for("under_way.show", key=key)
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _columns() -> list[tuple[str, str]]:
    return [
        ("name", gettext("Pain point")),
        ("status", gettext("Status")),
        ("owner", gettext("Owner")),
        ("department", gettext("Department")),
        ("due", gettext("Due")),
        ("fixed", gettext("Did it help?")),
    ]


def _sorted_by(selection: Selection, name: str) -> Markup:
    """What a column's header says when the table is sorted by it; only the days of fixes run backwards."""
    direction = "descending" if name == "fixed" else "ascending"
    return Markup(' aria-sort="{}"').format(direction) if selection.sort == name else Markup("")
