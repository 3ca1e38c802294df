"""A scorecard as SQL: bins become CASE trees, and one SELECT scores one customer or a million (rules.py says the same).

Each step is a subquery ended by OFFSET 0, without which Postgres would paste an expression into every place that uses
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Label,
    Numeric,
    Subquery,
    Text,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION, JSONB

from services.scoring.card import LEVELS, Bin, DimensionCard, Indicator, Scorecard
from services.scoring.indicators import MEASURES
from services.scoring.indicators.credit import listings, worst_overdue_days
from services.scoring.indicators.measure import AsOf, Query
from services.scoring.rules import PLACES

Expression = ColumnElement[Any]
_FLOAT: DOUBLE_PRECISION[float] = DOUBLE_PRECISION()


def values_query(card: Scorecard, at: AsOf) -> Query:
    """One row a customer: `customer_id`, each indicator's value by its code, each floor's truth as `floor_N`."""
    columns: list[Label[Any]] = []
    for one in card.indicators:
        value = MEASURES[one.code].expression(at, one)
        columns.append(cast(value, Text() if one.is_category else _FLOAT).label(one.code))
    for place, floor in enumerate(card.floors):
        if floor.overdue_days is None:
            listing = listings(at)
            applies = at.each(listing, func.bool_or(listing.c.stands))
        else:
            applies = worst_overdue_days(at) >= floor.overdue_days
        columns.append(func.coalesce(applies, False).label(floor_name(place)))
    return at.query(columns)


def floor_name(place: int) -> str:
    """The column that says whether the card's floor at this place applies."""
    return f"floor_{place}"


def scored_query(card: Scorecard, values: FromClause) -> Query:
    """`customer_id, score, level, floor, coverage, dimensions, points, floor_level` from rows of `values_query`."""
    pointed = _fenced(_own_points(card, values), "pointed")
    parts = _fenced(_dimension_parts(card, pointed), "part")
    totals = _fenced(_totals(card, parts), "total")
    banded = _fenced(select(*totals.c, _level(card, totals).label("band")), "banded")
    graded = _fenced(select(*banded.c, _floor(card, banded).label("floor")), "graded")
    return select(
        graded.c.customer_id,
        graded.c.score,
        _floored_level(card, graded).label("level"),
        graded.c.floor,
        graded.c.coverage,
        _dimensions_json(card, graded).label("dimensions"),
        _points_json(card, graded).label("points"),
        _highest_floor(card, graded).label("floor_level"),
    )


def score_query(card: Scorecard, at: AsOf) -> Query:
    """Scores of the customers that `at` concerns, straight from the raw tables."""
    return scored_query(card, _fenced(values_query(card, at), "value"))


def _fenced(query: Query, name: str) -> Subquery:
    return query.offset(literal_column("0")).subquery(name)


def _number(value: float) -> Expression:
    """A number of the card, which parsed_card has checked, as a constant that Postgres need not convert."""
    return literal_column(f"'{float(value)!r}'::float8", _FLOAT)


def _sum(terms: Sequence[Expression]) -> Expression:
    """Added from left to right, as rules.py does: the order decides the last digit."""
    total = terms[0]
    for one in terms[1:]:
        total = total + one
    return total


def _case_tree(value: Expression, bins: Sequence[Bin]) -> Expression:
    """A balanced tree of comparisons: three for eight bins."""
    if len(bins) == 1:
        return _number(bins[0].points)
    middle = len(bins) // 2
    edge = bins[middle - 1].upto
    assert edge is not None  # noqa: S101  (only the last bin has none)
    return case((value < _number(edge), _case_tree(value, bins[:middle])), else_=_case_tree(value, bins[middle:]))


def points_expression(value: Expression, indicator: Indicator) -> Expression:
    """The points of a value of its own; null where it is unknown or no category of the card."""
    if indicator.is_category:
        return case(*((value == name, _number(points)) for name, points in indicator.categories.items()))
    return case((value.is_(None), null()), else_=_case_tree(value, indicator.bins))


def _own_points(card: Scorecard, values: FromClause) -> Query:
    points = [points_expression(values.c[one.code], one).label(f"own_{one.code}") for one in card.indicators]
    return select(*values.c, *points)


def _carried(card: Scorecard, rows: FromClause) -> list[Expression]:
    codes = [rows.c[one.code] for one in card.indicators]
    return [rows.c.customer_id, *codes, *(rows.c[floor_name(place)] for place in range(len(card.floors)))]


def _weight_where(indicator: Indicator, points: Expression) -> Expression:
    return case((points.is_(None), _number(0)), else_=_number(indicator.weight))


def _dimension_parts(card: Scorecard, rows: FromClause) -> Query:
    """With stand-ins: `points_CODE`; by dimension `score_NAME` (unrounded) and `coverage_NAME`."""
    columns: list[Expression] = []
    for dimension in card.dimensions:
        own = {one.code: rows.c[f"own_{one.code}"] for one in dimension.indicators}
        is_known = or_(*(rows.c[f"own_{one.code}"].is_not(None) for one in card.evidence_for(dimension)))
        points = {one.code: _stood_in(one, own[one.code], is_known) for one in dimension.indicators}
        reached = _sum(
            [func.coalesce(points[one.code] * _number(one.weight), _number(0)) for one in dimension.indicators]
        )
        counted = _sum([_weight_where(one, points[one.code]) for one in dimension.indicators])
        covered = _sum([_weight_where(one, own[one.code]) for one in dimension.indicators])
        columns += [points[one.code].label(f"points_{one.code}") for one in dimension.indicators]
        columns.append((reached / func.nullif(counted, _number(0))).label(f"score_{dimension.name}"))
        columns.append(
            (covered / _sum([_number(one.weight) for one in dimension.indicators])).label(f"coverage_{dimension.name}")
        )
    return select(*_carried(card, rows), *columns)


