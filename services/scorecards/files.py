"""A scorecard as a file: the JSON that docs/scorecard.md describes, out and in again unchanged, and XLSX to read."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from services.errors import N_, WrongFileError
from services.scorecards.rows import ScorecardDetail
from services.scoring.card import Indicator, Scorecard
from services.scoring.card_reading import CardFault, read_card

_MOST_BYTES = 2_000_000


@dataclass(frozen=True)
class CardFile:
    """A file that was read. `definition` is a card where `faults` is empty; all faults are named at once."""

    definition: Mapping[str, Any]
    card: Scorecard | None
    faults: tuple[CardFault, ...]


def as_json(detail: ScorecardDetail) -> bytes:
    """The definition as a file that `read_file` reads back to the same card."""
    return (json.dumps(detail.definition, ensure_ascii=False, indent=2) + "\n").encode()


def read_file(content: bytes) -> CardFile:
    """What a file says, with everything that keeps it from being a card.

    Raises:
        WrongFileError: it is no JSON object in UTF-8 at all.
    """
    if len(content) > _MOST_BYTES:
        raise WrongFileError(N_("This file is too large for a scorecard."))
    try:
        definition = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise WrongFileError(
            N_("This file is no scorecard: it has to be JSON in UTF-8, as the export writes it.")
        ) from error
    if not isinstance(definition, dict):
        raise WrongFileError(N_("This file is no scorecard: it has to be JSON in UTF-8, as the export writes it."))
    card, faults = read_card(definition)
    return CardFile(definition, card, faults)


def _no_number(name: str) -> float:
    raise ValueError(name)


_HEADS = (
    "dimension",
    "dimension weight",
    "indicator",
    "name",
    "weight",
    "window days",
    "missing",
    "from",
    "upto",
    "points",
)


def as_workbook(card: Scorecard) -> bytes:
    """One row for each bin or category, then bands and floors: to read and to print, not to bring in again."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("scorecard")
    sheet.write_row(0, 0, _HEADS, bold)
    for place, row in enumerate(_bin_rows(card), start=1):
        sheet.write_row(place, 0, row)
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    levels = book.add_worksheet("levels")
    levels.write_row(0, 0, ("level", "from score", "floor"), bold)
    rows: list[tuple[str, float | str, str]] = [
        (name, getattr(card.bands, name), "") for name in ("medium", "high", "critical")
    ]
    rows += [(one.level.value, "", one.when) for one in card.floors]
    for place, row in enumerate(rows, start=1):
        levels.write_row(place, 0, row)
    book.close()
    return target.getvalue()


def _bin_rows(card: Scorecard) -> Iterator[tuple[Any, ...]]:
    for dimension in card.dimensions:
        for one in dimension.indicators:
            for low, high, points in _bins(one):
                yield (
                    dimension.name, dimension.weight, one.code, one.label.get("en", one.code), one.weight,
                    one.window_days, one.missing, low, high, points,
                )  # fmt: skip


def _bins(one: Indicator) -> Iterator[tuple[float | str | None, float | None, float]]:
    low: float | None = None
    for each in one.bins:
        yield low, each.upto, each.points
        low = each.upto
    for name, points in one.categories.items():
        yield name, None, points
