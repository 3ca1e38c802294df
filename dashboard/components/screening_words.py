"""Sentences about matches: why two resemble each other, and what was found where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from rapidfuzz.distance import Levenshtein

from dashboard.i18n import _, format_percent
from dashboard.labels import label
from services.screening import Feature
from services.screening.normal_forms import has_han

#: From here on a word is a slip of the other, below another word.
_A_SLIP = 0.6


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
    """Both names as HTML, what differs marked: characters of Chinese names, words of others and slips inside them."""
    if has_han(mine) or has_han(theirs):
        return _marked(mine, theirs)
    words_mine, words_theirs = re.split(r"(\s+)", mine), re.split(r"(\s+)", theirs)
    out: tuple[list[str], list[str]] = ([], [])
    for step in Levenshtein.opcodes([one.casefold() for one in words_mine], [one.casefold() for one in words_theirs]):
        one, other = (
            words_mine[step.src_start : step.src_end], words_theirs[step.dest_start : step.dest_end],
        )  # fmt: skip
        left, right = "".join(one), "".join(other)
        if step.tag == "equal":
            pair = escape(left), escape(right)
        elif Levenshtein.normalized_similarity(left.casefold(), right.casefold()) >= _A_SLIP:
            pair = _marked(left, right)
        else:
            pair = _mark(left), _mark(right)
        out[0].append(pair[0])
        out[1].append(pair[1])
    return "".join(out[0]), "".join(out[1])


def _marked(mine: str, theirs: str) -> tuple[str, str]:
    out_mine, out_theirs = "", ""
    for step in Levenshtein.opcodes(mine.casefold(), theirs.casefold()):
        one, other = mine[step.src_start : step.src_end], theirs[step.dest_start : step.dest_end]
        is_same = step.tag == "equal"
        out_mine += escape(one) if is_same else _mark(one)
        out_theirs += escape(other) if is_same else _mark(other)
    return out_mine, out_theirs


def _mark(text: str) -> str:
    return f"<mark>{escape(text)}</mark>" if text.strip() else escape(text)
