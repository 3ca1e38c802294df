"""Codes as people write them: enumerations with their Chinese names, yes and no, currencies."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import polars as pl

from services.errors import N_
from services.imports.cells import NOTHING_TYPED, Parsed, Problem, blanked
from services.imports.columns import Column
from services.imports.encoding import folded

_YES = (
    "true",
    "yes",
    "y",
    "t",
    "1",
    "1.0",
    "是",
    "有",
    "真",
    "√",
    "✓",
    "✔",
    "x",
    "对",
    "對",
    "属实",
    "屬實",
    "成立",
    "有争议",
    "有爭議",
)
_NO = ("false", "no", "n", "f", "0", "0.0", "否", "无", "無", "没有", "沒有", "假", "×", "✗", "错", "錯",
       "不属实", "不屬實", "不成立", "无争议", "無爭議")  # fmt: skip
_CURRENCIES = {
    "人民币": "CNY", "人民幣": "CNY", "RMB": "CNY", "CNH": "CNY", "元": "CNY", "¥": "CNY", "美元": "USD", "美金": "USD",
    "$": "USD", "US$": "USD", "欧元": "EUR", "歐元": "EUR", "€": "EUR", "港币": "HKD", "港幣": "HKD", "港元": "HKD",
    "HK$": "HKD", "新台币": "TWD", "新台幣": "TWD", "台币": "TWD", "台幣": "TWD", "NT$": "TWD", "NTD": "TWD",
    "日元": "JPY", "日圆": "JPY", "日圓": "JPY", "英镑": "GBP", "英鎊": "GBP", "£": "GBP",
}  # fmt: skip
_CODE = re.compile(r"[A-Z]{3}")

UNKNOWN_CHOICE = N_("This is not one of: %(accepted)s.")
NOT_YES_OR_NO = N_("This must be yes or no.")
NOT_A_CURRENCY = N_("This is not a currency code of three letters, such as CNY.")


def parse_choice(cells: pl.Series, column: Column) -> Parsed:
    """Codes of an enumeration."""
    codes = {folded(code): code for code in column.choices}
    codes |= {folded(written): code for written, code in column.synonyms.items()}
    accepted = ", ".join(column.choices)
    return _coded(cells, lambda cell: codes.get(folded(cell)), pl.String(), UNKNOWN_CHOICE, accepted=accepted)


def parse_boolean(cells: pl.Series) -> Parsed:
    """True and false. "无" and "無" are read as no, although elsewhere they mean nothing."""
    answers = {**{_lower(word): True for word in _YES}, **{_lower(word): False for word in _NO}}
    return _coded(cells, lambda cell: answers.get(_lower(cell)), pl.Boolean(), NOT_YES_OR_NO)


def parse_currency(cells: pl.Series) -> Parsed:
    """ISO 4217 codes."""

    def code(cell: str) -> str | None:
        written = folded_width(cell).upper()
        known = _CURRENCIES.get(written, written)
        return known if _CODE.fullmatch(known) else None

    return _coded(cells, code, pl.String(), NOT_A_CURRENCY)


def folded_width(cell: str) -> str:
    """A cell in plain width, without surrounding blanks."""
    return unicodedata.normalize("NFKC", cell).strip()


def _lower(cell: str) -> str:
    return folded_width(cell).casefold()


def _coded(
    cells: pl.Series, code_of: Callable[[str], object], dtype: pl.DataType, template: str, **params: str
) -> Parsed:
    """Look each distinct cell up once. Cells without a code that say "nothing" become blank, others are problems."""
    distinct = cells.drop_nulls().unique().to_list()
    codes = {cell: code_of(cell) for cell in distinct}
    values = cells.replace_strict(codes, default=None, return_dtype=dtype) if codes else cells.cast(dtype)
    nothing = cells.is_in([cell for cell, code in codes.items() if code is None and cell in NOTHING_TYPED])
    cells = blanked(cells, nothing) if nothing.any() else cells
    wrong = cells.is_not_null() & values.is_null()
    return Parsed(values, (Problem(wrong, template, params),) if wrong.any() else ())
