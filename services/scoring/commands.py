"""Scoring customers: one statement for one customer and for a million (SPEC 6, 8 `greyledger score`)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from db.enums import RiskLevel, ScorecardState
from db.models import CustomerKey, Scorecard
from services import data_versions, ledger
from services.access import ensure_may
from services.context import Context
from services.errors import N_, NotFoundError, RefusedError
from services.scoring.card import Scorecard as Card
from services.scoring.card_reading import parsed_card
from services.scoring.compile import score_query
from services.scoring.indicators.measure import AsOf

DEFAULT_CARD = "default_scorecard.json"
FIRST_EDITION = 1
_SCORING_LOCK = 7_205_337
#: Sorting and hashing a million customers in memory instead of on disk; only while a score is made.
_WORK_MEM = "256MB"
_NAMED = 5


@dataclass(frozen=True)
class ChosenCard:
    """A stored scorecard, read. `id` None: the default card before it is stored (dry run in an empty database)."""

    id: int | None
    name: str
    edition: int
    state: str
    card: Card
    approved_at: dt.datetime | None = None


@dataclass(frozen=True)
class ScoringResult:
    """What one run did. `customers` were scored; `written` got a new score row, the rest had the same already.

    `levels` counts customers by level (None: nothing is known of them). The scores themselves stay readable in this
    transaction through reads.scores_as_json, dry run or not.
    """

    as_of: dt.date
    scorecard: str
    edition: int
    customers: int
    written: int
    levels: dict[str | None, int]
    low_coverage: int
    is_dry_run: bool
    card: Card


def ensure_default_scorecard(ctx: Context) -> None:
    """Store the card that ships with the product as the active first edition, where no scorecard is stored yet."""
    if ctx.session.execute(select(func.count()).select_from(Scorecard)).scalar_one():
        return
    definition = _shipped_definition()
    card = parsed_card(definition)
    added = ctx.session.execute(
        insert(Scorecard)
        .values(
            name=card.name, edition=FIRST_EDITION, state=ScorecardState.ACTIVE.value, definition=definition,
            activated_on=ctx.today,
        )
        .on_conflict_do_nothing()
        .returning(Scorecard.id)
    ).scalar()  # fmt: skip
    if added is not None:
        ledger.record(
            ctx, "scorecard.activated", f"scorecard:{added}", after={"name": card.name, "edition": FIRST_EDITION}
        )


def score_customers(
    ctx: Context,
    as_of: dt.date,
    customer_nos: Sequence[str] | None = None,
    scorecard_edition: int | None = None,
    dry_run: bool = False,
    *,
    customer_ids: Sequence[int] | None = None,
) -> ScoringResult:
    """Score customers (by number or id; None: all) as of the end of a day, by the active scorecard or another edition.

    A score row is added only where the result differs from the newest one of the same day and card. The customers' own
    score and level follow the active card where no later day was scored. A dry run stores nothing.

    Raises:
        NotAllowedError: the actor may not.
        NotFoundError: a customer or the edition is unknown, or no scorecard is active.
        RefusedError: the day lies in the future.
    """
    ensure_may(ctx, "scorecard.read" if dry_run else "score.compute")
    if as_of > max(ctx.today, ctx.now.date()):
        raise RefusedError(N_("%(day)s lies in the future. Score as of today or an earlier day."), day=as_of)
    if customer_nos is not None:
        customer_ids = _ids_of(ctx, customer_nos)
    if not dry_run:
        ensure_default_scorecard(ctx)
        # Two runs at once would both add what the other has not committed yet.
        ctx.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SCORING_LOCK})
    chosen = chosen_card(ctx, scorecard_edition)
    _compute(ctx, chosen.card, AsOf(as_of, ctx.policy_history.on(as_of).base_currency, customer_ids))
    written = 0 if dry_run else _store(ctx, chosen, as_of)
    levels, low = _counted(ctx, chosen.card)
    return ScoringResult(
        as_of=as_of, scorecard=chosen.name, edition=chosen.edition, customers=sum(levels.values()), written=written,
        levels=levels, low_coverage=low, is_dry_run=dry_run, card=chosen.card,
    )  # fmt: skip


def score_in_shadow(ctx: Context, as_of: dt.date, customer_ids: Sequence[int] | None = None) -> int:
    """Score the same customers by every card in shadow, beside the active one; how many cards there are.

    Their scores are kept as rows of their own and speak for nobody (policy 2.1).
    """
    ensure_may(ctx, "score.compute")
    query = select(Scorecard).where(Scorecard.state == ScorecardState.SHADOW.value).order_by(Scorecard.id)
    cards = [_chosen(row) for row in ctx.session.execute(query).scalars()]
    if cards:
        ctx.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SCORING_LOCK})
    currency = ctx.policy_history.on(as_of).base_currency
    for one in cards:
        _compute(ctx, one.card, AsOf(as_of, currency, customer_ids))
        _store(ctx, one, as_of)
    return len(cards)


def chosen_card(ctx: Context, edition: int | None = None) -> ChosenCard:
    """The active scorecard, or an edition of it (of whatever state).

    Raises:
        NotFoundError: no such edition, or none is active.
    """
    is_active = Scorecard.state == ScorecardState.ACTIVE.value
    query = select(Scorecard).order_by(is_active.desc(), Scorecard.id.desc()).limit(1)
    if edition is None:
        row = ctx.session.execute(query.where(is_active)).scalar()
    else:
        names = select(Scorecard.name).where(is_active)
        row = ctx.session.execute(
            query.where(Scorecard.edition == edition).order_by(None)
            .order_by(Scorecard.name.in_(names).desc(), Scorecard.id.desc())
        ).scalar()  # fmt: skip
    if row is not None:
        return _chosen(row)
    if edition in (None, FIRST_EDITION) and not ctx.session.execute(select(func.count(Scorecard.id))).scalar_one():
        card = parsed_card(_shipped_definition())
        return ChosenCard(None, card.name, FIRST_EDITION, ScorecardState.ACTIVE.value, card)
    if edition is not None:
        raise NotFoundError(N_("There is no scorecard of edition %(edition)s."), edition=edition)
    raise NotFoundError(N_("No scorecard is active. Activate one before scoring."))


def _chosen(row: Scorecard) -> ChosenCard:
    return ChosenCard(row.id, row.name, row.edition, row.state, parsed_card(row.definition), row.approved_at)


def _shipped_definition() -> dict[str, Any]:
    definition: dict[str, Any] = json.loads(files("services").joinpath(DEFAULT_CARD).read_text(encoding="utf-8"))
    return definition


def _ids_of(ctx: Context, customer_nos: Sequence[str]) -> list[int]:
    wanted = list(dict.fromkeys(customer_nos))
    rows = ctx.session.execute(
        select(CustomerKey.customer_no, CustomerKey.customer_id).where(CustomerKey.customer_no.in_(wanted))
    ).all()
    known = {row.customer_no: row.customer_id for row in rows}
    unknown = [one for one in wanted if one not in known]
    if unknown:
        raise NotFoundError(N_("No customer has the number %(no)s."), no=", ".join(unknown[:_NAMED]))
    return [known[one] for one in wanted]


def _compute(ctx: Context, card: Card, at: AsOf) -> None:
    """Lay the scores out as the temporary table `scored`: CREATE TABLE AS may use several processes, INSERT may not."""
    before = ctx.session.execute(text("SELECT current_setting('work_mem')")).scalar_one()
    ctx.session.execute(text("DROP TABLE IF EXISTS scored"))
    _set_work_mem(ctx, _WORK_MEM)
    query = score_query(card, at).compile(ctx.session.connection(), compile_kwargs={"render_postcompile": True})
    ctx.session.connection().exec_driver_sql(
        f"CREATE TEMPORARY TABLE scored ON COMMIT DROP AS {query.string}", query.params
    )
    _set_work_mem(ctx, str(before))


def _set_work_mem(ctx: Context, size: str) -> None:
    ctx.session.execute(text("SELECT set_config('work_mem', :size, true)"), {"size": size})


_ADD = """
INSERT INTO score (customer_id, scorecard_id, as_of, score, level, floor, coverage, dimensions, points, computed_at)
SELECT n.customer_id, :card, :as_of, n.score, n.level, n.floor, n.coverage, n.dimensions, n.points, :now
  FROM scored n
  LEFT JOIN (
      SELECT DISTINCT ON (s.customer_id) s.customer_id, s.score, s.level, s.floor, s.coverage, s.dimensions, s.points
        FROM score s JOIN scored m ON m.customer_id = s.customer_id
       WHERE s.as_of = :as_of AND s.scorecard_id = :card AND s.computed_at >= :since ORDER BY s.customer_id, s.id DESC
  ) old ON old.customer_id = n.customer_id
 WHERE old.customer_id IS NULL
    OR (old.score, old.level, old.floor, old.coverage) IS DISTINCT FROM (n.score, n.level, n.floor, n.coverage)
    OR old.points IS DISTINCT FROM n.points OR old.dimensions IS DISTINCT FROM n.dimensions
