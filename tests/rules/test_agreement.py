"""Agreement of two grades: shares, direction, weighted kappa against examples computed by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from services.disagreement.agreement import agreement_of, steps_between

Cells = list[tuple[str, str, int]]

#: Two grades only: any weights give Cohen's unweighted kappa, here (0.7 - 0.5) / (1 - 0.5).
TWO_GRADES: Cells = [("low", "low", 20), ("low", "medium", 5), ("medium", "low", 10), ("medium", "medium", 15)]
#: Ten customers: rows 4, 2, 2, 2 and columns 3, 3, 1, 3 from low to critical; two of them lie one grade apart.
#: By chance, the sums of row x column x distance: squared 136 + 32 + 36 + 80 = 284, plain 56 + 20 + 24 + 32 = 132.
#: So kappa is 1 - 2 x 10 / 284 = 66/71 with squares and 1 - 2 x 10 / 132 = 28/33 without.
TEN: Cells = [
    ("low", "low", 3), ("low", "medium", 1), ("medium", "medium", 2), ("high", "high", 1), ("high", "critical", 1),
    ("critical", "critical", 2),
]  # fmt: skip


@pytest.mark.parametrize(
    ("initial", "final", "steps"), [("low", "critical", 3), ("high", "high", 0), ("high", "medium", -1)]
)
def test_steps_point_up_where_the_initial_grade_was_soft(initial: str, final: str, steps: int) -> None:
    assert steps_between(initial, final) == steps


def test_two_grades_give_the_unweighted_kappa() -> None:
    found = agreement_of(TWO_GRADES)
    assert found.quadratic is not None
    assert found.linear is not None
    assert (found.quadratic.value, found.linear.value) == (Fraction(2, 5), Fraction(2, 5))
    assert (round(found.quadratic.low, 4), round(found.quadratic.high, 4)) == (0.1511, 0.6489)


def test_four_grades_by_hand() -> None:
    found = agreement_of(TEN)
    assert found.quadratic is not None
    assert found.linear is not None
    assert (found.quadratic.value, found.linear.value) == (Fraction(66, 71), Fraction(28, 33))
    assert (found.pairs, found.agreeing, found.softer, found.harder, found.steps) == (10, 8, 2, 0, 2)
    assert (found.share, found.mean_steps) == (Fraction(4, 5), Fraction(1, 5))


@pytest.mark.parametrize(
    ("cells", "kappa"),
    [
        ([], None),
        ([("high", "high", 9)], None),
        ([("low", "low", 4), ("critical", "critical", 4)], Fraction(1)),
        ([("low", "critical", 4), ("critical", "low", 4)], Fraction(-1)),
        ([("low", "high", 3)], Fraction(0)),
    ],
)
def test_the_ends_of_kappa(cells: Cells, kappa: Fraction | None) -> None:
    found = agreement_of(cells)
    assert (found.quadratic.value if found.quadratic else None) == kappa


def test_nothing_has_no_share() -> None:
    found = agreement_of([])
    assert (found.pairs, found.share, found.mean_steps, found.linear) == (0, None, None, None)
