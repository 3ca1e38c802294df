"""Risk assessments in two steps (policy 2.2, SPEC 4): business proposes, risk management decides. docs/assessments.md.

`proposing`, `reviewing`, `asking` and `visiting` are what people do; `worklist` and `reads` are what they see. The
level in force that comes of it is the rule of services/levels.py.
"""

from services.assessments.asking import answer_request, ask_for_more, withdraw_request
from services.assessments.lifecycle import (
    ASSESSMENT_TRANSITIONS,
    LARGEST_PHOTO_BYTES,
    LONGEST_OVERRIDE_DAYS,
    MOST_PHOTOS,
    REQUEST_TRANSITIONS,
    VISIT_TRANSITIONS,
)
from services.assessments.proposing import change_draft, draft, submit, withdraw
from services.assessments.reads import (
    assessment_by_id,
    assessments_of_customer,
    computed_for,
    level_of,
    review_queue,
)
from services.assessments.reviewing import finalise, finalise_agreeing, return_to_business, take_up
from services.assessments.rows import (
    AssessmentCounts,
    AssessmentFile,
    AssessmentRow,
    Computed,
    HistoryPage,
    LevelRow,
    NewPhoto,
    NotAgreeingError,
    PhotoContent,
    PhotoRow,
    RequestRow,
    ReviewFilter,
    ReviewPage,
    ReviewRow,
    TaskFilter,
    TaskKind,
    TaskPage,
    TaskRow,
    VisitRow,
)
from services.assessments.visiting import cancel_visit, order_visit, people_to_send, photo_content, report_visit
from services.assessments.worklist import assessment_counts, to_propose
from services.picks import Pick, PickRefusal

__all__ = [
    "ASSESSMENT_TRANSITIONS", "LARGEST_PHOTO_BYTES", "LONGEST_OVERRIDE_DAYS", "MOST_PHOTOS", "REQUEST_TRANSITIONS",
    "VISIT_TRANSITIONS", "AssessmentCounts", "AssessmentFile", "AssessmentRow", "Computed", "HistoryPage", "LevelRow",
    "NewPhoto", "NotAgreeingError", "PhotoContent", "PhotoRow", "Pick", "PickRefusal", "RequestRow", "ReviewFilter",
    "ReviewPage", "ReviewRow", "TaskFilter", "TaskKind", "TaskPage", "TaskRow", "VisitRow", "answer_request",
    "ask_for_more", "assessment_by_id", "assessment_counts", "assessments_of_customer", "cancel_visit", "change_draft",
    "computed_for", "draft", "finalise", "finalise_agreeing", "level_of", "order_visit", "people_to_send",
    "photo_content", "report_visit", "return_to_business", "review_queue", "submit", "take_up", "to_propose",
    "withdraw", "withdraw_request",
]  # fmt: skip