"""
_COPY_TO_CUSTOMER = """
UPDATE customer c SET risk_score = n.score, risk_level = n.level, scored_on = :as_of
  FROM scored n
 WHERE c.customer_id = n.customer_id AND (c.scored_on IS NULL OR c.scored_on <= :as_of)
   AND (c.risk_score, c.risk_level, c.scored_on) IS DISTINCT FROM (round(n.score, 4), n.level, CAST(:as_of AS date))
"""


def _store(ctx: Context, chosen: ChosenCard, as_of: dt.date) -> int:
    # What the card said in shadow is no score of record: once in force it says it again.
    since = chosen.approved_at or dt.datetime.min.replace(tzinfo=dt.UTC)
    values = {"card": chosen.id, "as_of": as_of, "now": ctx.now, "since": since}
    added = ctx.session.execute(text(_ADD), values).rowcount  # type: ignore[attr-defined]
    copied = 0
    if chosen.state == ScorecardState.ACTIVE.value:
        copied = ctx.session.execute(text(_COPY_TO_CUSTOMER), {"as_of": as_of}).rowcount  # type: ignore[attr-defined]
    if added or copied:
        data_versions.bump(ctx, "scores")
    if added:
        ledger.record(
            ctx, "score.computed", f"scorecard:{chosen.id}",
            after={"as_of": as_of, "scorecard": chosen.name, "edition": chosen.edition, "scores": added},
        )  # fmt: skip
    return int(added)


def _counted(ctx: Context, card: Card) -> tuple[dict[str | None, int], int]:
    """Customers by level, and how many have a coverage below the card's mark."""
    rows = ctx.session.execute(
        text("SELECT level, count(*), count(*) FILTER (WHERE coverage < :low) FROM scored GROUP BY level"),
        {"low": card.low_coverage},
    ).all()
    counted: dict[str | None, int] = {row[0]: row[1] for row in rows}
    return {level: counted.get(level, 0) for level in (*[one.value for one in RiskLevel], None)}, sum(
        row[2] for row in rows
    )
