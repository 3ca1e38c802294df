"""Levels and grades: always a word with a shape, the colour only supports them (LOOK)."""

from __future__ import annotations

from html import escape

from dashboard.i18n import NO_VALUE, _
from dashboard.labels import LABELS, label


def level_badge(level: str | None, *, short: bool = False) -> str:
    """HTML of a risk level: shape, word, colour. A dash where there is none."""
    if level is None or level not in LABELS["risk_level"]:
        return f'<span class="gl-quiet">{NO_VALUE}</span>'
    words = label("risk_level_short" if short else "risk_level", level)
    return f'<span class="gl-level gl-level-{level}">{escape(words)}</span>'


def grade_badge(grade: str | None) -> str:
    """HTML of the badge of a listed customer, black or grey; nothing for one who is not listed."""
    if grade is None:
        return ""
    words = _("Listed: %(grade)s") % {"grade": label("grade", grade)}
    return f'<span class="gl-grade gl-grade-{escape(grade)}">{escape(words)}</span>'
