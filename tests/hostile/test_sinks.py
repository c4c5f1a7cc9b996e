"""One hostile corpus through every sink: pages, tables, workbooks, JSON, mails and webhooks, each read by a parser.

Every text that people or programs write is replaced in the tables by the corpus, past all checks of forms, so that a
sink has nobody to rely on. The same tables with harmless letters in the same places show what a page is made of.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from typing import Any

import html5lib
import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from standardwebhooks import Webhook as Judge

from app.extensions import db
from app.models import Base, Channel, Survey
from app.models.transaction import writing
from app.notifiers.message import Message
from app.services import channels, keys, outbox, responses, sending
from app.services.channel_checks import Given
from app.services.responses import Answer
from tests.hostile.columns import WRITTEN
from tests.pages import reader
from tests.receivers import post, receiver
from tests.security import world
from tests.security.world import Caller, Town

CORPUS = (
    """=<script>alert(1)</script>"><img src=x onerror=alert(1)>' onmouseover='x</textarea></title><!--]]>"""
    """{{7*7}}{% x %}%(a)s{0}&lt;b&gt;&#x3c;i> javascript:x `${x}`<a href=//evil>\u202e\u2066<style>*{}</style>"""
)
SIGNS = "=<>\"'&`{}%$/*()#:;\u202e\u2066"
HARMLESS = CORPUS.translate(dict.fromkeys(map(ord, SIGNS), "x")).replace("javascript", "javaxcript")


def text_columns() -> set[str]:
    """All columns that hold text or JSON."""
    kinds = (sa.Text, sa.String, sa.JSON)
    tables = Base.metadata.sorted_tables
    return {f"{table.name}.{one.name}" for table in tables for one in table.columns if isinstance(one.type, kinds)}


def test_every_column_that_holds_text_is_in_the_table() -> None:
    assert text_columns() == set(WRITTEN)


def free() -> list[sa.Column[Any]]:
    """The columns that people and programs write."""
    named = [column.split(".") for column, whose in WRITTEN.items() if whose in {"people", "programs"}]
    return [Base.metadata.tables[table].columns[name] for table, name in named]


def label(column: sa.Column[Any]) -> str:
    """What the text of a column begins with, so that it is known again."""
    return f"{column.table.name}-{column.name}".replace("_", "")


JSON: Mapping[str, Any] = {  # where the text stands in a value that has a shape
    "survey.wording": lambda text: {"en": {"Send": text}},
    "pain_point.names": lambda text: {"en": text},
    "pain_point.phrases": lambda text: {"en": [text]},
    "work.options": lambda text: {"name": text, "format": "csv", "query": ""},
    "source.options": lambda text: dict.fromkeys(("columns", "dates", "scale", "items"), text),
    "source.result": lambda text: {"created": 1, "changed": 0, "repeated": 0, "rejected": 1, "reasons": [[1, text]]},
    "response.attributes": lambda text: {"account": text, "plan": text},
}
SOME = {  # the others have to stay who they are, or have no name but the shipped one
    "user.email": "email NOT LIKE 'admin@%'",
    "pain_point.named": "key LIKE 'only-%'",
}


def fill(corpus: str) -> None:
    """Put the corpus into every row of every free column."""
    for column in free():
        table = column.table
        key = next(iter(table.primary_key.columns))
        rows = sa.select(key).where(sa.text(SOME.get(f"{table.name}.{column.name}", "1 = 1")))
        with db.engine.begin() as connection:
            for (id_,) in connection.execute(rows).all():
                text = f"{corpus[:1]}{label(column)}{corpus[1:]}{id_}"
                shaped = JSON.get(f"{table.name}.{column.name}", lambda text: text)(text)
                connection.execute(sa.update(table).where(key == id_).values({column.name: shaped}))


@pytest.fixture
def town(app: Flask) -> Town:
    """A survey with one of everything, filled with nothing hostile yet."""
    made = world.town("shop")
    with writing() as session:
        session.execute(sa.text("UPDATE mention SET start = 0, \"end\" = 12, terms = '[[2, 6]]'"))
        session.execute(sa.update(Survey).values(comments_in_mail=True, erasures=Survey.erasures + 1))
    return made


