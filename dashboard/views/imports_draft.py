"""What the imports page remembers of a file that is not brought in yet, and when it forgets it.

The keys of the widgets do not change, so what was matched has to be forgotten when it belongs to another reading: a new
upload, another kind, sheet or encoding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st

from services.imports.columns import FileKind
from services.imports.preview import Glance
from services.imports.reading import ReadOptions

KIND, ENCODING, SHEET, HEADERS, WHOLE = (
    "import_kind", "import_encoding", "import_sheet", "import_headers", "import_whole",
)  # fmt: skip
SHOWN = "import_shown"
_ROUND, _READING, _FILE = "import_round", "import_reading", "import_file_id"
_RESULT = "import"

T = TypeVar("T")


@dataclass(frozen=True)
class Upload:
    """A file that was uploaded. `id` is another one for each upload, also of the same file."""

    id: str
    name: str
    content: bytes


def uploader_key() -> str:
    """The key of the uploader; another one after each file that is done with, so that it is empty again."""
    return f"import_file_{st.session_state.get(_ROUND, 0)}"


def current_upload() -> Upload | None:
    """The uploaded file."""
    file = st.session_state.get(uploader_key())
    return None if file is None else Upload(file.file_id, file.name, file.getvalue())


def start_over() -> None:
    """Forget the file and its result: for callbacks."""
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    forget_result()
    forget_reading()


def result_id() -> int | None:
    """The import whose result is shown: its number is in the address, so that a reload finds it again."""
    given = st.query_params.get(_RESULT, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else None


def show_result_of(batch_id: int) -> None:
    """Show what came of an import from here on."""
    st.query_params[_RESULT] = str(batch_id)


def forget_result() -> None:
    """Show no result any more."""
    st.query_params.pop(_RESULT, None)


def forget_reading() -> None:
    """Forget how the file is read and matched: for callbacks."""
    for key in list(st.session_state):
        if str(key).startswith(("match_", "fill_")) or key in (ENCODING, SHEET, HEADERS, WHOLE, SHOWN, _READING, _FILE):
            del st.session_state[key]


def follow_upload(upload: Upload, kind: str) -> None:
    """Forget what was said of another file or kind."""
    if st.session_state.get(_FILE) != (upload.id, kind):
        if _FILE in st.session_state:
            forget_reading()
        st.session_state[_FILE] = (upload.id, kind)


def read_options() -> ReadOptions:
    """What the reader said about how the file is to be read."""
    chosen = st.session_state.get
    has_headers = {"yes": True, "no": False}.get(str(chosen(HEADERS)))
    return ReadOptions(chosen(ENCODING) or None, chosen(SHEET) or None, has_headers)


def follow_reading(seen: Glance, kind: FileKind) -> None:
    """Start from the guess when the file is read in another way than before."""
    reading = (st.session_state.get(_FILE), seen.headers, seen.sheet)
    if st.session_state.get(_READING) == reading:
        return
    st.session_state[_READING] = reading
    take_over(seen, kind, seen.proposed, {})


def take_over(seen: Glance, kind: FileKind, mapping: Mapping[str, str], defaults: Mapping[str, str]) -> None:
    """Put a mapping into the widgets; a header that the file does not have is left open."""
    codes = header_codes(seen)
    for column in kind.columns:
        st.session_state[f"match_{column.name}"] = _code_of(mapping.get(column.name, ""), codes)
        st.session_state[f"fill_{column.name}"] = defaults.get(column.name, "")
    used = {name for name in (*mapping, *defaults)}
    st.session_state[SHOWN] = tuple(column.name for column in kind.columns if column.required or column.name in used)


def header_codes(seen: Glance) -> dict[str, str]:
    """What stands for each header in a mapping, and how it is shown: its name, or its place where that says more."""
    codes = {}
    for place, header in enumerate(seen.headers):
        code = header if header and seen.headers.count(header) == 1 else f"#{place + 1}"
        written = (seen.first[place] if place < len(seen.first) else None) or ""
        sample = " ".join(written.split())[:24]
        codes[code] = f"{header or code} · {sample}" if sample else header or code
    return codes


def _code_of(header: str, codes: Mapping[str, str]) -> str:
    """The code of a header: itself, or the place of the last one of that name."""
    if header in codes:
        return header
    return (
        next((code for code, shown in reversed(codes.items()) if shown.split(" · ")[0] == header), "") if header else ""
    )


def chosen_mapping(kind: FileKind) -> dict[str, str]:
    """Our columns and the headers chosen for them; a blank one says that the file has none, so that none is guessed."""
    return {column.name: str(st.session_state.get(f"match_{column.name}") or "") for column in kind.columns}


def chosen_defaults(kind: FileKind) -> dict[str, str]:
    """What fills blank cells."""
    filled = {column.name: str(st.session_state.get(f"fill_{column.name}") or "").strip() for column in kind.columns}
    return {name: text for name, text in filled.items() if text}


def remembered(slot: str, key: object, make: Callable[[], T]) -> T:
    """What was made of this very file and mapping; only the newest is kept. A file of 100,000 rows takes seconds."""
    kept: tuple[object, Any] | None = st.session_state.get(slot)
    if kept is None or kept[0] != key:
        kept = (key, make())
        st.session_state[slot] = kept
    return kept[1]  # type: ignore[no-any-return]
