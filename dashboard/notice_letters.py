"""Writes the messages that leave the house, in the language of who gets them: text for messengers, HTML beside it."""

from __future__ import annotations

from html import escape

from dashboard.catalogues import LANGUAGES
from dashboard.components.notice_words import notice_address, notice_lines, notice_sentence
from dashboard.i18n import FALLBACK, TAGS, _, format_datetime, ngettext, using_language
from services.notifications.rows import Letter, NoticeRow, Parcel

_PAGE = "font:16px/1.5 system-ui,'PingFang SC','Microsoft YaHei',sans-serif;color:#1F2933;max-width:40rem"
_ITEM = "border-left:4px solid #7F8896;padding:.2rem 0 .2rem .8rem;margin:0 0 1rem"
_QUIET = "color:#5B6572;font-size:14px"


def letter(parcel: Parcel) -> Letter:
    """The message of a parcel."""
    language = parcel.language if parcel.language in LANGUAGES else FALLBACK
    with using_language(str(language)):
        return _test_letter(parcel) if parcel.is_test else _letter(parcel)


def _test_letter(parcel: Parcel) -> Letter:
    words = _("This address works. From now on Greyledger sends notices here.")
    return Letter(_("Greyledger: test message"), words, _page([f"<p>{escape(words)}</p>"], parcel))


def _letter(parcel: Parcel) -> Letter:
    sentences = [notice_sentence(notice) for notice in parcel.notices]
    title = _title(sentences)
    text = "\n\n".join(_text(parcel, notice) for notice in parcel.notices)
    foot = _foot(parcel)
    items = [_item(parcel, notice) for notice in parcel.notices]
    return Letter(title, f"{text}\n\n{foot}\n", _page(items, parcel))


def _title(sentences: list[str]) -> str:
    """Every message names Greyledger: a robot that asks for a keyword takes it for one."""
    if len(sentences) == 1:
        return _("Greyledger: %(sentence)s") % {"sentence": sentences[0]}
    count = len(sentences)
    return ngettext("Greyledger: %(n)s notice", "Greyledger: %(n)s notices", count) % {"n": count}


def _text(parcel: Parcel, notice: NoticeRow) -> str:
    link = _link(parcel, notice)
    below = [*notice_lines(notice, parcel.base_currency), *([link] if link else [])]
    return "\n".join([notice_sentence(notice), *below])


def _item(parcel: Parcel, notice: NoticeRow) -> str:
    link, sentence = _link(parcel, notice), escape(notice_sentence(notice))
    head = f'<a href="{escape(link, quote=True)}" style="color:#0B5C94">{sentence}</a>' if link else sentence
    lines = "".join(f"<div>{escape(line)}</div>" for line in notice_lines(notice, parcel.base_currency))
    when = escape(format_datetime(notice.created_at, parcel.time_zone))
    return f'<div style="{_ITEM}"><b>{head}</b>{lines}<div style="{_QUIET}">{when}</div></div>'


def _link(parcel: Parcel, notice: NoticeRow) -> str:
    address = notice_address(notice)
    return f"{parcel.public_url}{address}" if parcel.public_url and address else ""


def _foot(parcel: Parcel) -> str:
    """Why one gets this, and where to change it."""
    if not parcel.recipient:
        return _("Greyledger sends this to the department's address.")
    return _("You chose in Greyledger, under “Notices”, to get this message here.")


def _page(items: list[str], parcel: Parcel) -> str:
    tag = TAGS.get(parcel.language or FALLBACK, TAGS[FALLBACK])
    foot = f'<p style="{_QUIET}">{escape(_foot(parcel))}</p>'
    return f'<html lang="{tag}"><body style="{_PAGE}">{"".join(items)}{foot}</body></html>'
