"""Sentences about matches: why two resemble each other, and what was found where."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rapidfuzz.distance import Levenshtein

from dashboard.i18n import _, format_percent
from dashboard.labels import label
from services.screening import Feature


def feature_text(one: Feature) -> str:
    """A feature in words."""
    return _(one.text) % {name: format_percent(value, 0) for name, value in one.params.items()}


def found_text(grade: str | None, list_source: str | None, number: str) -> str:
    """Where a match stands: a listed customer with its grade, or a list with the entry's number."""
    if list_source:
        return f"{list_source} {number}"
    return f"{number} ({_('Listed: %(grade)s') % {'grade': label('grade', grade)}})" if grade else number


def share_text(one: Feature) -> str:
    """What a feature adds to the likeness, with its sign."""
    return f"{'+' if one.share > 0 else ''}{format_percent(one.share, 0)}" if one.share else format_percent(0, 0)


def features_html(features: Sequence[Feature]) -> str:
    """Features with what each adds, the weightiest first."""
    ordered = sorted(features, key=lambda one: -abs(one.share))
    rows = "".join(
        f"<li><span>{escape(feature_text(one))}</span><b>{escape(share_text(one))}</b></li>" for one in ordered
    )
    return f'<ul class="gl-features gl-figures">{rows}</ul>'


def marked_names(mine: str, theirs: str) -> tuple[str, str]:
    """Both names as HTML, what differs marked."""
    out_mine, out_theirs = "", ""
    for step in Levenshtein.opcodes(mine, theirs):
        one, other = mine[step.src_start : step.src_end], theirs[step.dest_start : step.dest_end]
        if step.tag == "equal":
            out_mine, out_theirs = out_mine + escape(one), out_theirs + escape(other)
        else:
            out_mine += f"<mark>{escape(one)}</mark>" if one else ""
            out_theirs += f"<mark>{escape(other)}</mark>" if other else ""
    return out_mine, out_theirs
