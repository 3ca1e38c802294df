"""Everything that a scorecard can measure, one file a dimension. docs/scorecard.md defines each in words."""

from __future__ import annotations

from collections.abc import Mapping

from services.scoring.indicators import credit, industry, operations, reputation, transactions
from services.scoring.indicators.measure import Measure

#: Every known indicator by its code.
MEASURES: Mapping[str, Measure] = {
    one.code: one for part in (credit, operations, transactions, industry, reputation) for one in part.MEASURES
}
