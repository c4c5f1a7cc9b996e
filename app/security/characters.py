"""One character that no field of a page can hold and no database takes: NUL, which only programs send."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, request

from app.errors import Invalid

ANSWERS = "/w/"  # an answer with it is one like any other, without it
NUL = "This holds a NUL character, which is no part of any text."


def register(app: Flask) -> None:
    """Refuse it in query strings and forms before anything reads them; to be called after the check of their token."""
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    if request.path.startswith(ANSWERS):
        return
    if errors := {name.replace("\0", ""): [NUL] for name, value in _fields() if "\0" in name + value}:
        raise Invalid(NUL, errors)


def _fields() -> Iterator[tuple[str, str]]:
    yield from request.args.items(multi=True)
    if not request.path.startswith("/api/"):  # which takes no forms; the schemas of its bodies see to each field
        yield from request.form.items(multi=True)
        yield from ((name, file.filename or "") for name, file in request.files.items(multi=True))
