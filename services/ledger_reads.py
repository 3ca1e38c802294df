"""The ledger as people read it: newest first, only what changed, personal data masked for everybody.

Who needs a phone or an account number opens the customer's page, where showing it is an entry of its own (SPEC 3).
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, func, literal, select, tuple_

from db.models import AppUser, Customer, CustomerKey, Department, LedgerEntry
from services.access import ensure_may
from services.context import SYSTEM, Context
from services.customers import masked
from services.errors import N_, RefusedError
from services.ledger import SYSTEM_CHAIN

PAGE_ENTRIES = 50
LONGEST_PAGE = 500
#: Fields that say something of a person.
PERSONAL = frozenset(
    {"phone", "address", "bank_account", "legal_representative", "email", "uscc", "id_number", "aliases"}
)
#: What every change carries along, and nobody asks for.
BOOKKEEPING = frozenset({"version", "changed_at", "id", "customer_id", "priority", "overview_seen_at"})
_PEOPLE = (
    "assignee_id", "approved_by", "user_id", "assessor_id", "reviewer_id", "initial_assessor_id", "asked_by",
    "answered_by", "ordered_by", "reported_by", "settled_by_id", "proposed_by_id", "approved_by_id", "ended_by_id",
)  # fmt: skip
_DEPARTMENTS = ("department_id", "owner_department_id", "lead_department_id", "initial_department_id")


@dataclass(frozen=True)
class LedgerFilter:
    """What the list is narrowed to; None narrows nothing. `group` is the part of an action before the dot."""

    actor: str | None = None
    group: str | None = None
    customer_no: str | None = None
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class Change:
    """One field that an entry changed."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class LedgerRow:
    """One entry. `subject_name` says what a key stands for where it is a person, a department or the like."""

    customer_id: int
    seq: int
    at: dt.datetime
    actor: str
    actor_name: str | None
    action: str
    subject: str
    subject_name: str | None
    customer_no: str | None
    customer_name: str | None
    changes: tuple[Change, ...]
    note: str | None


@dataclass(frozen=True)
class LedgerPage:
    """One page, newest first; `after` asks for the older ones, None at the end."""

    rows: tuple[LedgerRow, ...]
    after: str | None


# --- rules


