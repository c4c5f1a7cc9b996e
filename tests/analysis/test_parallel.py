import pytest

from app.analysis.parallel import processors, shards, spread


def test_work_comes_back_in_order_from_several_processes() -> None:
    assert list(spread(len, ["a", "bbb", "cc"], 2)) == [1, 3, 2]


def test_no_work_gives_no_results() -> None:
    assert list(spread(len, [], 2)) == []


@pytest.mark.parametrize(("n", "sizes"), [(0, []), (2, [2]), (3, [3]), (7, [3, 3, 1])])
def test_shards_hold_everything_once(n: int, sizes: list[int]) -> None:
    pieces = shards(range(n), 3)

    assert [len(piece) for piece in pieces] == sizes
    assert [thing for piece in pieces for thing in piece] == list(range(n))


def test_at_least_one_process_is_always_there() -> None:
    assert 1 <= processors() <= 4
