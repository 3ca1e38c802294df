"""Photos of a visit: what is one by its content, and what is taken out of it before it is kept.

A phone writes where and by whom a photo was taken. The visit's report says what the company needs to know of that; the
rest is personal data that nobody asked for. So a photo that carries such notes is written anew without them, turned the
way it was meant to be seen; one without is kept byte for byte.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath, PureWindowsPath

from PIL import Image, ImageOps, UnidentifiedImageError

from services.assessments.lifecycle import LARGEST_PHOTO_BYTES, MOST_PHOTOS
from services.assessments.rows import NewPhoto
from services.errors import N_, RefusedError

#: What Pillow calls a format, and its media type.
_MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_NOTES = ("exif", "xmp", "photoshop", "comment", "XML:com.adobe.xmp")
_BROKEN = (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError)
_LONGEST_NAME = 120
_QUALITY = 92


@dataclass(frozen=True)
class KeptPhoto:
    """A photo as it is stored."""

    file_name: str
    media_type: str
    content: bytes
    sha256: str


def kept_photos(photos: Sequence[NewPhoto]) -> tuple[KeptPhoto, ...]:
    """The photos as they are stored, the same one only once.

    Raises:
        RefusedError: too many or too large, or one is no photo. None is kept then.
    """
    if len(photos) > MOST_PHOTOS:
        raise RefusedError(N_("At most %(most)s photos belong to a visit."), most=MOST_PHOTOS)
    kept = [_kept(one) for one in photos]
    return tuple({one.sha256: one for one in reversed(kept)}.values())[::-1]


def _kept(photo: NewPhoto) -> KeptPhoto:
    name = PurePosixPath(PureWindowsPath(photo.file_name).as_posix()).name[-_LONGEST_NAME:] or "photo"
    if len(photo.content) > LARGEST_PHOTO_BYTES:
        raise RefusedError(N_("“%(name)s” is larger than %(most)s MB."), name=name, most=LARGEST_PHOTO_BYTES // 1024**2)
    try:
        media_type, content = _without_notes(photo.content)
    except _BROKEN as error:
        raise RefusedError(N_("“%(name)s” is not a JPEG, PNG or WebP photo."), name=name) from error
    if len(content) > LARGEST_PHOTO_BYTES:
        raise RefusedError(N_("“%(name)s” is larger than %(most)s MB."), name=name, most=LARGEST_PHOTO_BYTES // 1024**2)
    return KeptPhoto(name, media_type, content, sha256(content).hexdigest())


def _without_notes(content: bytes) -> tuple[str, bytes]:
    with Image.open(io.BytesIO(content), formats=tuple(_MEDIA_TYPES)) as image:
        form = image.format or ""
        image.load()
        if not any(image.info.get(name) for name in _NOTES):
            return _MEDIA_TYPES[form], content
        upright = ImageOps.exif_transpose(image)
        upright.info = {}
        written = io.BytesIO()
        upright.save(written, format=form, quality=_QUALITY)
        return _MEDIA_TYPES[form], written.getvalue()
