"""Identification of grey and black customers (policy 2.3, first half of 3.2). docs/listings.md.

`finding` keeps the register of candidates; `candidates`, `proposing`, `evidence`, `reviewing` and `deciding` are what
people do; `worklist` and `reads` are what they see; `reminding` watches the deadlines.
"""

from services.listings.candidates import assign, people_who_propose, put_aside, tip
from services.listings.completeness import REQUIREMENT_TEXTS, Check, Shown, checks_of, gaps_of
from services.listings.deciding import ask_to_end, confirm, end_unfounded, refuse_end, reject
from services.listings.evidence import add_evidence, evidence_content, linkable_rows, remove_evidence
from services.listings.files import EVIDENCE_TYPES, LARGEST_FILE_MB, MOST_FILES, PHOTO_TYPES
from services.listings.finding import find_candidates
from services.listings.lifecycle import (
    CANDIDATE_TRANSITIONS,
    LISTING_TRANSITIONS,
    LONGEST_ASIDE_DAYS,
    STEP_TRANSITIONS,
    default_grade,
    is_reply_over,
)
from services.listings.proposing import Writing, answer, change_draft, draft, hand_in, withdraw
from services.listings.reads import (
    candidate_by_id,
    candidates_of_customer,
    grade_by_policy,
    listing_by_id,
    listing_by_no,
    listings_of_customer,
    open_listing_of,
)
from services.listings.reminding import remind_of_deadlines
from services.listings.reviewing import (
    ask_for_more,
    find_ready,
    offer_reply,
    record_reply,
    record_silence,
    take_up,
)
from services.listings.rows import (
    CandidateFile,
    CandidateRow,
    CorrectionRow,
    EvidenceContent,
    EvidenceRow,
    FactRow,
    FoundCandidates,
    LateRow,
    ListingCounts,
    ListingFile,
    ListingFilter,
    ListingPage,
    ListingRow,
    NewFile,
    ReplyRow,
)
from services.listings.worklist import TABS, listing_counts, listings_page, usual_department, who_is_late

__all__ = [
    "CANDIDATE_TRANSITIONS", "EVIDENCE_TYPES", "LARGEST_FILE_MB", "LISTING_TRANSITIONS", "LONGEST_ASIDE_DAYS",
    "MOST_FILES", "PHOTO_TYPES", "REQUIREMENT_TEXTS", "STEP_TRANSITIONS", "TABS", "CandidateFile", "CandidateRow",
    "Check", "CorrectionRow", "EvidenceContent", "EvidenceRow", "FactRow", "FoundCandidates", "LateRow",
    "ListingCounts", "ListingFile", "ListingFilter", "ListingPage", "ListingRow", "NewFile", "ReplyRow", "Shown",
    "Writing", "add_evidence", "answer", "ask_for_more", "ask_to_end", "assign", "candidate_by_id",
    "candidates_of_customer", "change_draft", "checks_of", "confirm", "default_grade", "draft", "end_unfounded",
    "evidence_content", "find_candidates", "find_ready", "gaps_of", "grade_by_policy", "hand_in", "is_reply_over",
    "linkable_rows", "listing_by_id", "listing_by_no", "listing_counts", "listings_of_customer", "listings_page",
    "offer_reply", "open_listing_of", "people_who_propose", "put_aside", "record_reply", "record_silence",
    "refuse_end", "reject", "remind_of_deadlines", "remove_evidence", "take_up", "tip", "usual_department",
    "who_is_late", "withdraw",
]  # fmt: skip
