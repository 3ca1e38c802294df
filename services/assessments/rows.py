"""The frozen rows that leave this concept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.errors import N_
from services.picks import PickRefusal, PicksRefusedError


@dataclass(frozen=True)
class Computed:
    """What the active scorecard says of a customer at this moment. `dimensions`: name -> score (None: no data).

    `level` is the level by score and floors; `floor` names the card's floor that lifted it (`listed`, `overdue_90`).
    """

    customer_id: int
    as_of: dt.date
    score: Decimal | None
    level: str | None
    floor: str | None
    coverage: Decimal
    dimensions: Mapping[str, Decimal | None]
    scorecard_id: int | None


@dataclass(frozen=True)
class LevelRow:
    """A customer's level in force and why it is so (db.enums.LevelSource; services/levels.py).

    `until`: an override's last day, or the first day on which a level held by the cooldown may fall. `due_on`: when the
    next final assessment is due; None for a customer that was never assessed: it is due now.
    """

    customer_id: int
    customer_no: str
    level: str | None
    computed_level: str | None
    score: Decimal | None
    scored_on: dt.date | None
    since: dt.date | None
    source: str | None
    until: dt.date | None
    assessed_on: dt.date | None
    due_on: dt.date | None


@dataclass(frozen=True)
class AssessmentRow:
    """One row of an assessment: the business department's (`initial`) or risk management's (`final`).

    `computed_level` and `computed_score` are what the scorecard said when it was handed in or decided; rows from a
    history file have neither, nor `assessor_id`. `expires_on` is the last day of an override. `deviates` tells whether
    the grade is another than the computed one (None: nothing was computed then).
    """

    customer_id: int
    id: int
    version: int
    customer_no: str
    customer_name: str
    stage: str
    state: str
    assessed_on: dt.date
    level: str
    computed_level: str | None
    computed_score: Decimal | None
    deviates: bool | None
    dimension_levels: Mapping[str, str]
    reason: str | None
    department: str
    assessor_id: int | None
    assessor: str | None
    reviewer_id: int | None
    reviewer: str | None
    initial_id: int | None
    is_override: bool
    expires_on: dt.date | None
    ended_on: dt.date | None
    submitted_at: dt.datetime | None
    decided_at: dt.datetime | None
    returned_reason: str | None
    is_superseded: bool


@dataclass(frozen=True)
class RequestRow:
    """A reviewer's question. `items` are the lines of what was asked; `is_late` an open one past its day."""

    customer_id: int
    id: int
    version: int
    assessment_id: int
    state: str
    items: tuple[str, ...]
    due_on: dt.date
    is_late: bool
    asked_by: str
    asked_at: dt.datetime
    answered_by: str | None
    answered_at: dt.datetime | None
    answer: str | None


@dataclass(frozen=True)
class PhotoRow:
    """A photo of a visit, without its content (`photo_content` reads that)."""

    customer_id: int
    id: int
    visit_id: int
    file_name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class PhotoContent:
    """A photo's bytes, as kept: without the place and camera that the file named."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class NewPhoto:
    """A photo as it was sent in."""

    file_name: str
    content: bytes


@dataclass(frozen=True)
class VisitRow:
    """A site visit with its report. `is_late`: still ordered past its day."""

    customer_id: int
    id: int
    version: int
    assessment_id: int
    state: str
    purpose: str
    due_on: dt.date
    is_late: bool
    assignee_id: int
    assignee: str
    ordered_by: str
    ordered_at: dt.datetime
    visited_on: dt.date | None
    findings: str | None
    conclusion: str | None
    reported_at: dt.datetime | None
    cancelled_reason: str | None
    photos: tuple[PhotoRow, ...]


@dataclass(frozen=True)
class AssessmentFile:
    """An assessment whole: both grades, what was asked and seen. Either row may be missing in imported history."""

    initial: AssessmentRow | None
    final: AssessmentRow | None
    requests: tuple[RequestRow, ...]
    visits: tuple[VisitRow, ...]

    @property
    def has_open_questions(self) -> bool:
        """Whether a request waits for its answer or a visit for its report: nothing is finalised before."""
        return any(one.state == "open" for one in self.requests) or any(one.state == "ordered" for one in self.visits)


@dataclass(frozen=True)
class HistoryPage:
    """A customer's assessments, the newest first; `after` continues the list, None at the end."""

    rows: tuple[AssessmentFile, ...]
    after: str | None


