"""Requests made from our own description of the API, right and wrong ones, and whether an answer is as described."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Document = Mapping[str, Any]
TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "array": (list,),
    "object": (dict,), "null": (type(None),),
}  # fmt: skip
TEXTS = st.text(max_size=30) | st.sampled_from(
    ["", "\0", "\ud800", "=1+1", "<script>", "null", "9" * 400, "2026-02-30"]
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)


@dataclass(frozen=True)
class Operation:
    """One way to ask one address."""

    method: str
    path: str
    described: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations(document: Document) -> Iterator[Operation]:
    """Everything that the document describes."""
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            if method != "parameters":
                named = [*methods.get("parameters", []), *described.get("parameters", [])]
                parameters = tuple(resolved(document, one) for one in named)
                yield Operation(method.upper(), path, described, parameters)


def resolved(document: Document, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference stands for."""
    if "$ref" not in value:
        return value
    target: Any = document
    for name in value["$ref"].removeprefix("#/").split("/"):
        target = target[name]
    return resolved(document, target)


def values(document: Document, schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a schema describes, and among them some that it does not."""
    schema = resolved(document, schema)
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | JUNK
    if "anyOf" in schema:
        return st.one_of(*(values(document, one) for one in schema["anyOf"]))
    kinds = schema.get("type", "object")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return st.one_of(*(_of_kind(document, schema, kind) for kind in kinds), JUNK)


def _of_kind(document: Document, schema: Mapping[str, Any], kind: str) -> st.SearchStrategy[Any]:
    if kind == "object":
        named = {name: values(document, one) for name, one in schema.get("properties", {}).items()}
        required = {name: one for name, one in named.items() if name in schema.get("required", [])}
        more = {name: one for name, one in named.items() if name not in required}
        return st.fixed_dictionaries(required, optional=more) if named else st.dictionaries(TEXTS, TEXTS, max_size=3)
    if kind == "array":
        return st.lists(values(document, schema.get("items", {"type": "string"})), max_size=3)
    least, most = schema.get("minimum", -5), schema.get("maximum", 20)
    plain: Mapping[str, st.SearchStrategy[Any]] = {
        "integer": st.integers(min(least, most), max(least, most)),
        "number": st.floats(allow_nan=False, allow_infinity=False, width=32),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    dated = st.datetimes().map(lambda moment: moment.isoformat())
    return plain.get(kind, dated | TEXTS if "date" in schema.get("format", "") else TEXTS)


def problems(document: Document, schema: Mapping[str, Any], value: Any, where: str = "") -> Iterator[str]:
    """Where a value is not as a schema says: another type, no such choice, a field too many or too few."""
    schema = resolved(document, schema)
    if "anyOf" in schema:
        found = [list(problems(document, one, value, where)) for one in schema["anyOf"]]
        yield from min(found, key=len)
        return
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is_of(value, kind) for kind in kinds):
        yield f"{where}: {value!r:.60} is none of {kinds}"
        return
    if value is not None and value not in schema.get("enum", [value]):
        yield f"{where}: {value!r:.60} is no choice"
    if isinstance(value, dict) and "properties" in schema:
        named = schema["properties"]
        yield from (f"{where}.{name}: not described" for name in value if name not in named)
        yield from (f"{where}.{name}: missing" for name in schema.get("required", []) if name not in value)
        for name in named.keys() & value.keys():
            yield from problems(document, named[name], value[name], f"{where}.{name}")
    for number, one in enumerate(value) if isinstance(value, list) and "items" in schema else ():
        yield from problems(document, schema["items"], one, f"{where}[{number}]")


def _is_of(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and not (isinstance(value, bool) and kind in {"integer", "number"})
