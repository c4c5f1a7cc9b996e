import numpy as np

from app.analysis.pain_points.assign import NONE
from app.analysis.pain_points.lessons import DECIDED, FORBIDDEN, NEAR, REACH, Lessons, learn, none
from app.analysis.pain_points.space import Matrix, Space
from app.analysis.types import Lesson

SUPPORT, BILLING = 0, 1
FITS = np.array([[0.6, 0.3]])
CORRECTED = np.array([[1.0, 0.0]])


def away(likeness: float) -> Matrix:
    """The point of a mention so like the corrected one."""
    return np.array([[likeness, (1 - likeness**2) ** 0.5]])


def lesson(wrong: int, right: int) -> Lessons:
    return Lessons(CORRECTED, np.array([wrong]), np.array([right]))


def test_a_mention_that_says_the_same_goes_where_it_was_put() -> None:
    assert lesson(SUPPORT, BILLING).taught(FITS, CORRECTED).tolist() == [[FORBIDDEN, DECIDED]]


def test_a_mention_that_belongs_nowhere_fits_nothing_any_more() -> None:
    assert lesson(SUPPORT, NONE).taught(FITS, CORRECTED).tolist() == [[FORBIDDEN, FORBIDDEN]]


def test_a_neighbour_is_moved_by_as_much_as_it_is_alike() -> None:
    half_way = (1 + NEAR) / 2

    taught = lesson(SUPPORT, BILLING).taught(FITS, away(half_way))

    assert np.allclose(taught, [[0.6 - REACH / 2, 0.3 + REACH / 2]])


def test_a_mention_about_something_else_is_left_alone() -> None:
    assert lesson(SUPPORT, BILLING).taught(FITS, away(NEAR - 0.01)).tolist() == FITS.tolist()


def test_the_last_of_two_lessons_about_the_same_words_stands() -> None:
    lessons = Lessons(np.vstack([CORRECTED] * 2), np.array([SUPPORT, BILLING]), np.array([BILLING, SUPPORT]))

    assert lessons.taught(FITS, CORRECTED).argmax() == SUPPORT


def test_without_lessons_nothing_moves() -> None:
    space = Space(("",), np.zeros((1, 2)), np.eye(2))

    assert none(space).taught(FITS, CORRECTED) is FITS


def test_lessons_about_entries_that_are_gone_are_left_out() -> None:
    said = [
        Lesson("moved", "en", "support", "billing"),
        Lesson("dropped", "en", "support", "gone"),
        Lesson("nothing", "en", "support", None),
        Lesson("from one that is gone", "en", "gone", "billing"),
        Lesson("says nothing at all", "en"),
    ]

    learned = learn(said, ["support", "billing"], lambda texts, _: np.zeros((len(texts), 2)))

    assert learned.wrong.tolist() == [SUPPORT, SUPPORT, NONE]
    assert learned.right.tolist() == [BILLING, NONE, BILLING]
