"""Numbers as people and systems write them: separators, currency signs, units, brackets for negative, percent."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

import polars as pl

from services.errors import N_
from services.imports.cells import Parsed, Problem, blanked, narrow, put_back, unread
from services.imports.columns import Column, ColumnType

#: Wide enough for any amount while it is checked; stored as numeric(20, 4) and numeric(12, 6).
_WIDE = {
    ColumnType.AMOUNT: pl.Decimal(38, 4),
    ColumnType.INTEGER: pl.Decimal(38, 4),
    ColumnType.RATIO: pl.Decimal(38, 6),
}
_STORED = {ColumnType.AMOUNT: pl.Decimal(20, 4), ColumnType.INTEGER: pl.Int64(), ColumnType.RATIO: pl.Decimal(12, 6)}
_GROUPED = r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$"
_CURRENCY = r"(?:人民币|人民幣|美元|欧元|歐元|港币|港幣|港元|[A-Z]{1,3}\$|[A-Z]{3}|[¥$€£₩₹₽]){0,2}"
_WRITTEN = (
    rf"^(?P<open>\()?(?P<sign>[+-])?{_CURRENCY}(?P<inner>[+-])?(?P<core>\d[\d.,'’]*|\.\d+)(?P<power>[eE][+-]?\d{{1,2}})?"
    rf"(?P<unit>[亿億万萬])?(?:元|圆|圓|块)?(?:整|正)?{_CURRENCY}(?P<percent>%)?(?P<after>-)?(?P<close>\))?$"
)
#: Digit groups of three, of four (万), and of two before the last three (lakh).
_GROUPS = r"^(?:\d{1,3}(?:,\d{3})+|\d{1,4}(?:,\d{4})+|\d{1,2}(?:,\d{2})+,\d{3}|\d{1,3}(?:['’]\d{3})+)(?:\.\d*)?$"
_PLAIN = r"^(?:\d+\.?\d*|\.\d+)$"
_COMMA_DECIMAL = r"^(?:\d{1,3}(?:\.\d{3})+,\d+|\d+,\d{1,2}|\d{1,3}(?:\.\d{3}){2,})$"
_POINT_DECIMAL = r"\.(?:\d{1,2}|\d{4,})$"
_EITHER = r"^[+-]?\d{1,3}\.\d{3}$"
_FACTORS = {"亿": 10**8, "億": 10**8, "万": 10**4, "萬": 10**4}

_CORE = r"(\d[\d.,]*)"
#: Cells with a comma must be this many times commoner than those with a point to be read as decimals.
_CLEAR_MAJORITY = 20

NOT_A_NUMBER = N_("This is not a number.")
MIXED_POINTS = N_("The column writes decimals both with a comma and with a point; this one can't be told.")
NOT_WHOLE = N_("This must be a whole number.")
OUT_OF_RANGE = N_("This must lie between %(minimum)s and %(maximum)s.")


class DecimalMark(Enum):
    """What parts a column's decimals off."""

    POINT = "point"
    COMMA = "comma"
    MIXED = "mixed"


def parse_number(cells: pl.Series, column: Column, factor: Decimal | None = None) -> Parsed:
    """Typed values of an amount, integer or ratio column; `factor` is the unit that its header names."""
    wide = _WIDE[column.type]
    values = cells.cast(wide, strict=False)
    unclear = pl.repeat(False, len(cells), dtype=pl.Boolean, eager=True)
    places = unread(cells, values)
    if len(places):
        hard = _compact(cells.gather(places))
        mark = _decimal_mark(cells.filter(values.is_not_null()), hard)
        values = put_back(values, places, _written(hard, wide, is_share=column.maximum == 1, mark=mark))
        if mark is DecimalMark.COMMA:
            values = _thousands_of_points(cells, values)
        if mark is DecimalMark.MIXED:
            unclear = unclear.scatter(places, hard.str.extract(_CORE).str.contains(_COMMA_DECIMAL).fill_null(False))
    if factor is not None:
        values = (values * factor).cast(wide, strict=False)
    wrong = cells.is_not_null() & values.is_null()
    return _checked(values, column, [Problem(wrong & ~unclear, NOT_A_NUMBER), Problem(wrong & unclear, MIXED_POINTS)])