def changes_of(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[Change, ...]:
    """What differs, field by field, without bookkeeping and with personal data masked."""
    old, new = before or {}, after or {}
    fields = [*new, *(name for name in old if name not in new)]
    return tuple(
        Change(name, shown(name, old.get(name)), shown(name, new.get(name)))
        for name in fields
        if name not in BOOKKEEPING and old.get(name) != new.get(name)
    )


def shown(field: str, value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    """A value as anybody may see it: personal fields masked, however deep they lie."""
    if isinstance(value, dict):
        return {name: shown(name, item) for name, item in value.items()}
    if isinstance(value, list):
        return [shown(field, item) for item in value]
    return masked(str(value)) if field in PERSONAL and value is not None else value


# --- reads


def ledger_entries(
    ctx: Context, narrow: LedgerFilter | None = None, cursor: str | None = None, limit: int = PAGE_ENTRIES
) -> LedgerPage:
    """Entries, newest first. `cursor` is `LedgerPage.after` of the page before.

    Raises:
        NotAllowedError: the actor may not read the ledger.
        RefusedError: the cursor is not one.
    """
    ensure_may(ctx, "ledger.read")
    limit = max(1, min(limit, LONGEST_PAGE))
    place = (LedgerEntry.at, LedgerEntry.customer_id, LedgerEntry.seq)
    query = _narrowed(ctx, _with_names(), narrow or LedgerFilter())
    if cursor:
        query = query.where(tuple_(*place) < tuple_(*(literal(part) for part in _parsed(cursor))))
    found = ctx.session.execute(query.order_by(*(part.desc() for part in place)).limit(limit + 1)).all()
    people, departments = _names(ctx, AppUser.id, AppUser.name), _names(ctx, Department.id, Department.code)
    rows = tuple(_row(one, people, departments) for one in found[:limit])
    return LedgerPage(rows, _cursor(rows[-1]) if len(found) > limit else None)


def ledger_actors(ctx: Context) -> tuple[tuple[str, str], ...]:
    """Everybody who may stand in the ledger: (login, name), the system first.

    Raises:
        NotAllowedError: the actor may not read the ledger.
    """
    ensure_may(ctx, "ledger.read")
    people = ctx.session.execute(select(AppUser.login, AppUser.name).order_by(AppUser.name, AppUser.login)).all()
    return ((SYSTEM.login, SYSTEM.name), *((row.login, row.name) for row in people))


def _with_names() -> Select[*tuple[Any, ...]]:
    # Chain 0 is the system's own and joins nobody.
    return (
        select(LedgerEntry, AppUser.name.label("actor_name"), CustomerKey.customer_no, Customer.name)
        .outerjoin(AppUser, AppUser.login == LedgerEntry.actor)
        .outerjoin(CustomerKey, CustomerKey.customer_id == LedgerEntry.customer_id)
        .outerjoin(Customer, Customer.customer_id == LedgerEntry.customer_id)
    )


def _narrowed(ctx: Context, query: Select[*tuple[Any, ...]], narrow: LedgerFilter) -> Select[*tuple[Any, ...]]:
    zone = ZoneInfo(ctx.policy_history.on(ctx.now.date()).time_zone)
    if narrow.actor is not None:
        query = query.where(LedgerEntry.actor == narrow.actor)
    if narrow.group is not None:
        query = query.where(func.split_part(LedgerEntry.action, ".", 1) == narrow.group)
    if narrow.customer_no is not None:
        known = select(CustomerKey.customer_id).where(CustomerKey.customer_no == narrow.customer_no)
        query = query.where(LedgerEntry.customer_id == known.scalar_subquery())
    if narrow.first is not None:
        query = query.where(LedgerEntry.at >= dt.datetime.combine(narrow.first, dt.time(0), zone))
    if narrow.last is not None:
        until = dt.datetime.combine(narrow.last + dt.timedelta(days=1), dt.time(0), zone)
        query = query.where(LedgerEntry.at < until)
    return query


def _names(ctx: Context, key: Any, name: Any) -> dict[int, str]:  # noqa: ANN401  (columns)
    """A small shared table as a dictionary."""
    return {row[0]: row[1] for row in ctx.session.execute(select(key, name))}


def _row(found: Row[*tuple[Any, ...]], people: Mapping[int, str], departments: Mapping[int, str]) -> LedgerRow:
    entry, actor_name, customer_no, customer_name = tuple(found)
    return LedgerRow(
        customer_id=entry.customer_id, seq=entry.seq, at=entry.at, actor=entry.actor, actor_name=actor_name,
        action=entry.action, subject=entry.subject, subject_name=_subject(entry.subject, people, departments),
        customer_no=None if entry.customer_id == SYSTEM_CHAIN else customer_no, customer_name=customer_name,
        changes=tuple(_named(changes_of(entry.before, entry.after), people, departments)), note=entry.note,
    )  # fmt: skip


def _subject(subject: str, people: Mapping[int, str], departments: Mapping[int, str]) -> str | None:
    table, _colon, key = subject.partition(":")
    names = {"app_user": people, "department": departments}.get(table)
    return names.get(int(key)) if names is not None and key.isdigit() else None


def _named(changes: Iterable[Change], people: Mapping[int, str], departments: Mapping[int, str]) -> Iterable[Change]:
    """Changes with the names of people and departments in the place of their keys."""
    for one in changes:
        names = people if one.field in _PEOPLE else departments if one.field in _DEPARTMENTS else None
        if names is None:
            yield one
        else:
            yield Change(one.field, names.get(one.before, one.before), names.get(one.after, one.after))


def _cursor(row: LedgerRow) -> str:
    plain = json.dumps([row.at.isoformat(), row.customer_id, row.seq])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _parsed(cursor: str) -> tuple[dt.datetime, int, int]:
    """Raises RefusedError for anything that `_cursor` did not write: it comes from an address bar."""
    try:
        at, customer_id, seq = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        instant = dt.datetime.fromisoformat(at)
        if instant.tzinfo is None:
            raise ValueError(at)
        return instant, int(customer_id), int(seq)
    except (ValueError, TypeError, binascii.Error) as error:
        raise RefusedError(N_("This place in the list is no longer valid. Start again from the top.")) from error
