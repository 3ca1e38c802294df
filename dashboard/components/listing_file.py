"""A listing as it lies in the file: what it is, what shows it, what is missing, the customer's reply, how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.i18n import NO_VALUE, _, format_date, format_datetime, format_number, ngettext, quoted
from dashboard.labels import label
from services.access import may
from services.context import Actor, unit_of_work
from services.listings import (
    REQUIREMENT_TEXTS,
    CandidateRow,
    Check,
    EvidenceRow,
    FactRow,
    ListingRow,
    evidence_content,
)

_PICTURE_WIDTH = 260
_KILOBYTE = 1024


def grade_mark(grade: str) -> str:
    """HTML of a grade that is not (yet) in force: the badge says `listed`, this says black or grey only."""
    return f'<span class="gl-grade gl-grade-{escape(grade)}">{escape(label("grade", grade))}</span>'


def criteria_text(codes: Sequence[str]) -> str:
    """Criteria in words."""
    return " · ".join(label("criterion", code) for code in codes)


def state_text(row: ListingRow) -> str:
    """Where a listing stands: its step while it is proposed."""
    if row.step is not None:
        return label("listing_step", row.step)
    if row.ended_as is not None:
        return label("listing_end", row.ended_as)
    return label("listing_state", row.state)


def days_text(days: int | None) -> str:
    """`3 days left`, `2 days late`, `today`; nothing once it is decided."""
    if days is None:
        return ""
    if days == 0:
        return _("today")
    if days < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": format_number(-days)}
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": format_number(days)}


def clock_html(trigger_on: str, deadline_on: str, days_left: int | None) -> str:
    """The clock of a sign: since when, until when, how many days are left."""
    words = escape(_("First sign on %(day)s, decision by %(deadline)s") % {"day": trigger_on, "deadline": deadline_on})
    if days_left is None:
        return words
    late = ' class="gl-late"' if days_left < 0 else ""
    return f"{words} · <span{late}>{escape(days_text(days_left))}</span>"


def facts_html(facts: Sequence[FactRow]) -> str:
    """The rows that show a sign."""
    lines = "".join(
        f"<li>{escape(label('evidence_table', one.table))} "
        f'<span class="gl-strong">{escape(one.no)}</span> '
        f'<span class="gl-quiet">{escape(format_date(one.on))}</span></li>'
        for one in facts
    )
    return f'<ul class="gl-items">{lines}</ul>'


def candidate_html(row: CandidateRow) -> str:
    """A candidate in one line, for a listing that came of it and for a customer's history."""
    words = f"{label('criterion', row.criterion)} · {label('candidate_source', row.source)}"
    more = [label("candidate_state", row.state), _("first sign on %(day)s") % {"day": format_date(row.trigger_on)}]
    if row.closed_reason:
        more.append(quoted(row.closed_reason))
    if row.again_on is not None:
        more.append(_("to be looked at again on %(day)s") % {"day": format_date(row.again_on)})
    return f'<div><b>{escape(words)}</b> <span class="gl-quiet">{escape(" · ".join(more))}</span></div>'


def checks_html(checks: Sequence[Check]) -> str:
    """What is there and what is missing, each with a word: colour is not needed to read it."""
    lines = "".join(
        f'<li class="gl-check-{"there" if one.is_there else "missing"}">{escape(_(one.text))} '
        f'<span class="gl-quiet">{escape(_("there") if one.is_there else _("missing"))}</span></li>'
        for one in checks
    )
    return f'<ul class="gl-checks">{lines}</ul>'


def gaps_text(codes: Sequence[str]) -> str:
    """What was missing at the decision."""
    return " · ".join(_(REQUIREMENT_TEXTS.get(code, code)) for code in codes)


