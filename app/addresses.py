"""What may stand in an address. What is spelled otherwise reaches no query: it names nothing, as what is not there."""

import re

from flask import Flask
from werkzeug.routing import BaseConverter

LAST = 2**63 - 1
NOTHING = ""  # nothing is called so
NO_ROW = 0  # and no row has this number


class Key(BaseConverter):
    """A survey's key, a nonce: lower-case letters, digits and hyphens."""

    letters = re.compile("[a-z0-9-]{1,64}")

    def to_python(self, value: str) -> str:
        """The text itself if it is spelled so."""
        return value if self.letters.fullmatch(value) else NOTHING


class Sealed(Key):
    """A token made by us."""

    letters = re.compile("[A-Za-z0-9_.-]{1,512}")


class Text(Key):
    """Whatever is called something. PostgreSQL fails when asked for a NUL."""

    letters = re.compile("[^\0]{1,200}", re.DOTALL)


class Number(BaseConverter):
    """The id of a row. No database has a greater one, and SQLite fails when asked for it."""

    letters = re.compile("[1-9][0-9]{0,18}")

    def to_python(self, value: str) -> int:
        """The number if it is spelled as we do."""
        number = int(value) if self.letters.fullmatch(value) else NO_ROW
        return number if number <= LAST else NO_ROW


def register(app: Flask) -> None:
    """Offer them to the routes: `<key:key>`, `<sealed:receipt>`, `<number:response_id>`, `<string:id_>`."""
    app.url_map.converters.update(key=Key, sealed=Sealed, number=Number, string=Text, default=Text)
