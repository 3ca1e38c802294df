"""docs/api.md: its tables of scopes, errors and events are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from dashboard.web.api.intake import MOST_BYTES, MOST_DEPTH
from dashboard.web.api.problems import CODES
from db.enums import ApiScope
from services.access import MAY, RIGHTS_OF_SCOPE
from services.events import EVENT_KINDS
from services.machines.delivering import MOST_ATTEMPTS
from services.machines.tokens import DEFAULT_PER_MINUTE
from services.policy import Policy

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def _rows(head: str) -> list[list[str]]:
    table = TEXT.split(head)[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table]


def test_every_event_stands_there_with_its_fields_and_the_scope_that_reads_it() -> None:
    written = {row[0].strip("`"): (tuple(row[1].split(", ")), row[2]) for row in _rows("| type | `data`")}
    ours = {}
    for one in EVENT_KINDS.values():
        (scope,) = [scope.value for scope in (ApiScope.STATUS, ApiScope.GATE) if one.right in RIGHTS_OF_SCOPE[scope]]
        ours[one.kind] = (one.fields, scope)
    assert written == ours


def test_every_error_stands_there_with_its_status() -> None:
    written = {code: int(row[0]) for row in _rows("| status | code") for code in re.findall(r"`(\w+)`", row[1])}
    assert written == {code: status for code, (status, _title) in CODES.items()}


def test_every_scope_stands_there_and_its_rights_exist() -> None:
    assert {row[0].strip("`") for row in _rows("| scope | opens")} == {one.value for one in ApiScope}
    assert set(RIGHTS_OF_SCOPE) == set(ApiScope)
    assert all(rights <= set(MAY) for rights in RIGHTS_OF_SCOPE.values())


def test_its_numbers_are_those_of_the_code() -> None:
    assert (MOST_BYTES, MOST_DEPTH, MOST_ATTEMPTS, DEFAULT_PER_MINUTE) == (64 * 1024, 8, 12, 6_000)
    assert (Policy().events_kept_days, Policy().token_longest_days) == (30, 365)
