"""Counts for property tests: all that a survey can hold, and a little more."""

from hypothesis import strategies as st

from app.analysis.types import GroupCounts

counted = st.integers(min_value=0, max_value=2_000)
counts = st.builds(GroupCounts, counted, counted, counted)
answered = counts.filter(lambda c: c.n > 0)


@st.composite
def raised_and_base(draw: st.DrawFn, size: int = 400) -> tuple[GroupCounts, GroupCounts]:
    """Those who raise a pain point, within all who commented."""
    base = [draw(st.integers(0, size)) for _ in range(3)]
    raised = [draw(st.integers(0, whole)) for whole in base]
    return GroupCounts(*raised), GroupCounts(*base)
