"""A small table to be read, not worked with: all rows at once, every row a card on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st


def plain_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, figures: Sequence[int] = (), widths: Sequence[int] = ()
) -> None:
    """Draw a table. Cells are HTML (escape what people wrote), `head` is text; columns in `figures` stand right.

    `widths` are shares of the whole in per cent, for tables that stand under each other.
    """
    st.html(table_html(head, rows, figures=figures, widths=widths))


def table_html(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, figures: Sequence[int] = (), widths: Sequence[int] = ()
) -> str:
    """The table as HTML."""

    def kind(place: int) -> str:
        return ' class="gl-number"' if place in figures else ""

    names = "".join(f'<th scope="col"{kind(place)}>{escape(name)}</th>' for place, name in enumerate(head))
    body = "".join(
        "<tr>"
        + "".join(
            f'<td{kind(place)} data-name="{escape(head[place], quote=True)}">{cell}</td>'
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    columns = "".join(f'<col style="width: {width}%">' for width in widths)
    fixed = " gl-fixed" if widths else ""
    columns = f"<colgroup>{columns}</colgroup>" if widths else ""
    return (
        f'<table class="gl-table gl-figures{fixed}">{columns}<thead><tr>{names}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
