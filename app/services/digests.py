"""Digests of a survey: what they look at, who reads them, and who asked for it and has confirmed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.analysis.sending import last_complete
from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Channel, Digest, DigestReader, Survey, now
from app.models.transaction import writing
from app.models.upsert import insert_many_once
from app.notifiers.message import Message
from app.reports.translating import gettext
from app.schemas import alerts as schema
from app.services import alert_rules, links, outbox, readers
from app.services.periods import day_of

NEEDED = {"name": "Give a name of 1 to 100 characters.", "cycle": "Choose daily, weekly or monthly."}


def of(survey: Survey) -> Sequence[Digest]:
    """The digests of a survey, in the order in which they were made."""
    return db.session.scalars(sa.select(Digest).filter_by(survey_id=survey.id).order_by(Digest.id)).all()


def one(survey: Survey, digest_id: int) -> Digest:
    """One digest of this survey, or NotFound."""
    digest = db.session.scalar(sa.select(Digest).filter_by(survey_id=survey.id, id=digest_id))
    if digest is None:
        raise NotFound("There is no such digest.")
    return digest


def readers_of(digest: Digest) -> Sequence[tuple[Channel, datetime | None]]:
    """The channels that get a digest, and when each confirmed: None while the question is open."""
    query = sa.select(Channel, DigestReader.confirmed_at).join(DigestReader, DigestReader.channel_id == Channel.id)
    rows = db.session.execute(query.where(DigestReader.digest_id == digest.id).order_by(Channel.id))
    return [(channel, confirmed_at) for channel, confirmed_at in rows]


def create(survey: Survey, values: Mapping[str, Any], channel_ids: Collection[int]) -> Digest:
    """A new digest; the first one is about the first period that ends from now on."""
    given = schema.digest(values)
    if missing := {name: [text] for name, text in NEEDED.items() if name not in given}:
        raise Invalid(" ".join(text for texts in missing.values() for text in texts), missing)
    alert_rules.check(survey, given, channel_ids)
    with writing() as session:
        first, _last = last_complete(given["cycle"], day_of(now(), survey))
        digest = Digest(survey_id=survey.id, sent_for=first, **given)
        session.add(digest)
        session.flush()
        _join(digest, channel_ids)
    return digest


def change(survey: Survey, digest_id: int, values: Mapping[str, Any], channel_ids: Collection[int]) -> Digest:
    """Change a digest. Whoever was asked by mail stays, until they end it or are removed."""
    given = schema.digest(values)
    alert_rules.check(survey, given, channel_ids)
    with writing():
        digest = one(survey, digest_id)
        if given.get("cycle", digest.cycle) != digest.cycle:
            digest.sent_for, _last = last_complete(given["cycle"], day_of(now(), survey))
        for name, value in given.items():
            setattr(digest, name, value)
        left_out = DigestReader.channel_id.not_in(channel_ids) & DigestReader.channel_id.not_in(readers.PERSONAL)
        _leave(digest.id, left_out)
        _join(digest, channel_ids)
    return digest


def remove(survey: Survey, digest_id: int) -> None:
    """Send it no more."""
    with writing() as session:
        _leave(one(survey, digest_id).id)
        session.execute(sa.delete(Digest).where(Digest.id == digest_id))


def invite(survey: Survey, digest_id: int, email: str) -> bool:
    """Ask somebody by mail whether they want a digest; whether a mail goes out. Nothing comes before they confirm."""
    address, at = readers.plain(email), now()
    with writing() as session:
        digest, channel = one(survey, digest_id), readers.channel_for(survey, address)
        known = session.get(DigestReader, (digest.id, channel.id))
        if known is not None and known.confirmed_at is not None:
            return False
        if known is None:
            session.add(DigestReader(digest_id=digest.id, channel_id=channel.id, asked_at=at))
        since = known.asked_at if known else at  # whoever was removed and is named again may be asked on the same day
        asked = since.isoformat() if day_of(since, survey) == day_of(at, survey) else day_of(at, survey)
        once = f"invitation {digest.id} {channel.id} {asked}"
        return bool(outbox.put(survey, [channel.id], _invitation(survey, digest, channel), once))


def _invitation(survey: Survey, digest: Digest, channel: Channel) -> Message:
    return Message(
        type="digest.invitation",
        title=gettext("Do you want “%(name)s” by mail?", name=digest.name),
        lines=(
            gettext("You were named as a reader of a digest about “%(survey)s”.", survey=survey.name),
            gettext("Nothing is sent before you confirm it on the page behind this link, within seven days. If you do "
                    "not want it, do nothing."),
        ),
        links=((gettext("Confirm"), links.confirm(survey, channel, digest.id)),),
    )  # fmt: skip


def confirm(digest_id: int, channel_id: int) -> None:
    """Somebody wants it; a second click changes nothing."""
    with writing() as session:
        reader = _reader(digest_id, channel_id)
        if reader is None:
            raise NotFound("This digest is not sent any more.")
        reader.confirmed_at = reader.confirmed_at or now()
        session.flush()


def dismiss(survey: Survey, digest_id: int, channel_id: int) -> None:
    """Send it to one reader no more; NotFound for anybody who is none."""
    digest = one(survey, digest_id)
    if _reader(digest.id, channel_id) is None:
        raise NotFound("This digest has no such reader.")
    end(digest.id, channel_id)


def end(digest_id: int, channel_id: int) -> None:
    """Somebody does not want it any more; a second click changes nothing."""
    with writing():
        _leave(digest_id, DigestReader.channel_id == channel_id)


def _leave(digest_id: int, *which: sa.ColumnElement[bool]) -> None:
    """Send it to these readers no more, nor what of it is on its way. The digest's row is the lock, as when sending."""
    db.session.scalar(sa.select(Digest.id).where(Digest.id == digest_id).with_for_update())
    theirs = DigestReader.digest_id == digest_id, *which
    channel_ids = db.session.scalars(sa.select(DigestReader.channel_id).where(*theirs)).all()
    db.session.execute(sa.delete(DigestReader).where(*theirs))
    outbox.withdraw(channel_ids, f"digest {digest_id} ", f"invitation {digest_id} ")


def _reader(digest_id: int, channel_id: int) -> DigestReader | None:
    return db.session.get(DigestReader, (digest_id, channel_id))


def _join(digest: Digest, channel_ids: Collection[int]) -> None:
    """Channels that are ticked are wanted by whoever set them up; those already asked keep their own answer."""
    at = now()
    rows = [{"digest_id": digest.id, "channel_id": id_, "asked_at": at, "confirmed_at": at} for id_ in channel_ids]
    insert_many_once(DigestReader, rows)