def _compact(cells: pl.Series) -> pl.Series:
    """Cells in plain width without blanks, with the plain minus sign."""
    return narrow(cells).str.replace_all(r"[\s_\u2009\u202f]", "").str.replace_all("−", "-", literal=True)


def _decimal_mark(read: pl.Series, hard: pl.Series) -> DecimalMark:
    """The decimal mark of a column, by the cells that can only be read in one way; `read` are plain numbers already."""
    core = hard.str.extract(_CORE)
    commas = int(core.str.contains(_COMMA_DECIMAL).sum())
    if not commas:
        return DecimalMark.POINT
    points = int(read.str.contains(_POINT_DECIMAL).sum()) + int(core.str.contains(r",\d{3}\.\d").sum())
    return DecimalMark.COMMA if commas >= _CLEAR_MAJORITY * points else DecimalMark.MIXED


def _thousands_of_points(cells: pl.Series, values: pl.Series) -> pl.Series:
    """In a column with decimal commas "1.234" is one thousand two hundred and thirty-four."""
    places = cells.str.contains(_EITHER).fill_null(False).arg_true()
    if not len(places):
        return values
    return put_back(values, places, cells.gather(places).str.replace(".", "", literal=True).cast(values.dtype))


def _written(hard: pl.Series, wide: pl.DataType, *, is_share: bool, mark: DecimalMark) -> pl.Series:
    """Read numbers that are not plain digits; null for what is none."""
    simple = hard.str.contains(_GROUPED)
    if simple.all():
        return hard.str.replace_all(",", "", literal=True).cast(wide, strict=False)
    frame = pl.DataFrame({"cell": hard}).select(pl.col("cell").str.extract_groups(_WRITTEN)).unnest("cell")
    core = pl.col("core")
    marks = core.str.replace_all(r"[,'’]", "")
    digits: pl.Expr = pl.when(core.str.contains(_PLAIN)).then(core).when(core.str.contains(_GROUPS)).then(marks)
    if mark is DecimalMark.COMMA:
        swapped = core.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
        digits = pl.when(core.str.contains(_COMMA_DECIMAL) | core.str.contains(_EITHER)).then(swapped).otherwise(digits)
    minus = pl.concat_str("open", "sign", "inner", "after", ignore_nulls=True).str.contains(r"[(-]")
    unit = pl.col("unit").replace_strict(_FACTORS, default=1, return_dtype=pl.Int64)
    factor = unit.cast(pl.Decimal(38, 0))
    size = (digits + pl.col("power").fill_null("")).cast(pl.Decimal(38, 10), strict=False) * factor
    share = pl.when(pl.col("percent").is_not_null() & is_share).then(size / Decimal(100)).otherwise(size)
    signs = pl.sum_horizontal(pl.col("sign", "inner", "after").is_not_null().cast(pl.Int8))
    whole = (pl.col("open").is_null() == pl.col("close").is_null()) & (signs <= 1)
    signed = pl.when(minus).then(-share).otherwise(share)
    return frame.select(pl.when(whole).then(signed).cast(wide, strict=False)).to_series()


def _checked(values: pl.Series, column: Column, problems: list[Problem]) -> Parsed:
    """Range and wholeness, then the type that is stored."""
    if column.type is ColumnType.INTEGER:
        broken = (values != values.round(0)).fill_null(False)
        if broken.any():
            problems.append(Problem(broken, NOT_WHOLE))
            values = blanked(values, broken)
    low, high = column.minimum, column.maximum
    outside = ((values < low) | (values > high)).fill_null(False)
    if outside.any():
        problems.append(Problem(outside, OUT_OF_RANGE, {"minimum": _shown(low), "maximum": _shown(high)}))
        values = blanked(values, outside)
    return Parsed(values.cast(_STORED[column.type], strict=True), tuple(one for one in problems if one.mask.any()))


def _shown(bound: Decimal | None) -> str:
    return "" if bound is None else f"{bound:,}"