def forget(app: Flask) -> None:
    """What was read before."""
    for memory in ("report_cache", "readers", "facts", "surveys_last_seen"):
        app.extensions.get(memory, {}).clear()
    with writing() as session:
        session.execute(sa.update(Survey).values(erasures=Survey.erasures + 1))


def reads(app: Flask, town: Town, person: Caller, program: Caller) -> Iterator[tuple[str, Any]]:
    """Every address that is read, with what it answers."""
    account, subject = _named(town)
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.rule == "/readyz" or ".css" in rule.rule:
            continue
        caller = program if rule.rule.startswith("/api/") else person
        words = ["csv", "xlsx"] if "any(csv" in rule.rule else [""]
        for word in words:
            path = re.sub(r"<any\(csv, xlsx\):kind>", word, rule.rule)
            where = world.PART.sub(lambda part: _value(part, town), path)
            asked = {"respondent": {"id": subject}, "account": {"name": account}}
            query = next((given for name, given in asked.items() if name in rule.rule), {})
            answer = caller.asks("GET", where, query_string=query)
            yield f"{rule.rule} {word}", answer
            answer.close()


def _named(town: Town) -> tuple[str, str]:
    row = db.session.execute(sa.text("SELECT attributes, respondent_id FROM response ORDER BY id LIMIT 1")).one()
    given = json.loads(row[0]) if isinstance(row[0], str) else row[0]
    subject = db.session.scalar(sa.text("SELECT subject FROM respondent ORDER BY id LIMIT 1"))
    db.session.rollback()
    return given["account"], str(subject)


def _value(part: re.Match[str], town: Town) -> str:
    slot = world._slot(part)
    named = slot.removeprefix("words:").split("|")[0] if slot.startswith("words:") else town.ids[slot]
    return re.sub(r"<.*>", lambda _: named, part[0])


def shape(html: str) -> tuple[Counter[tuple[str, ...]], list[str]]:
    """The elements of a page with the names of their attributes, and all texts and values in it."""
    tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    elements, texts = Counter[tuple[str, ...]](), list[str]()
    for one in tree.iter():
        if not isinstance(one.tag, str):
            elements[("comment",)] += 1
            continue
        elements[(one.tag, *sorted(map(str, one.attrib)))] += 1
        texts += [*one.attrib.values(), one.text or "", one.tail or ""]
    texts.append("".join(tree.itertext()))
    return elements, texts


def callers(app: Flask, town: Town) -> tuple[Caller, Caller]:
    """Who may see everything: a person and a program."""
    return world.signed_in(app, town.admin), Caller(reader.browser(app), keys.create(town.survey, "all"))


SCHEMES = re.compile(r"\s*(javascript|data|vbscript):", re.IGNORECASE)


def test_every_page_shows_text_and_grows_no_element(app: Flask, town: Town) -> None:
    who = callers(app, town)
    fill(HARMLESS)
    forget(app)
    plain = {where: (answer.status_code, shape(answer.text)[0]) for where, answer in reads(app, town, *who)
             if answer.mimetype == "text/html" and "/audit" not in where}  # fmt: skip
    fill(CORPUS)
    forget(app)

    grown, told, faults = {}, "", {}
    for where, answer in reads(app, town, *who):
        if answer.status_code >= 500:
            faults[where] = answer.status_code
        if where in plain:
            elements, texts = shape(answer.text)
            if plain[where] != (answer.status_code, elements):
                grown[where] = (
                    plain[where][0],
                    answer.status_code,
                    elements - plain[where][1],
                    plain[where][1] - elements,
                )
            assert not [one for one in texts if SCHEMES.match(one)]
            told += "\n".join(texts)

    assert len(plain) > 50
    assert faults == {}
    assert grown == {}
    unseen = {label(one) for one in free() if f"{label(one)}{CORPUS[1:]}" not in told}
    assert unseen == NOT_ON_PAGES


NOT_ON_PAGES = {  # told to programs or by mail, and who marked an answer is not told at all
    "response-externalid", "response-claimedas", "responserevision-comment", "notice-title", "triage-madeby",
}  # fmt: skip


