"""Which encoding a text file is in: byte-order marks, strict UTF-8, UTF-16, then the Chinese ones, then a guess."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from charset_normalizer import from_bytes

from services.errors import N_, WrongFileError

_HEAD = 4_096
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: GB18030 first: it covers simplified and traditional. Big5 only where its reading of the header is the one that fits.
_CHINESE = ("gb18030", "big5hkscs")
_MAGIC = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\x7fELF", b"MZ\x90")
_CONTROLS = bytes(set(range(32)) - {9, 10, 13})
_IS_CONTROL = np.isin(np.arange(256), list(_CONTROLS))


@dataclass(frozen=True)
class DecodedText:
    """A file's text as UTF-8 bytes without byte-order mark and control characters, lines ending in newline."""

    utf8: bytes
    encoding: str


def folded(header: str) -> str:
    """A header without the differences that do not matter: case, width, blanks, punctuation."""
    plain = unicodedata.normalize("NFKC", header).casefold()
    return "".join(character for character in plain if character.isalnum() or character == "#")


def decoded(content: bytes, known_headers: Collection[str] = (), encoding: str | None = None) -> DecodedText:
    """Decode a text file; `known_headers` (folded) settle which of two possible encodings was meant.

    Raises:
        WrongFileError: it is no text file, or not in the encoding that was asked for.
    """
    _refuse_other_formats(content)
    name = encoding or _detected(content, known_headers)
    try:
        utf8 = _as_utf8(content, name)
    except (UnicodeDecodeError, LookupError) as error:
        raise WrongFileError(N_("The file is not text in the encoding %(encoding)s."), encoding=name) from error
    codes = np.frombuffer(utf8, dtype=np.uint8)
    controls = int(_IS_CONTROL[codes[codes < 32]].sum())
    if controls > len(utf8) // 50:
        raise WrongFileError(NOT_A_TABLE)
    if controls:
        utf8 = utf8.translate(None, _CONTROLS)
    if b"\n" not in utf8:
        utf8 = utf8.replace(b"\r", b"\n")
    return DecodedText(utf8, name)


NOT_A_TABLE = N_("This is not a table. Save it as CSV or as an Excel workbook (.xlsx) and try again.")


def _refuse_other_formats(content: bytes) -> None:
    if content.startswith(_MAGIC):
        raise WrongFileError(NOT_A_TABLE)


def _as_utf8(content: bytes, name: str) -> bytes:
    if name in ("utf-8", "utf-8-sig"):
        content = content.removeprefix(codecs.BOM_UTF8)
        codecs.utf_8_decode(content, "strict", True)
        return content
    return content.decode(name).removeprefix("\ufeff").encode()


def _detected(content: bytes, known_headers: Collection[str]) -> str:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    if _decodes(content, "utf-8"):
        # UTF-16 without a mark is valid UTF-8 as long as it is ASCII: every other byte is 0.
        return _utf16_without_mark(content) or "utf-8"
    possible = [name for name in _CHINESE if _decodes(content, name)]
    if possible:
        return max(possible, key=lambda name: _fit(content, name, known_headers))
    best = from_bytes(content[:1_000_000]).best()
    guess = _utf16_without_mark(content) or (best.encoding.replace("_", "-") if best else "")
    if not _decodes(content, guess):
        raise WrongFileError(NOT_A_TABLE)
    return guess


def _decodes(content: bytes, name: str) -> bool:
    try:
        content.decode(name)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _utf16_without_mark(content: bytes) -> str | None:
    head = content[:_HEAD]
    if len(head) < 4 or head.count(0) < len(head) // 4:
        return None
    return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"


def _fit(content: bytes, name: str, known_headers: Collection[str]) -> int:
    """How many known headers appear in the first lines when read in this encoding."""
    lines = content[:_HEAD].decode(name, errors="ignore").splitlines()[:10]
    cells = {folded(cell) for line in lines for mark in ",;\t|" for cell in line.split(mark)}
    return len(cells & set(known_headers))