def reply_html(row: ListingRow) -> str:
    """The right of reply: how and when it was offered, and what came of it."""
    reply = row.reply
    if reply.offered_on is None or reply.channel is None:
        return f'<div class="gl-quiet">{escape(_("The customer has not been told yet."))}</div>'
    words = _("Offered on %(day)s, %(channel)s; reply by %(due)s") % {
        "day": format_date(reply.offered_on), "channel": label("reply_channel", reply.channel).lower(),
        "due": format_date(reply.due_on),
    }  # fmt: skip
    found = ""
    if reply.has_reply:
        told = _("Replied on %(day)s") % {"day": format_date(reply.closed_on)}
        found = f'<div class="gl-quiet">{escape(told)}</div><div class="gl-words">{escape(reply.text or "")}</div>'
    elif reply.has_reply is False:
        found = f"<div>{escape(_('No reply came by then.'))}</div>"
    return f"<div>{escape(words)}</div>{found}"


def people_html(row: ListingRow, time_zone: str) -> str:
    """Who proposed, reviewed and decided, and when."""
    handed_in = "" if row.handed_in_at is None else format_datetime(row.handed_in_at, time_zone)
    lines = [
        (_("Proposed by"), row.proposer, handed_in),
        (_("Reviewed by"), row.reviewer, ""),
        (_("Decided by"), row.decider, format_date(row.decided_on) if row.decided_on else ""),
    ]
    cells = "".join(
        f'<dt>{escape(name)}</dt><dd><span translate="no">{escape(who or NO_VALUE)}</span> '
        f'<span class="gl-quiet">{escape(day)}</span></dd>'
        for name, who, day in lines
        if who or day
    )
    return f'<dl class="gl-facts gl-figures">{cells}</dl>' if cells else ""


def said_html(row: ListingRow) -> str:
    """What people wrote about it, in the order they wrote it."""
    parts = [
        (_("Statement"), row.statement),
        (_("Why this grade"), row.grade_reason),
        (_("Asked for"), row.asked_for),
        (_("Answer"), row.answer),
        (_("Recommendation of the review"), row.recommendation),
        (_("Reason of the decision"), row.decision_reason),
        (_("Why it was wrong"), None if row.correction is None else row.correction.reason),
    ]
    if row.gaps:
        parts.insert(6, (_("Missing at the decision"), gaps_text(row.gaps)))
    return "".join(
        f'<div class="gl-said"><div class="gl-label">{escape(title)}</div><div class="gl-words">{escape(words)}</div>'
        "</div>"
        for title, words in parts
        if words
    )


def evidence_html(one: EvidenceRow) -> str:
    """A piece of evidence in one line: a file with its checksum, or a row with its day."""
    kind = escape(label("evidence_kind", one.kind))
    if one.file_name is not None:
        size = format_number(max(1, (one.size or 0) // _KILOBYTE))
        more = f"{_('%(n)s KB') % {'n': size}} · SHA-256 {(one.sha256 or '')[:12]}…"
        name = f'<span translate="no">{escape(one.file_name)}</span>'
    else:
        table = (one.subject or "").partition(":")[0]
        name = f"{escape(label('evidence_table', table))} <b>{escape(one.title or '')}</b>"
        more = format_date(one.happened_on) if one.happened_on else ""
    return f'<div class="gl-piece">{name} <span class="gl-quiet">{kind} · {escape(more)}</span></div>'


def file_button(actor: Actor, one: EvidenceRow) -> None:
    """Hand the file out, or show it if it is a picture: read only when it is asked for."""
    if one.file_name is None or not may(actor, "listing.see_evidence"):
        return
    key = f"evidence-{one.customer_id}-{one.id}"
    if (one.media_type or "").startswith("image/"):
        if st.toggle(_("Show"), key=f"{key}-show"):
            st.image(_content(actor, one), width=_PICTURE_WIDTH)
        return
    st.download_button(
        _("Download"), data=lambda: _content(actor, one), file_name=one.file_name, mime=one.media_type, key=key,
        on_click="ignore", type="tertiary", icon=":material/download:",
    )  # fmt: skip


def _content(actor: Actor, one: EvidenceRow) -> bytes:
    with unit_of_work(actor) as ctx:
        return evidence_content(ctx, one.customer_id, one.id).content
