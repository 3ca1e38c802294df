"""docs/information.md says what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from db.enums import RiskLevel
from services.information.catalogue import ITEMS
from services.information.quality import OF_DEPARTMENTS, RECONSTRUCTED
from services.information.standing import SOON_DAYS, SOON_PART

TEXT = (Path(__file__).parents[1] / "docs" / "information.md").read_text()


def test_the_catalogue_is_the_one_in_the_code() -> None:
    written = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in TEXT.splitlines()
        if re.match(r"\| `\w+` \| \w+ \| \w+ \| .* (owner|risk) \|", line)
    ]
    assert written == [
        [
            f"`{one.code}`", one.dimension.value, one.kind, ", ".join(one.fields), one.duty.value,
            *("rhythm" if one.days is None else str(one.days[level]) for level in reversed(RiskLevel)),
        ]
        for one in ITEMS
    ]  # fmt: skip


def test_the_figures_of_quality_are_those_of_the_board() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| (not known|worked out .*) \|$", TEXT, re.MULTILINE)
    assert [(name, fate != "not known") for name, fate in rows] == [
        (one, one in RECONSTRUCTED) for one in ("completeness", "freshness", "coverage", "conflicts", "rejected",
                                                "corrected")
    ]  # fmt: skip
    assert set(OF_DEPARTMENTS) == {name for name, _ in rows}
    assert f"at most {SOON_DAYS} days" in TEXT
    assert SOON_PART == 4
