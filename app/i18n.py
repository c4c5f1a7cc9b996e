"""Which language a page speaks, and the catalogues it speaks from."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import Domain, get_locale, refresh
from werkzeug.datastructures import LanguageAccept

from app.extensions import babel

LOCALES = ("en", "it", "de", "ru", "sv", "fr", "es", "pt", "nl", "pl", "ja", "ar")
TAGS = {"pt": "pt-BR"}  # the language tag where it says more than the locale's name
CATALOGUES = Path(__file__).parent / "translations"
LONGEST_HEADER = 512


def N_(sentence: str) -> str:  # noqa: N802 - the name that catalogue tools look for
    """Mark a sentence for translation; it is translated where it is shown."""
    return sentence


class Catalogues(Domain):  # type: ignore[misc] # flask_babel has no types
    """Reads the .po files themselves: there is no compiled copy that could be missing or stale."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the request's locale, read once."""
        return read(str(get_locale() or LOCALES[0]))


@cache
def read(locale: str) -> NullTranslations:
    """The catalogue of one locale; English is the language of the sources and needs none."""
    if not _path(locale).is_file():
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(locale))
    compiled.seek(0)
    return Translations(compiled)


def catalogue(locale: str) -> Catalog:
    """The sentences of one locale as they stand in its file, in their order."""
    with _path(locale).open("rb") as source:
        return read_po(source, locale=locale)


def _path(locale: str) -> Path:
    return CATALOGUES / locale / "LC_MESSAGES" / "messages.po"


def register(app: Flask) -> None:
    """Choose a locale for each request, and tell the templates its tag and direction."""
    babel.domain_instance = Catalogues()
    babel.init_app(app, locale_selector=_locale)
    app.before_request(_forget)
    app.context_processor(lambda: {"language_tag": language_tag, "direction": direction})


def speak(locale: str) -> None:
    """Let the rest of this request speak one of LOCALES."""
    g.locale = locale
    refresh()


def _forget() -> None:
    """What an earlier request of the same context spoke is not ours."""
    speak(LOCALES[0])


def _locale() -> str:
    return g.get("locale") or LOCALES[0]


def choose(wanted: str | None, accepted: LanguageAccept | None, fallback: str, offered: Collection[str] = ()) -> str:
    """One of LOCALES, of those that are offered: what the address asks for, the browser prefers, the survey's own."""
    preferred = [tag for tag, quality in (accepted or []) if quality > 0]
    for tag in [wanted or "", *preferred, fallback]:
        language = tag.replace("_", "-").split("-")[0].lower()
        if language in (offered or LOCALES):
            return language
    return LOCALES[0]


def accepted_languages() -> LanguageAccept | None:
    """What the browser prefers, unless its header is longer than any honest one."""
    return request.accept_languages if len(request.headers.get("Accept-Language", "")) <= LONGEST_HEADER else None


def language_tag(locale: str | None = None) -> str:
    """The tag for `lang=`: pt-BR for Portuguese, else the locale itself."""
    name = locale or str(get_locale())
    return TAGS.get(name, name)


def direction(locale: str | None = None) -> Any:
    """rtl for Arabic, else ltr."""
    return Locale.parse(locale or str(get_locale())).text_direction
