"""Risk scores: one number from 0 (safe) to 100 (risky) a customer, by a scorecard that is data (policy 2.1, SPEC 6).

card.py what a scorecard says; rules.py the arithmetic in plain values; indicators/ what is measured, as SQL;
compile.py the same arithmetic as SQL; commands.py scoring itself; reads.py, explanation.py and texts.py what a score
means in words.
"""

from services.scoring.commands import ScoringResult, ensure_default_scorecard, score_customers
from services.scoring.counterfactuals import Direction
from services.scoring.explanation import (
    DimensionLine,
    Explanation,
    Former,
    IndicatorLine,
    Movement,
    Step,
    WayDown,
    explained_score,
    shown_score,
)
from services.scoring.reads import ScoreRow, former_scores, latest_score, score_history, scores_as_json
from services.scoring.texts import Quantity, QuantityKind, Reason, reasons

__all__ = [
    "DimensionLine", "Direction", "Explanation", "Former", "IndicatorLine", "Movement", "Quantity", "QuantityKind",
    "Reason", "ScoreRow", "ScoringResult", "Step", "WayDown", "ensure_default_scorecard", "explained_score",
    "former_scores", "latest_score", "reasons", "score_customers", "score_history", "scores_as_json", "shown_score",
]  # fmt: skip
