"""The description of the API names every route, holds together, and is a page without script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.api import describing
from tests.api.test_auth import routes


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").get_json()
    return found


def within(value: Any) -> Iterator[Any]:
    yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from within(part)


def test_every_route_is_described(app: Flask, document: dict[str, Any]) -> None:
    described = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }

    assert described == {(method, re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule)) for method, rule in routes(app)}


def test_the_document_is_openapi_3_1_and_every_reference_in_it_leads_somewhere(document: dict[str, Any]) -> None:
    references = {part["$ref"] for part in within(document) if isinstance(part, dict) and "$ref" in part}

    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"]
    assert references
    for reference in references:
        target: Any = document
        for name in reference.removeprefix("#/").split("/"):
            target = target[name]


def test_every_operation_has_a_name_an_answer_a_key_and_its_parameters_once(document: dict[str, Any]) -> None:
    operations = [
        (operation, methods.get("parameters", []))
        for methods in document["paths"].values()
        for name, operation in methods.items()
        if name != "parameters"
    ]

    names = [operation["operationId"] for operation, _ in operations]
    assert len(set(names)) == len(names) > 20
    for operation, shared in operations:
        parameters = [(one["in"], one["name"]) for one in [*shared, *operation.get("parameters", [])]]
        assert len(set(parameters)) == len(parameters)
        assert ("path", "key") in parameters
        assert operation["security"] == [{"bearer": []}]
        assert operation["summary"]
        assert {"200", "201"} & set(operation["responses"])
        assert {"401", "403", "404", "422", "429"} <= set(operation["responses"])


def test_only_types_of_json_schema_are_used(document: dict[str, Any]) -> None:
    types = [part["type"] for part in within(document["components"]["schemas"]) if isinstance(part, dict)
             and isinstance(part.get("type"), str | list)]  # fmt: skip
    flat = {one for name in types for one in ([name] if isinstance(name, str) else name)}

    assert flat == {"object", "array", "string", "integer", "number", "boolean", "null"}


def test_patterns_mean_the_same_to_programs_in_other_languages(document: dict[str, Any]) -> None:
    patterns = {part["pattern"] for part in within(document) if isinstance(part, dict) and "pattern" in part}

    assert len(patterns) >= 5
    for pattern in patterns:
        assert pattern.startswith("^")
        assert pattern.endswith("$")
        assert not re.search(r"\\[^\\xdsw]", pattern.replace(r"\\", "")), "an escape of Python alone"


def test_what_a_change_may_leave_out_and_be_called_is_said(document: dict[str, Any]) -> None:
    schemas, paths = document["components"]["schemas"], document["paths"]
    sent = schemas["NewResponse"]["properties"]["attributes"]
    orders = [one for one in paths["/api/v1/surveys/{key}/compare"]["get"]["parameters"] if one["name"] == "order"]

    assert sent["propertyNames"] == {"pattern": "^[a-z][a-z0-9_]{0,31}$"}
    assert (schemas["PainPointEdit"]["minProperties"], schemas["ActingEdit"]["minProperties"]) == (1, 1)
    assert [one["schema"] for one in orders] == [{"$ref": "#/components/schemas/ComparedOrder"}]


def test_an_error_has_the_shape_that_is_described(document: dict[str, Any], client: FlaskClient) -> None:
    refused = client.get("/api/v1/surveys/shop/report").get_json()

    assert set(refused) == set(document["components"]["schemas"]["Error"]["properties"])


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_shows_the_whole_document_without_script(client: FlaskClient, document: dict[str, Any]) -> None:
    answer = client.get("/api/docs")

    text, page = answer.get_data(as_text=True), Page(answer.get_data(as_text=True))
    tags = [tag for tag, _ in page.tags]
    assert answer.mimetype == "text/html"
    assert (tags.count("h1"), tags.count("title"), tags.count("script")) == (1, 1, 0)
    assert ("html", {"lang": "en"}) in page.tags
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on") or name == "style"]
    for name in [*document["components"]["schemas"], *document["paths"]]:
        assert name in text


def test_every_link_of_the_page_leads_somewhere(client: FlaskClient) -> None:
    page = Page(client.get("/api/docs").get_data(as_text=True))
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    links = {attributes["href"] for _, attributes in page.tags if attributes.get("href")}

    for link in links:
        if link and link.startswith("#"):
            assert link[1:] in ids
        else:
            assert client.get(link).status_code == 200


def test_the_document_is_the_same_each_time(client: FlaskClient) -> None:
    assert client.get("/api/v1/openapi.json").data == client.get("/api/v1/openapi.json").data
    assert json.loads(client.get("/api/v1/openapi.json").data)


def test_every_choice_has_a_name_so_that_a_generated_client_has_one_type_for_it(document: dict[str, Any]) -> None:
    choices = [
        part["enum"] for part in within(document) if isinstance(part, dict) and isinstance(part.get("enum"), list)
    ]
    named = [schema["enum"] for schema in document["components"]["schemas"].values() if "enum" in schema]

    assert sorted(choices) == sorted(named)
    assert sorted(map(sorted, choices)) == sorted(map(sorted, describing.CHOICES.values()))


def test_what_an_answer_holds_is_required_and_what_programs_may_leave_out_is_not(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert set(schemas["Report"]["required"]) == set(schemas["Report"]["properties"]) - {"nps", "csat", "ces"}
    assert schemas["NewResponse"]["required"] == ["score"]
