"""Why a comment is listed where it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from app.cli.common import needs_database, survey_option

if TYPE_CHECKING:
    from app.reports.reasons import MentionReason


@click.command("explain")
@click.argument("response", type=int, metavar="RESPONSE")
@survey_option
@click.option("--format", "file_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@needs_database
def explain(response: int, key: str, file_format: str) -> None:
    """Why each part of a comment is listed where it is. RESPONSE is the id of the answer."""
    from app.reports import reasons as told
    from app.schemas.reasons import ResponseReasons
    from app.services import reasons, surveys

    why = reasons.why(surveys.get(key), response)
    if file_format == "json":
        click.echo(json.dumps(ResponseReasons().dump(why), ensure_ascii=False, indent=1))
        return
    click.echo(why.text)
    if told.state(why):
        click.echo(told.state(why))
    for reason in why.reasons:
        click.echo("\n" + "\n".join(_lines(reason)))


def _lines(reason: MentionReason) -> Iterator[str]:
    """One mention: where it is listed, why, and what speaks for that."""
    from app.reports import reasons as told

    sure = f", {told.sure(reason)}" if told.sure(reason) else ""
    listed = f"{reason.point.id}\t{reason.point.name}{sure}" if reason.point else "no pain point"
    yield f"{reason.span.start}-{reason.span.end}\t{listed}\t“{reason.text}”"
    yield from (f"\t{sentence}" for sentence in told.sentences(reason))
    if reason.words:
        yield "\twords in common: " + ", ".join(word.text for word in reason.words)
    yield from (f"\tknown by: “{near.text}” ({near.language}, {near.likeness:.2f})" for near in reason.phrases)
    yield from (f"\tso does {near.response_id}: “{near.text}” ({near.likeness:.2f})" for near in reason.quotes)
