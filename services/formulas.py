"""Texts that a spreadsheet would take for a formula and run: an apostrophe keeps them texts, on the way out and back.

The hazard is known as CSV injection (OWASP). The import takes the apostrophe away again, so nothing changes on a round
trip; what already begins with apostrophes before such a sign gets one more for the same reason.
"""

from __future__ import annotations

import re

#: What the import finds before such a sign: one apostrophe was put there.
DISARMED = r"^'('*[=+\-@\t\r])"
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r]")
_FORMULA_NOT_NUMBER = re.compile(r"[=@\t\r]|[+-](?![\d.,%:/\s+-]*$)")


def disarmed(text: str) -> str:
    """A text that no spreadsheet runs."""
    return f"'{text}" if _FORMULA.match(text) else text


def disarmed_cell(written: str) -> str:
    """A cell as somebody wrote it, number or text, that no spreadsheet runs; a number keeps its sign."""
    return f"'{written}" if _FORMULA_NOT_NUMBER.match(written) else written


def disarmed_in_workbook(text: str) -> str:
    """A text for a typed cell, which no spreadsheet runs anyway: only what the import would take away is put there."""
    return f"'{text}" if _QUOTED_FORMULA.match(text) else text
