"""Risk scores: one number from 0 (safe) to 100 (risky) a customer, by a scorecard that is data (policy 2.1, SPEC 6).

card.py what a scorecard says; rules.py the arithmetic in plain values; indicators/ what is measured, as SQL;
compile.py the same arithmetic as SQL; commands.py scoring itself; reads.py, explanation.py and texts.py what a score
means in words.
"""

from services.scoring.commands import ScoringResult, ensure_default_scorecard, score_customers
from services.scoring.reads import ScoreRow, latest_score, reasons, score_history, scores_as_json

__all__ = [
    "ScoreRow", "ScoringResult", "ensure_default_scorecard", "latest_score", "reasons", "score_customers",
    "score_history", "scores_as_json",
]  # fmt: skip
