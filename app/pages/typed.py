"""What somebody sent with a form, to be given back with what is wrong about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request
from werkzeug.datastructures import MultiDict

from app.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Typed:
    """One of the forms of a page as it was sent; every other form holds what is stored.

    In a conflict somebody else saved in between.
    """

    form: str = ""
    values: MultiDict[str, str] = field(default_factory=MultiDict)
    message: str = ""
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    is_conflict: bool = False

    def value(self, form: str, name: str, stored: str | None = "") -> str:
        """What a field is to hold."""
        return self.values.get(name, "") if form == self.form else stored or ""

    def is_chosen(self, form: str, name: str, value: str) -> bool:
        """Whether a box was ticked."""
        return form == self.form and value in self.values.getlist(name)

    def problem(self, form: str, *names: str) -> str:
        """What is wrong with a field of a form; of the form as a whole without names."""
        if form != self.form:
            return ""
        return " ".join(text for name in names for text in self.errors.get(name, ())) if names else self.message


def sent(form: str, refused: Invalid | Conflict) -> Typed:
    """The form of this request, and why it was refused."""
    return Typed(form, request.form, refused.message, refused.errors, isinstance(refused, Conflict))
