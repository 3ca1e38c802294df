"""The frozen rows that leave this concept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.listings.completeness import Check


@dataclass(frozen=True)
class FactRow:
    """A row of the database that shows something: its table and id, its business number, its day."""

    table: str
    id: int
    no: str
    on: dt.date | None

    @property
    def subject(self) -> str:
        """How evidence names it."""
        return f"{self.table}:{self.id}"


@dataclass(frozen=True)
class CandidateRow:
    """A sign that a customer may have to be listed. `days_left` is negative once the deadline has passed.

    `is_paid`: the arrears that set it off were paid, but too late for the trigger to be withdrawn.
    """

    customer_id: int
    id: int
    version: int
    customer_no: str
    customer_name: str
    department: str | None
    criterion: str
    state: str
    source: str
    trigger_on: dt.date
    deadline_on: dt.date
    days_left: int
    found_on: dt.date
    facts: tuple[FactRow, ...]
    words: str | None
    reporter: str | None
    assignee_id: int | None
    assignee: str | None
    listing_id: int | None
    closed_on: dt.date | None
    closed_by: str | None
    closed_reason: str | None
    again_on: dt.date | None
    is_paid: bool


@dataclass(frozen=True)
class EvidenceRow:
    """A piece of evidence, without a file's content (`evidence_content` reads that)."""

    customer_id: int
    id: int
    kind: str
    subject: str | None
    title: str | None
    happened_on: dt.date | None
    file_name: str | None
    media_type: str | None
    sha256: str | None
    size: int | None
    added_by: str
    added_at: dt.datetime


@dataclass(frozen=True)
class EvidenceContent:
    """A file's bytes, as they were handed in."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class NewFile:
    """A file as it was sent in."""

    file_name: str
    content: bytes


@dataclass(frozen=True)
class ReplyRow:
    """The customer's right of reply. `has_reply` None: neither a reply nor its absence was recorded."""

    offered_on: dt.date | None
    channel: str | None
    due_on: dt.date | None
    closed_on: dt.date | None
    has_reply: bool | None
    text: str | None


@dataclass(frozen=True)
class CorrectionRow:
    """A request to end a wrong listing, and who ended it."""

    reason: str
    asked_by_id: int
    asked_by: str
    asked_at: dt.datetime
    ended_by: str | None


@dataclass(frozen=True)
class ListingRow:
    """One listing: from its draft to its end. Rows from a history file have no proposer, step or people.

    `days_left` to the deadline of the trigger, None once it is decided. `default_grade` is what the policy gives.
    """

    customer_id: int
    id: int
    version: int
    listing_no: str
    customer_no: str
    customer_name: str
    customer_department: str | None
    department: str | None
    criterion: str
    also_criteria: tuple[str, ...]
    grade: str
    grade_reason: str | None
    state: str
    step: str | None
    trigger_on: dt.date
    deadline_on: dt.date
    days_left: int | None
    statement: str | None
    proposer_id: int | None
    proposer: str | None
    handed_in_at: dt.datetime | None
    reviewer_id: int | None
    reviewer: str | None
    asked_for: str | None
    asked_due_on: dt.date | None
    answer: str | None
    recommendation: str | None
    decider: str | None
    decided_on: dt.date | None
    decision_reason: str | None
    gaps: tuple[str, ...]
    reply: ReplyRow
    restored_on: dt.date | None
    ended_as: str | None
    correction: CorrectionRow | None

    @property
    def criteria(self) -> tuple[str, ...]:
        """All of them, the leading one first."""
        return (self.criterion, *self.also_criteria)


@dataclass(frozen=True)
class ListingFile:
    """A listing whole: what shows it, what is missing, the signs it came from."""

    row: ListingRow
    evidence: tuple[EvidenceRow, ...]
    checks: tuple[Check, ...]
    candidates: tuple[CandidateRow, ...]
    default_grade: str


@dataclass(frozen=True)
class CandidateFile:
    """A candidate whole: with the files of a tip and what the policy would grade."""

    row: CandidateRow
    evidence: tuple[EvidenceRow, ...]
    default_grade: str


@dataclass(frozen=True)
class ListingFilter:
    """What is shown of a list. `tab`: candidates, proposals, listed or decided; `department` the customer's owner;
    `late` True: past the deadline, False: still in time; `mine` what waits for the reader."""

    tab: str = "candidates"
    department: str | None = None
    criterion: str | None = None
    step: str | None = None
    grade: str | None = None
    late: bool | None = None
    mine: bool = False
    search: str = ""


@dataclass(frozen=True)
class ListingPage:
    """Part of a list; `after` continues it, None at the end."""

    candidates: tuple[CandidateRow, ...]
    listings: tuple[ListingRow, ...]
    after: str | None


@dataclass(frozen=True)
class ListingCounts:
    """What there is: for the headline. `late` and `soon` are of what is not decided; `grey` and `black` are listed."""

    candidates: int
    proposals: int
    ready: int
    late: int
    soon: int
    grey: int
    black: int


@dataclass(frozen=True)
class LateRow:
    """Who has how much to decide: a department (and person, None: nobody yet), what is late, due soon, open in all."""

    department: str | None
    person: str | None
    open: int
    soon: int
    late: int
    worst_days: int


@dataclass(frozen=True)
class FoundCandidates:
    """What one run of the objective tests did."""

    found: int
    withdrawn: int
    decided: int
