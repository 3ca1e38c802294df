"""Scorecards as data (policy 2.1): drafted, run in shadow, put into force by two people, retired.

rows.py what is stored; drafting.py and files.py how a draft comes about and changes; lifecycle.py its way into force;
shadow.py how a card in shadow differs today; distribution.py where customers fall in its bins; preview.py one customer.
"""

from services.scorecards.distribution import Distribution, IndicatorSpread, SpreadBin, distribution
from services.scorecards.drafting import (
    Work,
    change_draft,
    describe,
    draft_from,
    drop_work,
    keep_work,
    undo_save,
    work_on,
)
from services.scorecards.files import CardFile, as_json, as_workbook, read_file
from services.scorecards.lifecycle import (
    SCORECARD_TRANSITIONS,
    approve_activation,
    propose_activation,
    reject_activation,
    retire,
    start_shadow,
    stop_shadow,
    withdraw_proposal,
)
from services.scorecards.preview import Preview, preview
from services.scorecards.rows import (
    ScorecardDetail,
    ScorecardRow,
    scorecard_by_id,
    scorecard_of_edition,
    scorecards,
)
from services.scorecards.shadow import ShadowMove, ShadowStanding, shadow_moves, shadow_standing, summarise_shadows

__all__ = [
    "SCORECARD_TRANSITIONS", "CardFile", "Distribution", "IndicatorSpread", "Preview", "ScorecardDetail",
    "ScorecardRow", "ShadowMove", "ShadowStanding", "SpreadBin", "Work", "approve_activation", "as_json", "as_workbook",
    "change_draft", "describe", "distribution", "draft_from", "drop_work", "keep_work", "preview", "propose_activation",
    "read_file", "reject_activation", "retire", "scorecard_by_id", "scorecard_of_edition", "scorecards", "shadow_moves",
    "shadow_standing", "start_shadow", "stop_shadow", "summarise_shadows", "undo_save", "withdraw_proposal", "work_on",
]  # fmt: skip
