"""Long numbers of a workbook digit by digit: a sheet's XML often has all of them where a reader's float does not.

A workbook that was made by a program may hold 1234567890123456789 as a number. Read as a float it becomes
1234567890123456768: another customer. One that Excel has rounded already stands there as 1.23456789012346E+18; its
digits are gone, and it has to stay recognisable as such (services/imports/cleaning.py rejects it).
"""

from __future__ import annotations

import html
import posixpath
import re
from zipfile import ZipFile

import polars as pl

#: What a long number looks like once it went through a float.
_LONG = r"^\d{16,40}$"
_PREFIX = rb"<(?:\w+:)?"
_SHEET = re.compile(_PREFIX + rb"sheet\s[^>]*>")
_RELATION = re.compile(_PREFIX + rb"Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_LONG_CELL = re.compile(
    _PREFIX + rb'c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>(?:' + _PREFIX + rb"f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>))?"
    + _PREFIX + rb"v>(\d{16,40}|\d(?:\.\d+)?[eE]\+?\d\d)<"
)  # fmt: skip


def with_exact_numbers(archive: ZipFile, sheet: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The cells of a sheet, its long numbers as they stand in the file. Sheets without any are not read twice."""
    is_long = frame.select(pl.any_horizontal(pl.all().str.contains(_LONG).any())).item() if frame.width else False
    part = _part_of(archive, sheet) if is_long else None
    if part is None:
        return frame
    found = _LONG_CELL.findall(archive.read(part))
    if not found:
        return frame
    cells = pl.DataFrame(
        {
            "column": [_column(letters) for letters, _row, _text in found],
            "row": [int(row) - 1 for _letters, row, _text in found],
            "text": [text.decode() for _letters, _row, text in found],
        }
    )
    offset = _offset(frame, cells)
    return frame if offset is None else _replaced(frame, cells, offset)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _part_of(archive: ZipFile, sheet: str) -> str | None:
    """The file inside the workbook that holds a sheet."""
    try:
        relations = _tags(archive, "xl/_rels/workbook.xml.rels", _RELATION)
        sheets = _tags(archive, "xl/workbook.xml", _SHEET)
    except KeyError:
        return None
    targets = {relation.get(b"Id", b""): relation.get(b"Target", b"").decode() for relation in relations}
    for attributes in sheets:
        if html.unescape(attributes.get(b"name", b"").decode()) == sheet:
            target = targets.get(attributes.get(b"r:id", b""), "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            return part if part in archive.namelist() else None
    return None


def _tags(archive: ZipFile, part: str, tag: re.Pattern[bytes]) -> list[dict[bytes, bytes]]:
    return [dict(_ATTRIBUTE.findall(found)) for found in tag.findall(archive.read(part))]


def _offset(frame: pl.DataFrame, cells: pl.DataFrame) -> int | None:
    """How many empty columns the reader left out at the left: the count that puts every long number in its place."""
    for offset in range(min(cells["column"].to_list()) + 1):
        if all(_fits(frame, rows, offset) for rows in cells.partition_by("column")):
            return offset
    return None


def _fits(frame: pl.DataFrame, cells: pl.DataFrame, offset: int) -> bool:
    place = int(cells["column"][0]) - offset
    if place >= frame.width or max(cells["row"].to_list()) >= frame.height:
        return False
    read = frame[frame.columns[place]].gather(cells["row"]).cast(pl.Float64, strict=False)
    return bool((read == cells["text"].cast(pl.Float64)).fill_null(False).all())


def _replaced(frame: pl.DataFrame, cells: pl.DataFrame, offset: int) -> pl.DataFrame:
    for rows in cells.partition_by("column"):
        name = frame.columns[int(rows["column"][0]) - offset]
        frame = frame.with_columns(frame[name].clone().scatter(rows["row"], rows["text"]).alias(name))
    return frame
