"""The US sanctions list in its own files: `sdn.csv` and, beside it, `alt.csv` with the aliases.

No header; null is `-0- `; further aliases and Chinese credit codes stand in the remarks. The files end in a control
character.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.errors import N_, WrongFileError
from services.screening.normal_forms import uscc_fault

_NULL = "-0-"
_COLUMNS, _ALIAS_COLUMNS = 12, 5
_IN_REMARKS = re.compile(r"[afn]\.k\.a\.,? ['\"]([^'\"]{2,120})['\"]")
_CODE_IN_REMARKS = re.compile(r"Unified Social Credit Code(?: \(USCC\))? ([0-9A-Z]{18})\b")
_BETWEEN = "; "


@dataclass(frozen=True)
class EntryRow:
    """An entry as a file has it. `aliases` None: the file does not say, what is stored stays."""

    entry_no: str
    name: str
    aliases: str | None = None
    uscc: str | None = None
    listed_on: str | None = None


def read_ofac(content: bytes, aliases: bytes | None = None) -> tuple[EntryRow, ...]:
    """The entries of a list, with the aliases of the second file where there is one.

    Raises:
        WrongFileError: it is no such list.
    """
    others: dict[str, list[str]] = {}
    for row in _rows(aliases or b"", _ALIAS_COLUMNS):
        others.setdefault(row[0].strip(), []).append(row[3].strip())
    found: dict[str, EntryRow] = {}
    for row in _rows(content, _COLUMNS):
        number, name, remarks = row[0].strip(), row[1].strip(), row[11]
        inside = [one.strip() for one in _IN_REMARKS.findall(remarks)]
        known = tuple(dict.fromkeys([*others.get(number, []), *inside]))
        said = known or aliases is not None
        code = _CODE_IN_REMARKS.search(remarks)
        found[number] = EntryRow(
            number, name, _BETWEEN.join(one for one in known if one != name) if said else None,
            code[1] if code and not uscc_fault(code[1]) else None,
        )  # fmt: skip
    if not found:
        raise WrongFileError(N_("This is no list in OFAC's format: twelve columns, the first a number, no header."))
    return tuple(found.values())


def _rows(content: bytes, columns: int) -> Iterator[list[str]]:
    """Rows of the expected width that begin with a number.

    Raises:
        WrongFileError: a row is something else.
    """
    text = content.decode("utf-8", errors="replace").replace("\x1a", "")
    for line, row in enumerate(csv.reader(io.StringIO(text)), start=1):
        if not row or row == [""]:
            continue
        if len(row) != columns or not row[0].strip().isdigit() or row[1].strip() in ("", _NULL):
            raise WrongFileError(
                N_("Line %(line)s is not of OFAC's format: %(columns)s columns, the first a number, no header."),
                line=line, columns=columns,
            )  # fmt: skip
        yield ["" if cell.strip() == _NULL else cell for cell in row]
