"""Each operator makes one thing wrong, and nothing else."""

from __future__ import annotations

import ast

import pytest

from mutants.sources import mutants, places

CHANGES = [
    ("a < b", {"a <= b"}),
    ("0 <= a <= 10", {"0 < a <= 10", "0 <= a < 10", "1 <= a <= 10", "0 <= a <= 11"}),
    ("a == b", {"a != b"}),
    ("a in b", {"a not in b"}),
    ("a is None", {"a is not None"}),
    ("a and b", {"a or b", "a", "b"}),
    ("not a", {"a"}),
    ("-a", {"a"}),
    ("a + b", {"a - b"}),
    ("a // b", {"a * b"}),
    ("a if b else c", {"a if not b else c"}),
    ("a if b < c else d", {"a if b <= c else d"}),
    ("True", {"False"}),
    ("7", {"8"}),
    ("0.5", {"1.5"}),
    ("'word'", {"''"}),
    ("''", {"'?'"}),
    ("b'word'", {"b''"}),
    ("f'{a}-{b}'", {"f'{a}{b}'"}),
    ("{a for a in b if a}", {"{a for a in b}"}),
    ("query.where(a, b)", {"query", "query.where(a)", "query.where(b)"}),
    ("text.strip()", {"text"}),
    ("re.compile('a{1,64}')", {"re.compile('a{2,64}')", "re.compile('a{1,65}')", "re.compile('')"}),
    ("None", set()),
    ("Literal['a', 'b']", set()),
    ("call(a)", set()),
    ("Range(0, error='Give 0 or more.')", {"Range(1, error='Give 0 or more.')"}),
]
STATEMENTS = [
    ("return a", {"return None"}),
    ("return None", set()),
    ("return False", {"return True"}),
    ("tell(a)", {"pass"}),
    ("raise ValueError('sorry', 3)", {"pass"}),
    ("a.b = c", {"pass"}),
    ("a = b", set()),
    ("a += b", {"a -= b", "pass"}),
    ("del a", {"pass"}),
    ("if a: b()", {"if not a: b()", "if a: pass"}),
    ("while a: break", {"while not a: break", "while a: pass"}),
    ('"""It says 10 words."""', set()),
    ("a: Literal['b', 2] = c", set()),
    ("from a import b", set()),
    ("field(metadata={'says': 1}, strict=True)", {"field(metadata={'says': 1}, strict=False)", "pass"}),
]


def whole(source: str) -> str:
    return ast.unparse(ast.parse(source))


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_an_expression_is_wrong_in_every_way_and_each_time_in_one(before: str, after: set[str]) -> None:
    found = [mutant.source for mutant in mutants(f"x = {before}")]

    assert sorted(found) == sorted(whole(f"x = {one}") for one in after)


@pytest.mark.parametrize(("before", "after"), STATEMENTS)
def test_a_statement_is_left_out_or_wrong(before: str, after: set[str]) -> None:
    found = [mutant.source for mutant in mutants(f"def f():\n    a = b\n    {before}", only=["f"])]

    assert sorted(found) == sorted(whole(f"def f():\n    a = b\n    {one}") for one in after)


SOURCE = '''
LIMIT = 10

@dataclass(frozen=True)
class Answer:
    """It holds 2 things."""

    score: int = 5

    def is_high(self) -> bool:
        return self.score >= LIMIT
'''


def test_a_mutant_says_where_it_is_and_what_it_changes() -> None:
    told = [(mutant.line, mutant.place, mutant.change) for mutant in mutants(SOURCE)]

    assert told == [
        (2, "LIMIT", "10 → 11"),
        (8, "Answer", "5 → 6"),
        (11, "Answer.is_high", "return self.score >= LIMIT → return None"),
        (11, "Answer.is_high", "self.score >= LIMIT → self.score > LIMIT"),
    ]


def test_a_long_change_is_shown_from_where_it_begins() -> None:
    long = "a." + "b" * 100
    shown = [mutant.change for mutant in mutants(f"x = {long}.where(c).limit(1)")]

    assert shown[0] == f"…{'b' * 21}.where(c).limit(1) → …{'b' * 21}.where(c)"


def test_only_the_functions_that_are_named_are_changed() -> None:
    assert [mutant.line for mutant in mutants(SOURCE, only=["LIMIT", "Answer.is_high"])] == [2, 11, 11]
    assert {"LIMIT", "Answer", "Answer.is_high"} <= places(SOURCE)


def test_the_tree_is_whole_again_after_each_mutant() -> None:
    found = list(mutants(SOURCE))

    assert [mutant.source for mutant in mutants(SOURCE)] == [mutant.source for mutant in found]
    assert len({mutant.source for mutant in found}) == len(found)
    assert whole(SOURCE) not in {mutant.source for mutant in found}
