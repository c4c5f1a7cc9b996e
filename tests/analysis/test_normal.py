import pytest

from app.analysis.normal import Z90, Z95, two_sided_p


@pytest.mark.parametrize(("z", "p"), [(0, 1), (Z95, 0.05), (-Z95, 0.05), (Z90, 0.10), (40, 0)])
def test_a_z_value_has_a_chance_on_both_sides(z, p):
    assert two_sided_p(z) == pytest.approx(p, abs=1e-15)
