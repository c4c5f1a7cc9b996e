"""From a module to its mutants: in a fixed order, each with its line, what stood there and what stands there now."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import takewhile

from mutants import operators

WORDS_FOR_PEOPLE = frozenset(("metadata", "error_messages", "error"))  # keywords whose texts decide nothing
LONGEST, KEPT = 90, 30  # characters of a change that are shown, and of those that both sides begin with


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change. `place` is the function it is in, "" outside of all."""

    line: int
    place: str
    before: str
    after: str
    source: str

    @property
    def change(self) -> str:
        """What was changed into what, on one line; of long ones from where they begin to differ."""
        before, after = (" ".join(text.split()) for text in (self.before, self.after))
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
        start = max(0, same - KEPT)
        if start and max(len(before), len(after)) > LONGEST:
            before, after = f"…{before[start:]}", f"…{after[start:]}"
        return f"{_short(before)} → {_short(after)}"


@dataclass(slots=True)
class Slot:
    """A place in the tree that holds a node."""

    owner: ast.AST
    name: str
    index: int | None
    line: int
    place: str

    @property
    def node(self) -> ast.AST:
        """What stands there."""
        held = getattr(self.owner, self.name)
        node: ast.AST = held if self.index is None else held[self.index]
        return node

    def put(self, node: ast.AST) -> None:
        """Put another node there."""
        if self.index is None:
            setattr(self.owner, self.name, node)
        else:
            getattr(self.owner, self.name)[self.index] = node


def mutants(source: str, only: Collection[str] = ()) -> Iterator[Mutant]:
    """The mutants of a module, in the order of its lines; `only` names the functions that are changed, all if empty."""
    tree = ast.parse(source)
    for slot in list(_slots(tree, 1, "")):
        if only and slot.place not in only:
            continue
        original = slot.node
        for changed in operators.of(original):
            slot.put(changed)
            yield Mutant(slot.line, slot.place, ast.unparse(original), ast.unparse(changed), ast.unparse(tree))
        slot.put(original)


def places(source: str) -> set[str]:
    """The functions of a module and the names it assigns, as `only` may give them."""
    return {slot.place for slot in _slots(ast.parse(source), 1, "")}


def _slots(node: ast.AST, line: int, place: str) -> Iterator[Slot]:
    """Every place below a node, but annotations, decorators, docstrings, imports and words for people."""
    for name, value in ast.iter_fields(node):
        if _is_left_alone(node, name):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _is_docstring(name, child):
                continue
            at, where = getattr(child, "lineno", line), _place(child, place)
            yield Slot(node, name, index, at, where)
            yield from _slots(child, at, where)


def _is_left_alone(node: ast.AST, name: str) -> bool:
    if name in {"annotation", "returns", "ctx", "op", "ops", "format_spec", "decorator_list"}:
        return True
    if isinstance(node, ast.Raise | ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.keyword) and node.arg in WORDS_FOR_PEOPLE:
        return True
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
        return True  # a type by another name
    return name == "func" and isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


def _is_docstring(name: str, child: ast.AST) -> bool:
    if name != "body" or not isinstance(child, ast.Expr):
        return False
    return isinstance(child.value, ast.Constant) and isinstance(child.value.value, str)


def _place(child: ast.AST, place: str) -> str:
    if isinstance(child, ast.FunctionDef | ast.ClassDef):
        return f"{place}.{child.name}".lstrip(".")
    if place:
        return place
    if isinstance(child, ast.Assign) and isinstance(child.targets[0], ast.Name):
        return child.targets[0].id
    return place


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
