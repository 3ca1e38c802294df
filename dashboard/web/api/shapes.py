"""How questions and answers look, for the checks and for the OpenAPI document.

Answers are written by dashboard/answers.py; these shapes describe them and are not run over them: the order gate has
no time to spare.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

MOST_AMOUNT = Decimal(10) ** 15
_STEP = Decimal("0.0001")
_LONGEST_NO = 100
#: Text without NUL, which Postgres can't keep.
_PLAIN = "^[^\\x00]+$"
_MONTH = "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"
_DAY = "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"


def _amount(value: object) -> Decimal:
    """A JSON number, exactly, rounded to four decimals as the database keeps them."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("number")
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if not exact.is_finite() or abs(exact) >= MOST_AMOUNT:
        raise ValueError("number")
    return exact.quantize(_STEP)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("integer")
    if value != int(value):
        raise ValueError("integer")
    return int(value)


def _amount_schema(least: float) -> WithJsonSchema:
    return WithJsonSchema({"type": "number", "minimum": least, "exclusiveMaximum": float(MOST_AMOUNT)})


Amount = Annotated[Decimal, Field(ge=_STEP), BeforeValidator(_amount), _amount_schema(0.0001)]
AmountOrNothing = Annotated[Decimal, Field(ge=0), BeforeValidator(_amount), _amount_schema(0)]
Days = Annotated[int, Field(ge=0, le=3650), BeforeValidator(_whole)]
Count = Annotated[int, Field(ge=1, le=100), BeforeValidator(_whole)]
CustomerNo = Annotated[str, Field(min_length=1, max_length=_LONGEST_NO, pattern=_PLAIN)]
OrderNo = Annotated[str, Field(min_length=1, max_length=_LONGEST_NO, pattern="^[^\\x00\\s](.*[^\\x00\\s])?$")]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Month = Annotated[str, Field(pattern=_MONTH, examples=["2025-01"])]
Day = Annotated[str, Field(pattern=_DAY, examples=["2025-06-28"])]


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class GateQuestion(_Question):
    """An order before it is placed. Amounts in `currency`; without one, in the company's base currency."""

    customer_no: CustomerNo
    amount: Amount
    currency: Currency | None = None
    terms_days: Days | None = None
    order_no: OrderNo | None = Field(None, description="Kept with its answer; the same number gets the same answer.")
    prepaid_amount: AmountOrNothing | None = None
    dry_run: bool = Field(False, description="Keep nothing: what would the order get?")


class ScreenQuestion(_Question):
    """A name to compare with listed customers and watch lists."""

    name: Annotated[str, Field(min_length=1, max_length=300, pattern=_PLAIN)]
    uscc: Annotated[str, Field(min_length=1, max_length=30, pattern=_PLAIN)] | None = None
    limit: Count = 20


class Problem(BaseModel):
    """RFC 9457. Compare `code`; `detail` is a sentence in the language of Accept-Language."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[dict[str, str]] | None = None


class GateReason(BaseModel):
    """One reason, as code and as sentence, and what it alone leads to."""

    code: str
    text: str
    control_id: int | None
    decision: str


class GateControl(BaseModel):
    """A measure that the answer looked at. Amounts in the base currency."""

    control_id: int
    kind: str
    force: str
    override_role: str | None
    demands: dict[str, Any]
    review_on: str | None
    expires_on: str | None


class GateAnswered(BaseModel):
    """`decision` is what holds now: allow, hold or deny. `limit_left`: null where no limit is set."""

    decision: Annotated[str, Field(pattern="^(allow|hold|deny)$")]
    reasons: list[GateReason]
    controls: list[GateControl]
    limit_left: float | None
    customer_no: str
    order_no: str | None
    state: str | None
    first_decision: str | None
    release_role: str | None
    as_of: str | None
    is_repeated: bool
    is_from_snapshot: bool


class MatchFound(BaseModel):
    """A listed customer or an entry of a watch list that resembles the name, and by what."""

    source: str
    key: str
    name: str
    score: float
    features: list[dict[str, Any]]
    customer_no: str | None
    grade: str | None
    list_source: str | None
    entry_no: str | None
    listed_on: str | None


class ScreenAnswered(BaseModel):
    """Matches that reach the policy's threshold, the likeliest first."""

    name: str
    threshold: float
    matches: list[MatchFound]


class StatusAnswered(BaseModel):
    """A customer's risk status on the business date. Amounts in the base currency."""

    customer_no: str
    name: str
    department: str | None
    as_of: str
    level: str | None
    score: float | None
    since: str | None
    source: str | None
    until: str | None
    why: list[dict[str, Any]]
    listing: dict[str, Any]
    controls: list[dict[str, Any]]
    money_at_risk: dict[str, Any]
    freshness: dict[str, Any]


class MetricRow(BaseModel):
    """One metric of one group; month and department null where not grouped by; value null where there are no cases."""

    metric: str
    month: str | None
    department: str | None
    numerator: float
    denominator: float
    value: float | None


class TallyRow(BaseModel):
    """Rewards or penalties of one group."""

    kind: str | None
    measure: str | None
    department: str | None
    month: str | None
    count: int
    amount: float


class AgeingRow(BaseModel):
    """Open receivables by days past due; `from_days` null: not due yet."""

    department: str | None = None
    open_count: int
    open_amount: float
    overdue_count: int
    overdue_amount: float
    overdue_customers: int
    unconverted_count: int
    buckets: list[dict[str, Any]]


class EventTold(BaseModel):
    """One event. `data` has the fields of its type; `cursor` continues after it."""

    id: str
    type: str
    timestamp: str
    customer_no: str | None
    data: dict[str, Any]
    cursor: str


class EventsAnswered(BaseModel):
    """Events in order. Ask again with `after` = `next`."""

    events: list[EventTold]
    next: str
    has_more: bool


class WebhookShown(BaseModel):
    """A webhook; administrators change them in the browser."""

    id: int
    url: str
    kinds: list[str]
    is_active: bool
    waiting: int
    given_up: int
    last_sent_at: str | None


class TokenShown(BaseModel):
    """The token that this was asked with."""

    name: str
    scopes: list[str]
    department: str | None
    per_minute: int
    expires_at: str
