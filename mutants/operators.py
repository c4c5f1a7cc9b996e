"""What is changed, one thing at a time: each operator takes a node of the tree and gives what could stand there."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
LINKS = frozenset((
    "where", "limit", "order_by", "on_conflict_do_nothing",
    "strip", "lstrip", "rstrip", "lower", "upper", "casefold", "replace", "translate",
))  # fmt: skip  # calls of a chain that could be missing from it
CONDITIONS = frozenset(("where", "or_", "and_"))  # calls that take conditions, one of which could be missing
NUMBER = re.compile(r"(?<![\\\dxu])(?<!\\[xu])\b\d+")

Changes = Iterator[ast.AST]


def of(node: ast.AST) -> Changes:
    """Everything that could stand in the place of this node."""
    for operator in OPERATORS:
        yield from operator(node)


def compared_otherwise(node: ast.AST) -> Changes:
    """`<` and `<=`, `==` and `!=`, `in` and `not in`, `is` and `is not` change places: the boundary moves by one."""
    if isinstance(node, ast.Compare):
        for place, op in enumerate(node.ops):
            changed = copy.deepcopy(node)
            changed.ops[place] = COMPARISONS[type(op)]()
            yield changed


def joined_otherwise(node: ast.AST) -> Changes:
    """`and` and `or` change places, and each part is once left out."""
    if not isinstance(node, ast.BoolOp):
        return
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for place in range(len(node.values)):
        left = node.values[:place] + node.values[place + 1 :]
        yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)


def sign_left_out(node: ast.AST) -> Changes:
    """`not x`, `-x` and `~x` become `x`."""
    if isinstance(node, ast.UnaryOp):
        yield node.operand


def counted_otherwise(node: ast.AST) -> Changes:
    """`+` becomes `-`, `*` becomes `/`, and the like."""
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
    if isinstance(node, ast.AugAssign) and type(node.op) in ARITHMETIC:
        yield ast.AugAssign(node.target, ARITHMETIC[type(node.op)](), node.value)


def another_constant(node: ast.AST) -> Changes:
    """True and False change places, a number is one more, a text is empty, an empty one a question mark."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1 if value + 1 != value else 2 * value)
    elif isinstance(value, str):
        yield ast.Constant("" if value else "?")
    elif isinstance(value, bytes):
        yield ast.Constant(b"" if value else b"?")


def another_pattern(node: ast.AST) -> Changes:
    """Each number in a regular expression is one more."""
    if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile"):
        return
    text = node.args[0]
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        for found in NUMBER.finditer(text.value):
            more = f"{text.value[: found.start()]}{int(found[0]) + 1}{text.value[found.end() :]}"
            yield ast.Call(node.func, [ast.Constant(more), *node.args[1:]], node.keywords)


def nothing_returned(node: ast.AST) -> Changes:
    """`return x` becomes `return None`."""
    if isinstance(node, ast.Return) and node.value is not None and not _is_nothing(node.value):
        yield ast.Return(ast.Constant(None))


def condition_turned(node: ast.AST) -> Changes:
    """`if x` becomes `if not x`, unless another operator does so; a filter of a loop lets everything through."""
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(node.test, ast.Compare | ast.BoolOp):
        changed = copy.copy(node)
        changed.test = ast.UnaryOp(ast.Not(), node.test)
        yield changed
    if isinstance(node, ast.comprehension):
        for place in range(len(node.ifs)):
            yield ast.comprehension(node.target, node.iter, node.ifs[:place] + node.ifs[place + 1 :], node.is_async)


def left_out(node: ast.AST) -> Changes:
    """A call for its effect, a raise, an assignment to what is there already, a break: not done."""
    is_effect = isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
    is_kept = isinstance(node, ast.Assign) and not all(isinstance(target, ast.Name) for target in node.targets)
    if is_effect or is_kept or isinstance(node, ast.Raise | ast.AugAssign | ast.Break | ast.Continue | ast.Delete):
        yield ast.Pass()


def link_left_out(node: ast.AST) -> Changes:
    """A call in a chain is left out, such as a `.where(…)` of a query, or one of several conditions in it."""
    if not isinstance(node, ast.Call):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in LINKS and isinstance(node.func, ast.Attribute):
        yield node.func.value
    if name in CONDITIONS and len(node.args) > 1:
        for place in range(len(node.args)):
            yield ast.Call(node.func, node.args[:place] + node.args[place + 1 :], node.keywords)


def _is_nothing(node: ast.AST) -> bool:
    """None, and False, for which another operator has a better change."""
    return isinstance(node, ast.Constant) and (node.value is None or node.value is False)


OPERATORS: tuple[Callable[[ast.AST], Changes], ...] = (
    compared_otherwise,
    joined_otherwise,
    sign_left_out,
    counted_otherwise,
    another_constant,
    another_pattern,
    nothing_returned,
    condition_turned,
    left_out,
    link_left_out,
)
