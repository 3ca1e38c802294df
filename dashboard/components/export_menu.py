"""A small menu beside a list: what the reader sees, as filtered, as CSV or XLSX; made when it is clicked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.i18n import N_, _, language, using_language
from dashboard.state import current_actor
from services.access import may
from services.context import Actor, unit_of_work
from services.errors import NotAllowedError
from services.exports.files import FileFormat, as_bytes
from services.exports.taken import record_taken
from services.users import actor_by_login

SIGNED_OUT = N_("You are signed out. Sign in again to take files out.")

Rows = Callable[[], Iterable[Sequence[object]]]


def export_menu(key: str, name: str, titles: Sequence[str], rows: Rows) -> None:
    """Offer a list as a file. Nothing is drawn for those who may not take files out.

    `name` is a code (`early_warnings`): it names the file and the ledger's entry. `titles` and `rows` are what the
    reader sees, all pages of it; `rows` is asked for only after the click, in another thread, so it must not touch
    `st`: read through services, not from the session. Give typed cells (dates, Decimals, ints, None), not their
    formatted texts: a spreadsheet is to calculate with them. Mask what the page masks.
    """
    actor = current_actor()
    if not may(actor, "export.run"):
        return
    filters, chosen = st.query_params.to_dict(), language()
    stem = dated_stem(actor, name)
    hint = _("What you see, as filtered. The ledger keeps who took it.")
    with (
        st.popover(_("Export"), icon=":material/download:", type="tertiary", key=f"{key}-export", help=hint),
        st.container(gap=None),
    ):
        for file_format in FileFormat:
            st.download_button(
                _("Download %(format)s") % {"format": file_format.upper()},
                _Maker(actor, name, titles, rows, file_format, filters, chosen),
                f"{stem}.{file_format}",
                file_format.mime,
                key=f"{key}-export-{file_format}",
                on_click="ignore",
                type="tertiary",
                width="stretch",
            )


def dated_stem(actor: Actor, name: str) -> str:
    """`early_warnings-2025-06-30`: the business date, so that two months' files can lie side by side."""
    with unit_of_work(actor) as ctx:
        return f"{name}-{ctx.today.isoformat()}"


def actor_now(actor: Actor) -> Actor:
    """The person as they are now: a file is made after the page was drawn, and rights may have gone since.

    Raises:
        NotAllowedError: the account was closed meanwhile.
    """
    with unit_of_work() as ctx:
        found = actor_by_login(ctx, actor.login)
    if found is None:
        raise NotAllowedError(SIGNED_OUT)
    return found


class _Maker:
    """Makes one file when it is asked for."""

    def __init__(
        self, actor: Actor, name: str, titles: Sequence[str], rows: Rows, file_format: FileFormat,
        filters: Mapping[str, str], chosen: str,
    ) -> None:  # fmt: skip
        self._actor, self._name, self._titles, self._rows = actor, name, titles, rows
        self._format, self._filters, self._language = file_format, filters, chosen

    def __call__(self) -> bytes:
        with using_language(self._language), unit_of_work(actor_now(self._actor)) as ctx:
            time_zone = ZoneInfo(ctx.policy_history.newest.time_zone)
            content, count = as_bytes(self._format, self._titles, self._rows(), time_zone=time_zone)
            record_taken(ctx, self._name, rows=count, file_format=self._format, filters=self._filters)
        return content
