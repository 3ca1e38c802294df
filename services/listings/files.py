"""Files that are handed in as evidence: kept byte for byte, since their checksum has to prove what was handed in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath, PureWindowsPath

from PIL import Image, UnidentifiedImageError

from db.models.listings import LARGEST_EVIDENCE_BYTES
from services.errors import N_, RefusedError
from services.listings.rows import NewFile

MOST_FILES = 20
LARGEST_FILE_MB = LARGEST_EVIDENCE_BYTES // 1024**2
_LONGEST_NAME = 120
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_PICTURES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
#: How a file's name may end: its media type, and how its content begins (None: text).
_TYPES: dict[str, tuple[str, bytes | None]] = {
    "pdf": ("application/pdf", b"%PDF"),
    "jpg": ("image/jpeg", b""),
    "jpeg": ("image/jpeg", b""),
    "png": ("image/png", b""),
    "webp": ("image/webp", b""),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _ZIP),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _ZIP),
    "ofd": ("application/ofd", _ZIP),
    "doc": ("application/msword", _OLE),
    "xls": ("application/vnd.ms-excel", _OLE),
    "msg": ("application/vnd.ms-outlook", _OLE),
    "eml": ("message/rfc822", None),
    "txt": ("text/plain", None),
    "csv": ("text/csv", None),
}
EVIDENCE_TYPES = tuple(_TYPES)
PHOTO_TYPES = tuple(_PICTURES)


@dataclass(frozen=True)
class KeptFile:
    """A file as it is stored."""

    file_name: str
    media_type: str
    content: bytes
    sha256: str


def kept_files(files: Sequence[NewFile]) -> tuple[KeptFile, ...]:
    """The files as they are stored, the same one only once.

    Raises:
        RefusedError: too many, empty or too large, or the content is not what the name says. None is kept then.
    """
    if len(files) > MOST_FILES:
        raise RefusedError(N_("At most %(most)s files can be handed in at once."), most=MOST_FILES)
    kept = [_kept(one) for one in files]
    return tuple({one.sha256: one for one in reversed(kept)}.values())[::-1]


def _kept(file: NewFile) -> KeptFile:
    name = PurePosixPath(PureWindowsPath(file.file_name).as_posix()).name[-_LONGEST_NAME:] or "file"
    if not file.content:
        raise RefusedError(N_("“%(name)s” is empty."), name=name)
    if len(file.content) > LARGEST_EVIDENCE_BYTES:
        most = LARGEST_EVIDENCE_BYTES // 1024**2
        raise RefusedError(N_("“%(name)s” is larger than %(most)s MB."), name=name, most=most)
    ending = name.rpartition(".")[2].lower()
    if ending not in _TYPES:
        raise RefusedError(
            N_("“%(name)s” can't be kept as evidence. Kept are: %(types)s."), name=name, types=", ".join(_TYPES)
        )
    media_type, beginning = _TYPES[ending]
    if not _is_what_it_says(ending, beginning, file.content):
        raise RefusedError(N_("“%(name)s” is not what its name says: its content is of another kind."), name=name)
    return KeptFile(name, media_type, file.content, sha256(file.content).hexdigest())


def _is_what_it_says(ending: str, beginning: bytes | None, content: bytes) -> bool:
    if ending in _PICTURES:
        try:
            with Image.open(io.BytesIO(content), formats=[_PICTURES[ending]]) as image:
                image.verify()
        except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
            return False
        return True
    return b"\x00" not in content if beginning is None else content.startswith(beginning)