def _stood_in(indicator: Indicator, own: Expression, is_known: ColumnElement[bool]) -> Expression:
    if indicator.missing is None:
        return own
    return func.coalesce(own, case((is_known, _number(indicator.missing))))


def _totals(card: Scorecard, rows: FromClause) -> Query:
    """`score`, `coverage` (rounded) and `known`: the weight of the dimensions with data."""
    score = {one.name: rows.c[f"score_{one.name}"] for one in card.dimensions}
    reached = _sum([func.coalesce(score[one.name] * _number(one.weight), _number(0)) for one in card.dimensions])
    known = _sum([_known_weight(one, score[one.name]) for one in card.dimensions])
    covered = _sum([rows.c[f"coverage_{one.name}"] * _number(one.weight) for one in card.dimensions])
    whole = _sum([_number(one.weight) for one in card.dimensions])
    return select(
        *rows.c,
        known.label("known"),
        _rounded(reached / func.nullif(known, _number(0))).label("score"),
        _rounded(covered / whole).label("coverage"),
    )


def _known_weight(dimension: DimensionCard, score: Expression) -> Expression:
    return case((score.is_(None), _number(0)), else_=_number(dimension.weight))


def _rounded(value: Expression) -> Expression:
    return func.round(cast(value, Numeric), PLACES, type_=Numeric)


def _level(card: Scorecard, totals: FromClause) -> Expression:
    """The place of the score's level among LEVELS, null without a score."""
    bands = (card.bands.critical, card.bands.high, card.bands.medium)
    score = totals.c.score
    return case(
        (score.is_(None), null()),
        *(
            (score >= literal_column(f"'{edge!r}'::numeric", Numeric), place)
            for edge, place in zip(bands, (3, 2, 1), strict=True)
        ),
        else_=0,
    )


def _floor(card: Scorecard, rows: FromClause) -> Expression:
    """The floor that holds the level: of those that apply the highest, the card's first among equals.

    A lower floor never takes over: where the highest that applies does not reach the level, none does.
    """
    ranks = [LEVELS.index(one.level) for one in card.floors]
    reached = func.coalesce(rows.c.band, 0)
    holds = [
        (rows.c[floor_name(place)], case((reached <= ranks[place], card.floors[place].when)))
        for place in sorted(range(len(card.floors)), key=lambda place: -ranks[place])
    ]
    return cast(case(*holds) if holds else null(), Text())


def _highest_floor(card: Scorecard, rows: FromClause) -> Expression:
    """The highest level of the floors that apply, whether they hold the level or lie below it; null without one."""
    places = sorted(range(len(card.floors)), key=lambda place: -LEVELS.index(card.floors[place].level))
    applying = [(rows.c[floor_name(place)], card.floors[place].level.value) for place in places]
    return cast(case(*applying) if applying else null(), Text())


def _floored_level(card: Scorecard, rows: FromClause) -> Expression:
    highest: dict[str, str] = {}
    for one in sorted(card.floors, key=lambda each: LEVELS.index(each.level)):
        highest[one.when] = one.level.value
    named = [(rows.c.band == place, name.value) for place, name in enumerate(LEVELS)]
    return cast(case(*((rows.c.floor == when, name) for when, name in highest.items()), *named), Text())


def _json_number(value: Expression) -> Expression:
    return func.coalesce(cast(func.trim_scale(_rounded(value)), Text()), "null")


def _object(parts: Sequence[Expression]) -> Expression:
    """A JSON object from its members as text, null ones left out. Far cheaper than jsonb_build_object."""
    return cast(func.concat("{", func.concat_ws(",", *parts), "}"), JSONB)


def _dimensions_json(card: Scorecard, totals: FromClause) -> Expression:
    members = []
    for one in card.dimensions:
        score, coverage = totals.c[f"score_{one.name}"], totals.c[f"coverage_{one.name}"]
        weight = case((score.is_(None), _number(0)), else_=_number(100.0 * one.weight) / totals.c.known)
        members.append(
            func.concat(
                f'"{one.name}":{{"score":', _json_number(score), ',"weight":', _json_number(weight),
                ',"coverage":', _json_number(coverage), "}",
            )
        )  # fmt: skip
    return _object(members)


def _points_json(card: Scorecard, totals: FromClause) -> Expression:
    """Each indicator with points; `value` null marks a stand-in. Without points it is left out."""
    members = []
    for one in card.indicators:
        value, points = totals.c[one.code], totals.c[f"points_{one.code}"]
        shown = func.coalesce(cast(func.to_json(value) if one.is_category else value, Text()), "null")
        text = func.concat(f'"{one.code}":{{"value":', shown, ',"points":', cast(points, Text()), "}")
        members.append(case((points.is_not(None), text)))
    return _object(members)
