"""Bring in a file: say what it holds, upload it, match its headers, look at what would happen, import, take wrong rows
back. One step under the other; a step appears when the one before it is done."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.feedback import user_action
from dashboard.i18n import _, format_number
from dashboard.imports_under_way import under_way
from dashboard.state import DASHBOARD, current_actor
from dashboard.views import imports_draft as draft
from dashboard.views.imports_kind import choose_kind, columns_and_templates
from dashboard.views.imports_matching import how_it_was_read, match_columns
from dashboard.views.imports_preview import import_button, missing_columns, what_would_happen
from dashboard.views.imports_recent import recent_imports
from dashboard.views.imports_result import note_end, progress, show_result
from services.context import Actor, unit_of_work
from services.data_versions import TOPICS, versions
from services.imports.columns import FileKind
from services.imports.plan import Request, importable_kinds
from services.imports.preview import Glance, Preview, glance, preview

#: Old workbooks are taken too, so that they are answered with what to do instead of a bare "not allowed".
ENDINGS = ["csv", "xlsx", "xlsm", "txt", "tsv", "xls"]


def _choose_file() -> draft.Upload | None:
    st.file_uploader(
        _("2. Which file is it?"), type=ENDINGS, key=draft.uploader_key(), on_change=draft.forget_result,
        help=_(
            "UTF-8 and GB18030 are recognised, as are commas, semicolons and tabs. "
            "Nothing is stored before you import."
        ),
    )  # fmt: skip
    size = format_number(int(st.get_option("server.maxUploadSize")))
    st.caption(_("CSV or Excel workbook (.xlsx), up to %(size)s MB.") % {"size": size})
    return draft.current_upload()


def _glance(actor: Actor, request: Request, upload: draft.Upload) -> Glance | None:
    def read() -> Glance | None:
        with user_action(), unit_of_work(actor) as ctx:
            return glance(ctx, request)
        return None

    key = (upload.id, request.kind, request.options)
    return draft.remembered("import_glance", key, read)


def _preview(actor: Actor, request: Request, upload: draft.Upload) -> Preview | None:
    def read() -> Preview | None:
        with user_action(), unit_of_work(actor) as ctx:
            return preview(ctx, request)
        return None

    with unit_of_work(actor) as ctx:
        stored = versions(ctx, *TOPICS)
    key = (upload.id, request.kind, request.options, request.mapping, request.defaults, stored)
    return draft.remembered("import_preview", key, read)


def _steps(actor: Actor, kind: FileKind, upload: draft.Upload) -> None:
    """Everything between the upload and the import."""
    draft.follow_upload(upload, kind.name)
    options = draft.read_options()
    seen = _glance(actor, Request(kind.name, upload.content, upload.name, options=options), upload)
    if seen is None:
        return
    how_it_was_read(seen, kind)
    draft.follow_reading(seen, kind)
    match_columns(actor, seen, kind)
    request = Request(
        kind.name, upload.content, upload.name, draft.chosen_mapping(kind), draft.chosen_defaults(kind),
        replace(options, sheet=seen.sheet),
    )  # fmt: skip
    with st.spinner(_("Comparing with what is stored")):
        found = _preview(actor, request, upload)
    if found is None:
        return
    if found.missing:
        missing_columns(found, kind)
        return
    what_would_happen(found, kind)
    import_button(actor, upload, request, found)


def page() -> None:
    """Draw the page."""
    actor = current_actor()
    st.html(DASHBOARD / "theme/worklist.css")
    st.html(DASHBOARD / "theme/imports.css")
    st.title(_("Imports"))
    kinds = importable_kinds(actor)
    with unit_of_work(actor) as ctx:
        time_zone = ctx.policy_history.on(ctx.today).time_zone
    begun = under_way(actor.login)
    if begun is not None and begun.done.is_set():
        note_end(actor, begun)
        begun = None
    if begun is not None:
        progress(begun)
    else:
        left, right = st.columns(2, gap="large")
        with left:
            kind = choose_kind(actor, kinds)
        with right:
            upload = _choose_file()
        columns_and_templates(kind)
        if (shown := draft.result_id()) is not None:
            show_result(actor, shown, time_zone)
        elif upload is not None:
            _steps(actor, kind, upload)
            return  # one thing at a time: the list comes back when the file is done with
    recent_imports(actor, kinds, time_zone)


page()
