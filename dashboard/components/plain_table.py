"""A table to be read, as HTML: links stay in the window, figures line up, every row a card on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

#: Up to so many columns, whole cells find room in half a page.
_FEW = 5


@dataclass(frozen=True)
class Cell:
    """What a cell shows. `address` makes it a link; `html` is trusted markup (badges) shown instead of the text."""

    text: str = ""
    address: str | None = None
    html: str | None = None


@dataclass(frozen=True)
class Head:
    """A column's title; figures are right-aligned, whole ones (numbers of documents, days) are not broken over lines.

    `width` is the column's share of the whole in per cent, where it is fixed.
    """

    title: str
    is_figure: bool = False
    width: int | None = None
    is_whole: bool = False


def plain_table(heads: Sequence[Head], rows: Iterable[Sequence[Cell]]) -> None:
    """Draw a table. The caller says what stands there when it has no rows."""
    st.html(table_html(heads, rows))


def table_html(heads: Sequence[Head], rows: Iterable[Sequence[Cell]]) -> str:
    """The table as HTML (its looks: theme/tables.css)."""
    columns = "".join(f'<col style="width: {head.width}%">' for head in heads if head.width)
    top = "".join(f'<th scope="col"{_side(head)}>{escape(head.title)}</th>' for head in heads)
    body = "".join(
        "<tr>" + "".join(_cell(head, cell) for head, cell in zip(heads, row, strict=True)) + "</tr>" for row in rows
    )
    looks = f"gl-table gl-figures{' gl-fixed' if columns else ''}{' gl-few' if len(heads) <= _FEW else ''}"
    group = f"<colgroup>{columns}</colgroup>" if columns else ""
    return (
        f'<div class="gl-table-room"><table class="{looks}">{group}<thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _side(head: Head) -> str:
    if head.is_figure:
        return ' class="gl-right"'
    return ' class="gl-whole"' if head.is_whole else ""


def _cell(head: Head, cell: Cell) -> str:
    inside = cell.html if cell.html is not None else escape(cell.text)
    if cell.address is not None:
        inside = f'<a href="{escape(cell.address, quote=True)}" target="_self">{inside}</a>'
    return f'<td{_side(head)} data-title="{escape(head.title, quote=True)}">{inside}</td>'
