"""Which of a file's headers is which of our columns: proposed, saved, or given on the command line."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.errors import N_, RefusedError, WrongFileError
from services.imports.columns import ColumnType, FileKind
from services.imports.encoding import folded
from services.imports.headers import bare
from services.imports.messages import Message

_BY_POSITION = re.compile(r"#(\d+)$")
#: Units in a header's brackets multiply its column.
_UNITS = (("亿", Decimal(100_000_000)), ("億", Decimal(100_000_000)), ("万", Decimal(10_000)), ("萬", Decimal(10_000)))


@dataclass(frozen=True)
class ColumnMap:
    """Where each of our columns is in the file (an index), what it is called there, and what fills its blanks."""

    positions: Mapping[str, int]
    headers: Mapping[str, str]
    defaults: Mapping[str, str]
    factors: Mapping[str, Decimal]
    notes: tuple[Message, ...] = ()

    @property
    def filled(self) -> frozenset[str]:
        """Our columns that the file or a default says something about."""
        return frozenset(self.positions) | frozenset(self.defaults)


def parse_pairs(text: str) -> dict[str, str]:
    """`ours=theirs,...` or `ours=value,...` as a dictionary. A part with a comma in it is put in quotation marks.

    Raises:
        RefusedError: a part is not of the form name=value.
    """
    pairs = {}
    for part in next(csv.reader([text], skipinitialspace=True), []):
        name, equals, value = part.partition("=")
        if not equals or not name.strip():
            raise RefusedError(N_("“%(part)s” is not of the form ours=theirs."), part=part)
        pairs[name.strip()] = value.strip()
    return pairs


def propose_mapping(kind: FileKind, headers: Sequence[str]) -> dict[str, str]:
    """Our columns and the headers that match them, by our name first, then by the Chinese names and synonyms.

    Case, blanks, underscores and width do not matter. Columns without a match are left out.
    """
    places = {folded(bare(header)): header for header in headers if header}
    places |= {folded(header): header for header in headers if header}
    found: dict[str, str] = {}
    for names in (lambda column: (column.name,), lambda column: column.headers):
        for column in kind.columns:
            for name in names(column) if column.name not in found else ():
                header = places.get(folded(name))
                if header is not None and header not in found.values():
                    found[column.name] = header
                    break
    return {column.name: found[column.name] for column in kind.columns if column.name in found}


def column_map(
    kind: FileKind, headers: Sequence[str], mapping: Mapping[str, str] | None, defaults: Mapping[str, str] | None
) -> ColumnMap:
    """Complete a given mapping by what matches on its own. `ours=` (nothing) leaves a column out.

    Raises:
        WrongFileError: a given name is unknown here or there, or a required column has neither header nor default.
    """
    given, defaults = dict(mapping or {}), dict(defaults or {})
    _refuse_unknown(kind, {**given, **defaults})
    positions = {ours: _position(headers, theirs) for ours, theirs in given.items() if theirs}
    taken = {folded(headers[position]) for position in positions.values()}
    proposed = propose_mapping(kind, [header for header in headers if folded(header) not in taken])
    positions |= {ours: _position(headers, theirs) for ours, theirs in proposed.items() if ours not in given}
    missing = [name for name in kind.required if name not in positions and not defaults.get(name)]
    if missing:
        raise WrongFileError(
            N_(
                "The columns %(missing)s are missing. The file has: %(headers)s. "
                "Name the matching headers and try again."
            ),
            missing=", ".join(missing), headers=", ".join(header for header in headers if header),
        )  # fmt: skip
    names = {ours: headers[position] for ours, position in positions.items()}
    factors = _factors(kind, names)
    notes = _repeated(headers, names) + tuple(
        Message(N_("The header “%(header)s” says its unit: amounts were multiplied by %(factor)s."),
                {"header": names[ours], "factor": str(factor)})
        for ours, factor in factors.items()
    )  # fmt: skip
    return ColumnMap(positions, names, {name: text for name, text in defaults.items() if text}, factors, notes)


def _refuse_unknown(kind: FileKind, names: Mapping[str, str]) -> None:
    unknown = [name for name in names if kind.column(name) is None]
    if unknown:
        raise WrongFileError(
            N_("There is no column %(unknown)s in %(kind)s. Its columns are: %(known)s."),
            unknown=", ".join(unknown), kind=kind.name, known=", ".join(column.name for column in kind.columns),
        )  # fmt: skip


def _position(headers: Sequence[str], theirs: str) -> int:
    """The column of a header, or of `#3` for the third. Where a header occurs twice, the last one counts."""
    by_position = _BY_POSITION.match(theirs)
    if by_position and 0 < int(by_position[1]) <= len(headers):
        return int(by_position[1]) - 1
    for same in (str.strip, folded):
        found = [index for index, header in enumerate(headers) if header and same(header) == same(theirs)]
        if found:
            return found[-1]
    raise WrongFileError(
        N_("The file has no column “%(theirs)s”. It has: %(headers)s."),
        theirs=theirs, headers=", ".join(header for header in headers if header),
    )  # fmt: skip


def _repeated(headers: Sequence[str], used: Mapping[str, str]) -> tuple[Message, ...]:
    return tuple(
        Message(N_("The header “%(header)s” occurs more than once; the last of them was read."), {"header": header})
        for header in dict.fromkeys(used.values())
        if headers.count(header) > 1
    )


def _factors(kind: FileKind, names: Mapping[str, str]) -> dict[str, Decimal]:
    """Multipliers of amount columns whose header carries a unit: "金额（万元）" -> 10,000."""
    found = {}
    for ours, header in names.items():
        column, unit = kind.column(ours), header[len(bare(header)) :]
        factor = next((factor for sign, factor in _UNITS if sign in unit), None)
        if column and column.type is ColumnType.AMOUNT and factor:
            found[ours] = factor
    return found
