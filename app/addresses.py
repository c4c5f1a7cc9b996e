"""What may stand in an address: anything else is 404 before it reaches a query."""

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter, Map, UnicodeConverter, ValidationError

LAST = 2**63 - 1


class Key(BaseConverter):
    """A survey's key, a nonce: lower-case letters, digits and hyphens."""

    regex = "[a-z0-9-]{1,64}"


class Sealed(BaseConverter):
    """A token made by us."""

    regex = "[A-Za-z0-9_.-]{1,512}"


class Number(IntegerConverter):
    """The id of a row. No database has a greater one, and SQLite fails when asked for it."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=1, max=LAST)


class Text(UnicodeConverter):
    """Whatever is called something. PostgreSQL fails when asked for a NUL."""

    def to_python(self, value: str) -> str:
        """The text itself."""
        if "\0" in value:
            raise ValidationError
        return value


def register(app: Flask) -> None:
    """Offer them to the routes: `<key:key>`, `<sealed:receipt>`, `<number:response_id>`, `<string:id_>`."""
    app.url_map.converters.update(key=Key, sealed=Sealed, number=Number, string=Text, default=Text)
