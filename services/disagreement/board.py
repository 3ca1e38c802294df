"""Reads of the disagreement board: agreement by group, who was right, the rows behind (SPEC 9.3, clause 2.2)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import text

from services.access import ensure_may, may
from services.context import Actor, Context
from services.disagreement.agreement import Agreement, agreement_of
from services.disagreement.pairs import CONDITIONS, HARDER, SOFTER, pairs_sql
from services.errors import N_, RefusedError
from services.metrics.rows import Column, Cursor, RowPage
from services.metrics.span import Span

MONTH, DEPARTMENT, PERSON, DIMENSION = "month", "department", "person", "dimension"
GROUPINGS = (MONTH, DEPARTMENT, PERSON, DIMENSION)
PAGE_SIZE = 50
_BATCH = 1_000
#: Roles that see every assessor by name; everybody else sees their own figures only.
SEE_PERSON = "assessment.see_person"


@dataclass(frozen=True)
class PairFilter:
    """Which pairs: None leaves a field open. `person` is `name@DEPARTMENT`, dimension "" one that nothing drives."""

    department: str | None = None
    direction: str | None = None
    initial: str | None = None
    final: str | None = None
    person: str | None = None
    dimension: str | None = None
    came: str | None = None


@dataclass(frozen=True)
class Group:
    """The agreement of one group; a key that was not grouped by is None. Grouped by dimension, agreeing pairs are left
    out, and dimension "" holds those of which no dimension is known."""

    month: dt.date | None
    department: str | None
    person: str | None
    dimension: str | None
    agreement: Agreement


@dataclass(frozen=True)
class Verdict:
    """Who was right where the grades disagree: pairs of one direction whose time is over, by whose prediction held.

    High and critical predict a bad customer. `both` and `neither` predicted the same. `open`: the window has not ended;
    `excluded`: the customer was already bad.
    """

    direction: str
    final_only: int
    initial_only: int
    both: int
    neither: int
    open: int
    excluded: int

    @property
    def decided(self) -> int:
        """Pairs of which the outcome tells who was right."""
        return self.final_only + self.initial_only

    @property
    def matured(self) -> int:
        """Pairs whose window has ended, the excluded ones apart."""
        return self.decided + self.both + self.neither


_COLUMNS = (
    Column("customer_no", "customer_no"), Column("customer", "text"), Column("department", "department"),
    Column("initial_on", "date"), Column("person", "text"), Column("initial_level", "risk_level_short"),
    Column("final_on", "date"), Column("reviewed_by", "text"), Column("final_level", "risk_level_short"),
    Column("steps", "steps"), Column("dimension", "dimension"), Column("came", "pair_outcome"),
)  # fmt: skip
_PEOPLE = frozenset({"person", "reviewed_by"})


# --- reads


def sees_people(actor: Actor) -> bool:
    """Whether the actor sees how each person assesses: risk management, internal audit and leadership do."""
    return may(actor, SEE_PERSON)


def disagreement(
    ctx: Context, span: Span, by: Iterable[str] = (), narrow: PairFilter | None = None
) -> tuple[Group, ...]:
    """The agreement of the pairs whose final assessment lies in the period, by month, department, person, dimension.

    Grouped by person, those who may not see other people see themselves only.

    Raises:
        RefusedError: an unknown grouping.
    """
    ensure_may(ctx, "assessment.read")
    wanted = frozenset(by)
    if unknown := wanted - set(GROUPINGS):
        raise RefusedError(
            N_("Disagreement can't be grouped by %(name)s. Choose among month, department, person and dimension."),
            name=", ".join(sorted(unknown)),
        )
    keys = {
        MONTH: "date_trunc('month', final_on)::date", DEPARTMENT: "department",
        PERSON: "coalesce(person, '') || '@' || department", DIMENSION: "coalesce(dimension, '')",
    }  # fmt: skip
    shown = ", ".join(keys[name] if name in wanted else "NULL" for name in GROUPINGS)
    where, values = _where(ctx, narrow or PairFilter(), own_only=PERSON in wanted)
    if DIMENSION in wanted:
        where += " AND direction <> 'same'"
    head = pairs_sql(with_dimension=DIMENSION in wanted or bool(narrow and narrow.dimension is not None))
    rows = ctx.session.execute(
        text(
            f"{head} SELECT {shown}, initial_level, final_level, count(*) FROM pair WHERE {where} "  # noqa: S608
            "GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4"
        ),
        _span_values(span) | values,
    )
    cells: dict[tuple[Any, ...], list[tuple[str, str, int]]] = defaultdict(list)
    for *key, initial, final, number in rows:
        cells[tuple(key)].append((initial, final, number))
    return tuple(
        Group(month, department, person, dimension, agreement_of(found))
        for (month, department, person, dimension), found in cells.items()
    )


def who_was_right(ctx: Context, span: Span, narrow: PairFilter | None = None) -> tuple[Verdict, ...]:
    """Of the pairs that disagree, softer and harder initial grades: whose prediction came true, as known today."""
    ensure_may(ctx, "assessment.read")
    chosen = narrow or PairFilter()
    where, values = _where(ctx, chosen)
    head = pairs_sql(with_dimension=chosen.dimension is not None, with_outcome=True)
    predicts = "{} IN ('high', 'critical')"
    statement = (
        f"{head} SELECT direction, came, {predicts.format('initial_level')}, {predicts.format('final_level')}, "  # noqa: S608
        f"count(*) FROM judged WHERE direction <> 'same' AND {where} GROUP BY 1, 2, 3, 4"
    )
    found = {name: dict.fromkeys(_parts(), 0) for name in (SOFTER, HARDER)}
    for direction, came, initial, final, number in ctx.session.execute(
        text(statement), _span_values(span) | {"as_of": ctx.today} | values
    ):
        found[direction][right_one(came, initial, final)] += number
    return tuple(Verdict(name, **parts) for name, parts in found.items())


def right_one(came: str, initial_says_bad: bool, final_says_bad: bool) -> str:
    """Whose prediction held, by what came of the customer: the field of Verdict that counts it."""
    if came in {"open", "excluded"}:
        return came
    is_bad = came == "bad"
    held = (initial_says_bad == is_bad, final_says_bad == is_bad)
    return {(True, True): "both", (True, False): "initial_only", (False, True): "final_only"}.get(held, "neither")


def unpaired(ctx: Context, span: Span) -> int:
    """Final assessments of the period that no initial one precedes: they are in no figure of the board."""
    ensure_may(ctx, "assessment.read")
    finals = ctx.session.execute(
        text(
            "SELECT count(*) FROM assessment "
            "WHERE stage = 'final' AND state = 'final' AND NOT is_superseded "
            "AND assessed_on BETWEEN :first AND :ends_on"
        ),
        _span_values(span),
    ).scalar_one()
    counting = f"{pairs_sql()} SELECT count(*) FROM pair"  # noqa: S608
    paired = ctx.session.execute(text(counting), _span_values(span)).scalar_one()
    return int(finals - paired)


def months_with_pairs(ctx: Context) -> tuple[dt.date, dt.date] | None:
    """The first and the last month in which something was finalised; None before the first."""
    row = ctx.session.execute(
        text(
            "SELECT date_trunc('month', min(assessed_on))::date, date_trunc('month', max(assessed_on))::date "
            "FROM assessment WHERE stage = 'final' AND state = 'final'"
        )
    ).one()
    return None if row[0] is None else (row[0], row[1])


def pair_columns(actor: Actor) -> tuple[Column, ...]:
    """The columns of the rows behind a figure; people only for those who may see them."""
    return tuple(one for one in _COLUMNS if sees_people(actor) or one.name not in _PEOPLE)


def pair_rows(
    ctx: Context, span: Span, narrow: PairFilter | None = None, after: Cursor | None = None, limit: int = PAGE_SIZE
) -> RowPage:
    """One page of the pairs behind a figure: those furthest apart first, then the newest."""
    columns = pair_columns(ctx.actor)
    found = list(_selection(ctx, span, narrow or PairFilter(), after, limit + 1))
    shown = found[:limit]
    last = shown[-1] if shown else None
    return RowPage(
        columns, tuple(tuple(row[4:]) for row in shown),
        (str(last.rank), last.customer_id, last.id) if last and len(found) > limit else None,
        found[0].total if found else 0,
    )  # fmt: skip


def all_pair_rows(ctx: Context, span: Span, narrow: PairFilter | None = None) -> Iterator[tuple[Any, ...]]:
    """All pairs behind a figure, streamed, for a file.

    Raises:
        NotAllowedError: the role may not take data out.
    """
    ensure_may(ctx, "export.run")
    for batch in _selection(ctx, span, narrow or PairFilter(), None, None).partitions(_BATCH):
        yield from (tuple(row[4:]) for row in batch)


def _selection(ctx: Context, span: Span, narrow: PairFilter, after: Cursor | None, limit: int | None) -> Any:  # noqa: ANN401
    ensure_may(ctx, "assessment.read")
    where, values = _where(ctx, narrow)
    names = ", ".join(one.name for one in pair_columns(ctx.actor))
    rank, customer_id, pair_id = after or (None, None, None)
    statement = (
        f"{pairs_sql(with_dimension=True, with_outcome=True)}, chosen AS ("  # noqa: S608
        "SELECT (9 - abs(steps)) * 10000000 + (DATE '9999-12-31' - final_on) AS rank, customer_id, id, "
        f"count(*) OVER () AS total, {names} FROM (SELECT j.*, c.customer_no, "
        "CASE WHEN c.kind = 'company' THEN c.name ELSE c.customer_no END AS customer "
        f"FROM judged j JOIN customer c ON c.customer_id = j.customer_id) j WHERE {where}) "
        "SELECT * FROM chosen WHERE CAST(:rank AS bigint) IS NULL OR (rank, customer_id, id) > "
        "(CAST(:rank AS bigint), CAST(:customer_id AS bigint), CAST(:id AS bigint)) "
        "ORDER BY rank, customer_id, id LIMIT :limit"
    )
    return ctx.session.execute(
        text(statement),
        _span_values(span)
        | {"as_of": ctx.today, "rank": rank, "customer_id": customer_id, "id": pair_id, "limit": limit}
        | values,
    )


def _where(ctx: Context, narrow: PairFilter, *, own_only: bool = False) -> tuple[str, dict[str, Any]]:
    """The conditions of a filter. Other people are asked for by those only who may see them."""
    chosen = {one.name: getattr(narrow, one.name) for one in fields(narrow) if getattr(narrow, one.name) is not None}
    if (own_only or "person" in chosen) and not ctx.is_system and not sees_people(ctx.actor):
        chosen["person"] = f"{ctx.actor.name}@{ctx.actor.department_code}"
    return " AND ".join(["true", *(CONDITIONS[name] for name in chosen)]), chosen


def _span_values(span: Span) -> dict[str, Any]:
    return {"first": span.first, "ends_on": span.ends_on}


def _parts() -> tuple[str, ...]:
    return tuple(one.name for one in fields(Verdict) if one.name != "direction")