class TaskKind(StrEnum):
    """Why a customer is on a department's worklist, in the order of the list."""

    RETURNED = "returned"
    REQUEST = "request"
    VISIT = "visit"
    DRAFT = "draft"
    OVERDUE = "overdue"
    DUE = "due"


@dataclass(frozen=True)
class TaskFilter:
    """What of a worklist is shown. `department` a code (None: the reader's own for business users, else all);
    `kind` a TaskKind; `mine` the reader's own drafts, returns, requests and visits; `search` part of a customer's name
    or the beginning of its number."""

    department: str | None = None
    kind: str | None = None
    level: str | None = None
    search: str = ""
    mine: bool = False


@dataclass(frozen=True)
class TaskRow:
    """One thing to do about one customer. `assessment_id`, `request_id`, `visit_id` and `version` (of that record)
    say what to open; none of them for a customer that is due and has no open assessment.

    `due_on` None: never assessed, due now. `words`: the return's reason, what is asked, the visit's purpose.
    """

    kind: TaskKind
    customer_id: int
    customer_no: str
    customer_name: str
    department: str | None
    level: str | None
    computed_level: str | None
    score: Decimal | None
    due_on: dt.date | None
    days_left: int | None
    assessed_on: dt.date | None
    assessment_id: int | None
    request_id: int | None
    visit_id: int | None
    version: int | None
    assignee: str | None
    words: str | None


@dataclass(frozen=True)
class TaskPage:
    """Part of a worklist; `after` continues it, None at the end."""

    rows: tuple[TaskRow, ...]
    after: str | None


@dataclass(frozen=True)
class ReviewFilter:
    """What of the review queue is shown. `agrees` True: proposal equals the computed level, False: deviates;
    `mine` what the reader took up; `ready` True: nothing open, False: waits for an answer or a report."""

    department: str | None = None
    state: str | None = None
    level: str | None = None
    agrees: bool | None = None
    ready: bool | None = None
    mine: bool = False
    search: str = ""


@dataclass(frozen=True)
class ReviewRow:
    """One proposal that waits for risk management. `computed_level` and `score` are the customer's newest, the level
    in force is `level_in_force`; `days_waiting` runs from the hand-in. `may_finalise` is False for one's own and one's
    own department's proposals."""

    customer_id: int
    id: int
    version: int
    customer_no: str
    customer_name: str
    department: str
    assessor: str | None
    state: str
    level: str
    level_in_force: str | None
    computed_level: str | None
    score: Decimal | None
    agrees: bool
    reason: str | None
    reviewer_id: int | None
    reviewer: str | None
    submitted_at: dt.datetime
    days_waiting: int
    open_requests: int
    open_visits: int
    may_finalise: bool


@dataclass(frozen=True)
class ReviewPage:
    """Part of the review queue, the longest waiting first; `after` continues it, None at the end."""

    rows: tuple[ReviewRow, ...]
    after: str | None


@dataclass(frozen=True)
class AssessmentCounts:
    """What waits, for badges: of the reader's department (business) or of all. `overdue`: due for assessment, day
    passed or never assessed."""

    drafts: int
    returned: int
    requests: int
    visits: int
    overdue: int
    to_review: int
    in_review: int


class NotAgreeingError(PicksRefusedError):
    """Finalising many was refused as a whole."""

    def __init__(self, refusals: Sequence[PickRefusal], chosen: int) -> None:
        super().__init__(
            N_("Nothing was changed: %(refused)s of the %(chosen)s assessments chosen can't be finalised together."),
            refusals, chosen,
        )  # fmt: skip