def cells(where: str, answer: Any) -> list[Any]:
    """Every cell of a table."""
    if answer.mimetype == "text/csv":
        text = answer.data.decode("utf-8-sig")
        return [cell for row in csv.reader(io.StringIO(text, newline=""), strict=True) for cell in row]
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in found if cell.data_type == "f" or cell.hyperlink] == [], where
    return []


def test_no_cell_of_a_file_is_a_formula(app: Flask, town: Town) -> None:
    who = callers(app, town)
    fill(CORPUS)
    forget(app)
    files = 0

    for where, answer in reads(app, town, *who):
        if answer.mimetype != "text/html" and re.search(r"csv|xlsx|/file", where):
            assert answer.status_code == 200, where
            wrong = [cell for cell in cells(where, answer) if re.match(r"\s*[=+@\t\r＝]", cell)]
            assert (where, wrong) == (where, [])
            files += 1

    assert files >= 8


def test_json_holds_the_text_as_it_was_stored(app: Flask, town: Town) -> None:
    who = callers(app, town)
    fill(CORPUS)
    forget(app)
    told, answers = "", 0

    for where, answer in reads(app, town, *who):
        if answer.mimetype == "application/json" and "openapi" not in where:
            assert answer.status_code in {200, 422, 503}, where
            told += "\n".join(strings(json.loads(answer.data)))
            answers += 1

    columns = Base.metadata.tables["response"].columns
    stored = [label(columns[name]) for name in ("comment", "external_id", "touchpoint", "attributes")]
    assert answers > 15
    assert [one for one in stored if f"{CORPUS[:1]}{one}{CORPUS[1:]}" not in told] == []


def strings(value: Any) -> Iterator[str]:
    """All texts in a JSON value, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield name
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


def mails(app: Flask, town: Town, corpus: str) -> list[EmailMessage]:
    """What a mail server gets of everything that waits."""
    team = db.session.get_one(Channel, int(town.ids["channels:number"]))
    fill(corpus)
    with writing() as session:
        session.execute(sa.update(Channel).values(address="team@example.com", rests_until=None))
        session.execute(sa.text("UPDATE delivery SET state = 'due', attempts = 0, due_at = created_at"))
    with post() as office:
        app.config["SMTP_URL"] = f"smtp+plain://127.0.0.1:{office.port}"
        sending.drain(team.id)
        return office.mails


def test_a_mail_has_the_same_parts_and_headers_whatever_stands_in_it(app: Flask, town: Town) -> None:
    [plain] = mails(app, town, HARMLESS)
    [mail] = mails(app, town, CORPUS)

    title = Base.metadata.tables["notice"].columns["title"]
    assert (sorted(mail.keys()), str(mail["To"])) == (sorted(plain.keys()), "team@example.com")
    assert f"{label(title)}{CORPUS[1:150]}" in str(mail["Subject"])  # which is cut after 200 characters
    for one, other in zip(plain.walk(), mail.walk(), strict=True):
        assert one.get_content_type() == other.get_content_type()
        if one.get_content_type() == "text/html":
            assert shape(one.get_content())[0] == shape(other.get_content())[0]


def test_a_webhook_says_a_name_as_it_was_stored_and_no_word_of_an_answer(app: Flask, town: Town) -> None:
    app.config["WEBHOOK_TO_LOOPBACK"] = True
    found = Message("pain_point.new", CORPUS, (CORPUS,), (), {"name": CORPUS})
    with receiver() as hook:
        channel = channels.create(town.survey, Given("webhook", "Team", hook.url, ["response.created"]))
        responses.record(town.survey.id, Answer("n1", 3, "widget", comment=CORPUS))
        with writing():
            outbox.put(town.survey, [channel.id], found, "once")
        sending.drain(channel.id)

    answer, told = (Judge(channel.secret or "").verify(got.body, dict(got.headers)) for got in hook.got)
    assert (answer["type"], answer["data"]["score"]) == ("response.created", 3)
    assert CORPUS[20:40] not in json.dumps(answer)
    assert told["data"]["name"] == CORPUS
