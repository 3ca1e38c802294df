"""A letter in plain English, for a worker that was given no words: tests, and programs without the pages."""

from __future__ import annotations

from collections import defaultdict
from html import escape

from services.notifications.kinds import NOTICE_KINDS
from services.notifications.rows import Letter, NoticeRow, Parcel


def plain_letter(parcel: Parcel) -> Letter:
    """The notices' sentences, one a line."""
    if parcel.is_test:
        lines = ["Test message: this address works."]
    else:
        lines = [plain_sentence(notice) for notice in parcel.notices]
    title = f"Greyledger: {lines[0]}" if len(lines) == 1 else f"Greyledger: {len(lines)} notices"
    return Letter(title, "\n".join(lines), "<br>".join(escape(line) for line in lines))


def plain_sentence(notice: NoticeRow) -> str:
    """What a notice says, its values as they are kept."""
    kind = NOTICE_KINDS[notice.kind]
    count = notice.params.get("count", 1)
    template = kind.one if kind.many is None or count == 1 else kind.many
    return template % defaultdict(str, notice.params)
