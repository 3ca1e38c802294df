"""One customer scored by a card that is not in force, beside the score it has: what a draft would say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from db.models import Customer, CustomerKey
from services.access import ensure_may
from services.context import Context
from services.errors import N_, NotFoundError
from services.scoring.card import Scorecard
from services.scoring.compile import score_query
from services.scoring.explanation import shown_contributions
from services.scoring.indicators.measure import AsOf
from services.scoring.reads import ScoreRow, latest_score
from services.scoring.texts import Reason, reasons


@dataclass(frozen=True)
class Preview:
    """A customer's score by a card. `shown`: what each indicator brings, adding up to the score. `level` has floors."""

    customer_no: str
    name: str
    score: Decimal | None
    level: str | None
    floor: str | None
    coverage: Decimal
    reasons: tuple[Reason, ...]
    shown: dict[str, Decimal]
    score_now: Decimal | None
    level_now: str | None


def preview(ctx: Context, card: Scorecard, customer_no: str) -> Preview:
    """What a card says of one customer today. Nothing is stored.

    Raises:
        NotAllowedError: the actor may not read scorecards or customers.
        NotFoundError: no customer has this number.
    """
    ensure_may(ctx, "scorecard.read")
    ensure_may(ctx, "customer.read")
    number = customer_no.strip()
    found = ctx.session.execute(
        select(Customer.customer_id, Customer.name, Customer.kind)
        .join(CustomerKey, CustomerKey.customer_id == Customer.customer_id)
        .where(CustomerKey.customer_no == number)
    ).one_or_none()
    if found is None:
        raise NotFoundError(N_("No customer has the number %(no)s."), no=number)
    currency = ctx.policy_history.on(ctx.today).base_currency
    one = ctx.session.execute(score_query(card, AsOf(ctx.today, currency, [found.customer_id]))).one()
    row = ScoreRow(ctx.today, one.score, one.level, one.floor, one.coverage, one.dimensions, one.points, 0)
    now = latest_score(ctx, found.customer_id)
    return Preview(
        customer_no=number, name=found.name if found.kind == "company" else number, score=row.score, level=row.level,
        floor=row.floor, coverage=row.coverage, reasons=reasons(card, row.points),
        shown=shown_contributions(card, row),
        score_now=now.score if now else None, level_now=now.level if now else None,
    )  # fmt: skip
