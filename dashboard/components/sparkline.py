"""A line of months without axes: light enough for every card, the last point marked, the target dashed.

A drawing inside the page would be taken out as unsafe, and a picture would not follow light and dark: so the drawing is
the mask through which the colour of the text is seen.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape

#: In drawing units; the edge leaves room for the last point on the narrowest card.
_WIDTH, _HEIGHT, _EDGE, _SIDE = 300.0, 48.0, 5.0, 9.0


def sparkline(values: Sequence[float | None], target: float | None, words: str) -> str:
    """HTML of a series, oldest first; a None is a gap. `words` say it to a screen reader. Empty without any value."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    marks = [*known, target] if target is not None else known
    low, high = min(marks), max(marks)
    wide = len(values) - 1 or 1

    def x(place: int) -> float:
        return _SIDE + (_WIDTH - 2 * _SIDE) * place / wide

    def y(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return _HEIGHT - _EDGE - (_HEIGHT - 2 * _EDGE) * share

    points = [(x(place), y(value)) for place, value in enumerate(values) if value is not None]
    path, after_gap = [], True
    for place, value in enumerate(values):
        if value is not None:
            path.append(f"{'M' if after_gap else 'L'}{x(place):.1f} {y(value):.1f}")
        after_gap = value is None
    dashed = (
        "" if target is None else _stroke(f"M0 {y(target):.1f}H{_WIDTH:.0f}", 'stroke-dasharray="4 4" opacity=".6"')
    )
    # A line of no length with a round end stays a dot, however the drawing is stretched.
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" preserveAspectRatio="none">'
        + dashed
        + _stroke("".join(path), 'stroke-width="2" stroke-linejoin="round" opacity=".8"')
        + _stroke(f"M{points[-1][0]:.1f} {points[-1][1]:.1f}h0.01", 'stroke-width="9" stroke-linecap="round"')
        + "</svg>"
    )
    mask = f"url(data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}) 0 0/100% 100% no-repeat"
    return (
        f'<div class="gl-spark" role="img" aria-label="{escape(words, quote=True)}" '
        f'style="-webkit-mask:{mask};mask:{mask}"></div>'
    )


def _stroke(path: str, more: str) -> str:
    return f'<path d="{path}" fill="none" stroke="#000" vector-effect="non-scaling-stroke" {more}/>'
