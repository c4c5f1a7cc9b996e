"""Sources of a survey: made, changed, switched, taken away. Secrets are shown once, addresses never again."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from app.errors import Invalid, NotFound
from app.extensions import db
from app.importers.sources import Told
from app.models import AnswerSource, Survey, now
from app.models.sources import KINDS, SCHEMES
from app.models.transaction import writing
from app.notifiers import addresses
from app.notifiers.addresses import RefusedAddress
from app.schemas import sources as schema
from app.security import webhook_secrets
from app.services import carriers

MOST = 20
MOST_HOURS = 24 * 31
NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
HOURS = re.compile(r"[0-9]{1,6}")
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
SECRET = re.compile(r"[!-~]{16,200}")
ITEMS = re.compile(r"[^\x00-\x1f\x7f]{0,200}")


@dataclass(frozen=True, slots=True)
class Given:
    """What people say of a source, as they typed it. An address or a secret that is left empty stays as it is."""

    kind: str
    name: str
    address: str = ""
    every_hours: str = "24"
    scheme: str = "standard"
    header: str = ""
    secret: str = ""
    columns: str = ""
    dates: str = ""
    scale: str = ""
    items: str = ""


def of(survey: Survey) -> Sequence[AnswerSource]:
    """The sources of a survey in the order they were made."""
    query = sa.select(AnswerSource).where(AnswerSource.survey_id == survey.id)
    return db.session.scalars(query.order_by(AnswerSource.id)).all()


def get(survey: Survey, id_: int) -> AnswerSource:
    """One source of this survey, or NotFound."""
    return _found(sa.select(AnswerSource).where(AnswerSource.survey_id == survey.id, AnswerSource.id == id_))


def named(survey: Survey, name: str) -> AnswerSource:
    """The source of this survey with this name, or NotFound."""
    return _found(sa.select(AnswerSource).where(AnswerSource.survey_id == survey.id, AnswerSource.name == name))


def _found(query: sa.Select[AnswerSource]) -> AnswerSource:
    source = db.session.scalar(query)
    if source is None:
        raise NotFound("This survey has no such source.")
    return source


def shown(source: AnswerSource) -> str:
    """What people may see of where it is."""
    if source.kind == "webhook":
        return f"/api/inbox/{source.survey.key}/from/{source.name}"
    return addresses.host_of(source.address) if source.kind == "url" else f"inbox/{source.survey.key}/"


def told(source: AnswerSource) -> Told:
    """What people said that its fields mean."""
    options = source.options
    return Told(
        schema.columns(options["columns"]), options["dates"], schema.scale(options["scale"], source.survey.measures)
    )


def create(survey: Survey, given: Given) -> AnswerSource:
    """A new source that is on; Invalid says what is wrong. A secret that we made is shown now and never again."""
    _check(survey, given, is_new=True)
    with writing() as session:
        session.scalar(sa.select(Survey.id).where(Survey.id == survey.id).with_for_update())
        there = of(survey)
        _check_room(there, given)
        source = AnswerSource(survey_id=survey.id, kind=given.kind, name=given.name)
        _fill(source, given)
        if given.kind == "webhook" and not given.secret:
            source.secret = _new_secret(given.scheme)
        session.add(source)
    return source


def _check_room(there: Sequence[AnswerSource], given: Given) -> None:
    if any(one.name == given.name for one in there):
        raise _wrong("name", "There is a source with this name already.")
    if given.kind == "folder" and any(one.kind == "folder" for one in there):
        raise _wrong("kind", "A survey has one folder.")
    if len(there) >= MOST:
        raise _wrong("name", f"A survey has at most {MOST} sources: remove one first.")


def change(survey: Survey, id_: int, given: Given) -> AnswerSource:
    """Another meaning, rhythm, address or secret; kind and name stay."""
    known = get(survey, id_)
    given = replace(given, kind=known.kind, name=known.name)
    _check(survey, given, is_new=False)
    _check_kept(known, given)
    with writing():
        source = get(survey, id_)
        _fill(source, given)
        source.etag = source.modified = ""  # what is there may mean something else now
        source.next_at = now()
    return source


def switch(survey: Survey, id_: int, *, on: bool) -> None:
    """On, or off: then nothing is asked and nothing taken."""
    with writing():
        source = get(survey, id_)
        source.is_on, source.next_at = on, now()


def rotate(survey: Survey, id_: int) -> str:
    """Another secret, shown by this call and never again. The old one proves nothing any more."""
    with writing():
        source = get(survey, id_)
        if source.kind != "webhook":
            raise Invalid("Only webhooks have a secret.")
        source.secret = _new_secret(source.scheme)
    return source.secret or ""


def remove(survey: Survey, id_: int) -> None:
    """Take a source away; what it brought stays."""
    with writing() as session:
        session.delete(get(survey, id_))


def _fill(source: AnswerSource, given: Given) -> None:
    source.every_hours = int(given.every_hours) if given.kind == "url" else 24
    source.scheme = given.scheme if given.kind == "webhook" else ""
    source.header = given.header.strip() if given.kind == "webhook" and given.scheme != "standard" else ""
    if given.kind == "url" and given.address.strip():
        source.address = given.address.strip()
    if given.kind == "webhook" and given.secret:
        source.secret = given.secret
    options = ("columns", "dates", "scale", "items")
    source.options = {name: str(getattr(given, name)).strip() for name in options}


def _check(survey: Survey, given: Given, *, is_new: bool) -> None:
    if given.kind not in KINDS:
        raise _wrong("kind", f"Choose one of {', '.join(KINDS)}.")
    if not NAME.fullmatch(given.name):
        raise _wrong("name", "Use 1 to 32 lower-case letters, digits and hyphens, a letter first.")
    told = schema.columns(given.columns)
    schema.scale(given.scale, survey.measures)
    if given.dates not in {"", "dmy", "mdy"}:
        raise _wrong("dates", "Choose one of the list.")
    if not ITEMS.fullmatch(given.items.strip()):
        raise _wrong("items", "Write the name of a field, such as data.reviews.")
    {"webhook": _check_webhook, "url": _check_url, "folder": _check_folder}[given.kind](given, is_new)
    if given.kind == "webhook" and "score" not in told.values():
        raise _wrong("columns", "Say which field is the score, such as rating = score. What has no score is refused.")


def _check_webhook(given: Given, _is_new: bool) -> None:
    if given.scheme not in SCHEMES:
        raise _wrong("scheme", f"Choose one of {', '.join(SCHEMES)}.")
    if given.scheme != "standard" and not HEADER.fullmatch(given.header.strip()):
        raise _wrong("header", "Name the header that the sender puts the signature or the secret into.")
    if given.secret and not SECRET.fullmatch(given.secret):
        raise _wrong("secret", "A secret has 16 to 200 visible ASCII characters.")
    if given.secret and given.scheme == "standard" and not webhook_secrets.is_one(given.secret):
        raise _wrong("secret", "A secret of Standard Webhooks is whsec_ and base64.")


def _check_kept(known: AnswerSource, given: Given) -> None:
    """A secret that stays has to be one of the proof that is chosen now."""
    is_kept = given.kind == "webhook" and given.scheme == "standard" and not given.secret
    if is_kept and not webhook_secrets.is_one(known.secret or ""):
        raise _wrong("secret", "Give a secret of Standard Webhooks: the one that is kept is of another kind.")


def _check_url(given: Given, is_new: bool) -> None:
    if not (HOURS.fullmatch(given.every_hours) and 1 <= int(given.every_hours) <= MOST_HOURS):
        raise _wrong("every_hours", f"Give whole hours from 1 to {MOST_HOURS}.")
    if not given.address.strip() and not is_new:
        return
    try:
        addresses.check(given.address.strip(), carriers.policy())
    except RefusedAddress as error:
        raise _wrong("address", str(error)) from error


def _check_folder(given: Given, _is_new: bool) -> None:
    """Nothing more is to be said of a folder."""


def _new_secret(scheme: str) -> str:
    return webhook_secrets.new() if scheme == "standard" else secrets.token_urlsafe(32)


def _wrong(name: str, text: str) -> Invalid:
    return Invalid(text, {name: [text]})
