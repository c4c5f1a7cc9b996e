"""The document as generators of clients want it: choices have names, and what every answer holds is required."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from app.reports import segments
from app.security import suspicion

SCHEMAS = "#/components/schemas/"
CHOICES: Mapping[str, frozenset[str]] = {
    name: frozenset(values.split("|"))
    for name, values in {
        "Against": "previous|none",
        "Group": "promoter|passive|detractor",
        "RankingOrder": "priority|frequency|overlap|impact|value|trend",
        "CaseFilter": "unclosed|open|in progress|closed|all",
        "CaseState": "open|in progress|closed",
        "CaseOrder": "due|oldest|newest|score",
        "CustomerOrder": "risk|value|health|score|last|name",
        "CustomerKind": "respondent|account",
        "Yes": "1",
        "Identity": "anonymous|claimed|verified",
        "Stance": "complaint|wish|praise|neutral",
        "ReadingRule": "best|leading|last resort|corrected|corrected alike|praise|neutral|empty|chatter|plain|promoter"
        "|second|weak",
        "ReadingState": "explained|unread|outdated",
        "Origin": "seed|discovered|manual",
        "HoldsBack": "both|passives|detractors|neutral|dissatisfied|difficult",
        "OtherMetric": "csat|ces",
        "ResponseGroup": "promoter|passive|detractor|satisfied|neutral|dissatisfied|easy|difficult",
        "Status": "open|planned|in progress|fixed|won't do",
        "SurveyKind": "relationship|touchpoint",
        "Verdict": "clear|leaning|none|suppressed",
        "FixVerdict": "clear|leaning|none|too early",
        "Standing": "above|below|alike|too few",
        "ValueMeaning": "value at risk|monthly revenue",
        "WhichHasMore": "first|second|neither|too few",
        "Decision": "include|exclude",
        "Suspicion": "|".join(suspicion.REASONS),
        "SegmentOrder": "|".join(get_args(segments.SegmentOrder)),
        "ComparedOrder": "|".join(get_args(segments.ComparisonOrder)),
        "NotAsked": "closed|not_sampled|answered|asked_recently|asked_elsewhere|daily_cap",
    }.items()
}

SAYS_SOMETHING = ("PainPointEdit", "ActingEdit")  # a change of nothing is refused
GROUPS = frozenset(("promoters", "passives", "detractors", "satisfied", "neutral", "dissatisfied", "easy", "difficult"))
DEPENDS: Mapping[str, frozenset[str]] = {  # on what the survey measures
    "Report": frozenset(("nps", "csat", "ces")),
    "TrendPoint": frozenset(("nps", "csat", "ces")),
    "SurveyHead": frozenset(("metric",)),
    "Comments": GROUPS,
    "RaisedBy": GROUPS,
}


def for_programs(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same document, with a name for every choice and `required` for what an answer never leaves out."""
    found: dict[str, Any] = _named(document)
    for parameter in _within(found["paths"]):
        if parameter.get("in") == "query" and not parameter.get("required"):
            parameter["allowEmptyValue"] = True  # as a form sends what nobody filled in: the same as left out
    schemas = found["components"]["schemas"]
    used = _used(document)
    schemas.update({name: {"type": "string", "enum": used[name]} for name in CHOICES if name in used})
    for name in SAYS_SOMETHING:
        schemas[name]["minProperties"] = 1
    for name in set(schemas) - _sent(found):
        if "properties" in schemas[name]:
            schemas[name]["required"] = sorted(schemas[name]["properties"].keys() - DEPENDS.get(name, frozenset()))
    return found


def _named(value: Any) -> Any:
    """A copy in which choices are references to their names."""
    if isinstance(value, list):
        return [_named(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    name = _name(value)
    if name is None:
        return {key: _named(one) for key, one in value.items()}
    choice = {"$ref": f"{SCHEMAS}{name}"}
    more = {key: one for key, one in value.items() if key not in {"enum", "type"}}
    return {**more, "anyOf": [choice, {"type": "null"}]} if None in value["enum"] else {**more, **choice}


def _name(schema: Mapping[str, Any]) -> str | None:
    values = schema.get("enum")
    if not isinstance(values, list):
        return None
    said = {value for value in values if value is not None}
    return next((name for name, its in CHOICES.items() if its == said), None)


def _used(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """The values of each choice, in the order in which the document names them first."""
    used: dict[str, list[str]] = {}
    for schema in _within(document):
        if (name := _name(schema)) is not None:
            used.setdefault(name, [value for value in schema["enum"] if value is not None])
    return used


def _within(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _within(one)


def _sent(document: Mapping[str, Any]) -> set[str]:
    """The schemas of what programs send, with those inside them. They say themselves what is required."""
    bodies = [one["requestBody"] for one in _within(document["paths"]) if "requestBody" in one]
    names, waiting = set[str](), _references(bodies)
    while waiting - names:
        name = (waiting - names).pop()
        names.add(name)
        waiting |= _references(document["components"]["schemas"][name])
    return names


def _references(value: Any) -> set[str]:
    found = {one["$ref"] for one in _within(value) if isinstance(one.get("$ref"), str)}
    return {reference.removeprefix(SCHEMAS) for reference in found if reference.startswith(SCHEMAS)}
