"""What other systems are told: one table of kinds, written in the transaction of what happened (docs/api.md).

A row gets its place in the order only after its transaction has committed (`place_new`): ids are handed out before, and
a reader that had gone by ids would miss what commits late. Places have no gaps, and whoever hands them out holds a lock
until they are there to be seen; so everything before a place that somebody saw is there too, however long another
transaction takes. Places survive a restore from a backup, which the server's own transaction ids do not.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, text

from db.models import MachineEvent
from services import access
from services.context import Context
from services.errors import N_, NotAllowedError, RefusedError

#: The event of the newest place that is there, for a reader that wants only what comes.
LATEST = "latest"
MOST_READ = 1_000
_PLACING = 7_205_361
_CURSOR_MARK = "e1."


class WrongCursorError(RefusedError):
    """The cursor was not made here."""


class OldCursorError(RefusedError):
    """What follows the cursor is not kept any more, or belongs to another history (a restored backup)."""


@dataclass(frozen=True)
class EventKind:
    """One kind of event: the right that reads it, and the fields of its payload, all of which are always there."""

    kind: str
    right: str
    fields: tuple[str, ...]
    about: str


_ALL = (
    EventKind(
        "warning.raised", "early_warning.read",
        ("warning_id", "rule", "severity", "raised_on", "due_at", "department", "money_at_risk"),
        N_("A warning was raised, by a rule or by hand."),
    ),
    EventKind(
        "warning.resolved", "early_warning.read", ("warning_id", "rule", "severity", "outcome"),
        N_("A warning was resolved."),
    ),
    EventKind(
        "level.changed", "customer.read", ("level_before", "level", "score", "source", "as_of"),
        N_("The level in force became high or critical, or ceased to be."),
    ),
    EventKind(
        "listing.confirmed", "customer.read", ("listing_no", "criterion", "grade", "decided_on"),
        N_("A customer was listed: trade stops."),
    ),
    EventKind(
        "listing.rejected", "customer.read", ("listing_no", "criterion", "decided_on"),
        N_("A proposal to list a customer was rejected."),
    ),
    EventKind(
        "listing.restored", "customer.read", ("listing_no", "criterion", "restored_on"),
        N_("A customer is not listed any more."),
    ),
    EventKind(
        "control.active", "customer.read", ("control_id", "kind", "force", "starts_on", "expires_on"),
        N_("A measure came into force."),
    ),
    EventKind(
        "control.ended", "customer.read", ("control_id", "kind", "state", "ended_on"),
        N_("A measure was lifted or expired."),
    ),
    EventKind(
        "gate.held", "event.read_orders", ("order_no", "amount", "currency", "reasons"),
        N_("The order gate holds an order until somebody decides."),
    ),
    EventKind(
        "gate.settled", "event.read_orders", ("order_no", "state", "settled_on"),
        N_("Somebody decided on an order that was held."),
    ),
)  # fmt: skip
#: By name, in the order in which people see them.
EVENT_KINDS: dict[str, EventKind] = {one.kind: one for one in _ALL}


@dataclass(frozen=True)
class EventRow:
    """One event as machines read it. `cursor` continues after it."""

    cursor: str
    id: int
    kind: str
    at: dt.datetime
    customer_no: str | None
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class EventPage:
    """Events in order. `next_cursor` continues after them, also where there are none."""

    events: tuple[EventRow, ...]
    next_cursor: str
    has_more: bool


# --- rules


def cursor_of(position: int) -> str:
    """The cursor that continues after a place."""
    return base64.urlsafe_b64encode(f"{_CURSOR_MARK}{position}".encode()).decode().rstrip("=")


def position_of(cursor: str) -> int:
    """The place that a cursor continues after.

    Raises:
        WrongCursorError: it is none of ours.
    """
    try:
        plain = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        mark, number = plain[: len(_CURSOR_MARK)], plain[len(_CURSOR_MARK) :]
        if mark == _CURSOR_MARK and number.isdigit() and len(number) < 19:
            return int(number)
    except ValueError:
        pass
    raise WrongCursorError(
        N_("This cursor is not one of ours. Take “next” of an earlier answer, or leave “after” out to begin anew.")
    )


def payload_of(kind: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload as it is kept: exactly the fields of its kind, as JSON values."""
    wanted = EVENT_KINDS[kind].fields
    if set(payload) != set(wanted):
        raise ValueError(f"{kind} has the fields {', '.join(wanted)}, not {', '.join(sorted(payload))}")
    return {name: as_json(payload[name]) for name in wanted}


def as_json(value: object) -> Any:  # noqa: ANN401  (any JSON value)
    """A value as machines read it: numbers as numbers, days and instants in ISO's form, instants in UTC."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    return value


# --- commands


def publish(ctx: Context, kind: str, *, customer_id: int | None = None, payload: Mapping[str, Any]) -> None:
    """Tell other systems, once this transaction has committed. The payload has exactly the fields of its kind."""
    publish_all(ctx, kind, [(customer_id, payload)])


def publish_all(ctx: Context, kind: str, events: Sequence[tuple[int | None, Mapping[str, Any]]]) -> None:
    """`publish` for many of one kind, in one statement. Waits for nobody."""
    rows = [
        {"at": ctx.now, "kind": kind, "customer_id": customer_id, "payload": payload_of(kind, payload)}
        for customer_id, payload in events
    ]
    if rows:
        ctx.session.execute(insert(MachineEvent), rows)


_PLACE = text("""
    UPDATE machine_event e SET position = n.position
      FROM (SELECT id, row_number() OVER (ORDER BY id)
                       + (SELECT coalesce(max(position), 0) FROM machine_event) AS position
              FROM machine_event WHERE position IS NULL) n
     WHERE e.id = n.id
""")
#: What each webhook in use is to be told of the events just placed: with their place they are due.
_ADDRESS = text("""
    INSERT INTO webhook_delivery (webhook_id, event_id, state, queued_at, next_at)
    SELECT w.id, e.id, 'queued', :now, :now
      FROM machine_event e JOIN webhook w ON w.is_active AND e.kind = ANY (w.kinds)
     WHERE e.position > :last
    ON CONFLICT (webhook_id, event_id) DO NOTHING
""")


def place_new(ctx: Context) -> int:
    """Give events that have committed their place, and have the webhooks told of them; how many.

    The last placed row is never pruned, so that places go on from it.
    """
    if not ctx.session.execute(text("SELECT EXISTS (SELECT 1 FROM machine_event WHERE position IS NULL)")).scalar():
        return 0
    ctx.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _PLACING})
    last = _newest(ctx)
    placed = int(ctx.session.execute(_PLACE).rowcount)  # type: ignore[attr-defined]
    ctx.session.execute(_ADDRESS, {"last": last, "now": ctx.now})
    return placed


_PRUNE = text("""
    DELETE FROM machine_event e
     WHERE e.at < :before AND e.position < (SELECT max(position) FROM machine_event)
       AND e.position < (SELECT coalesce(min(k.position), 9223372036854775807) FROM machine_event k
                          WHERE k.at >= :before)
""")


def prune_events(ctx: Context) -> int:
    """Forget events that are older than the policy keeps them; how many. From the front only: the rest has no gaps."""
    kept = dt.timedelta(days=ctx.policy_history.on(ctx.today).events_kept_days)
    return int(ctx.session.execute(_PRUNE, {"before": ctx.now - kept}).rowcount)  # type: ignore[attr-defined]


# --- reads


def readable_kinds(ctx: Context) -> tuple[str, ...]:
    """The kinds that the actor may read."""
    return tuple(one.kind for one in _ALL if ctx.is_system or access.may(ctx.actor, one.right))


_READ = text("""
    SELECT e.position, e.id, e.kind, e.at, k.customer_no, e.payload
      FROM machine_event e LEFT JOIN customer_key k ON k.customer_id = e.customer_id
     WHERE e.position > :after AND e.position <= :newest AND e.kind = ANY (:kinds)
       AND (CAST(:department AS bigint) IS NULL OR EXISTS (
            SELECT 1 FROM customer c WHERE c.customer_id = e.customer_id AND c.owner_department_id = :department))
     ORDER BY e.position LIMIT :limit
""")


def events_after(
    ctx: Context, cursor: str | None = None, kinds: Collection[str] | None = None, limit: int = 100
) -> EventPage:
    """Events after a cursor (None: from the oldest that is kept; LATEST: only what comes) in the order of their places.

    A machine of a department reads of its own customers only.

    Raises:
        NotAllowedError: a kind was asked for that the actor may not read.
        WrongCursorError, OldCursorError, RefusedError: there is no such place, kind or number.
    """
    access.ensure_may(ctx, "event.read")
    wanted = _wanted(ctx, kinds)
    if not 1 <= limit <= MOST_READ:
        raise RefusedError(N_("Between 1 and %(most)s events can be read at once."), most=MOST_READ)
    place_new(ctx)
    newest = _newest(ctx)
    after = newest if cursor == LATEST else _start(ctx, cursor, newest)
    values = {
        "after": after, "newest": newest, "kinds": list(wanted), "limit": limit + 1,
        "department": None if ctx.actor.rights is None else ctx.actor.department_id,
    }  # fmt: skip
    rows = ctx.session.execute(_READ, values).all()
    has_more = len(rows) > limit
    events = tuple(EventRow(cursor_of(row[0]), *row[1:]) for row in rows[:limit])
    return EventPage(events, events[-1].cursor if has_more else cursor_of(max(newest, after)), has_more)


_LATELY = text("""
    SELECT e.position, e.id, e.kind, e.at, k.customer_no, e.payload
      FROM machine_event e LEFT JOIN customer_key k ON k.customer_id = e.customer_id
     WHERE e.position < :before AND (CAST(:kind AS text) IS NULL OR e.kind = :kind)
     ORDER BY e.position DESC LIMIT :limit
""")


def events_lately(
    ctx: Context, kind: str | None = None, before: int | None = None, limit: int = 50
) -> tuple[tuple[int, EventRow], ...]:
    """The newest events with their places, for people; those before a place, to go on.

    Raises:
        NotAllowedError: the actor may not read them.
    """
    access.ensure_may(ctx, "event.read")
    place_new(ctx)
    values = {"before": before or 2**62, "kind": kind, "limit": limit}
    rows = ctx.session.execute(_LATELY, values)
    return tuple((row[0], EventRow(cursor_of(row[0]), *row[1:])) for row in rows)


def _wanted(ctx: Context, kinds: Collection[str] | None) -> tuple[str, ...]:
    allowed = readable_kinds(ctx)
    if not kinds:
        return allowed
    for kind in kinds:
        if kind not in EVENT_KINDS:
            raise RefusedError(N_("There is no kind of event called %(kind)s."), kind=kind)
        if kind not in allowed:
            raise NotAllowedError(N_("This token may not read events of the kind %(kind)s."), kind=kind)
    return tuple(kinds)


def _start(ctx: Context, cursor: str | None, newest: int) -> int:
    after = 0 if cursor is None else position_of(cursor)
    oldest = ctx.session.execute(text("SELECT min(position) FROM machine_event")).scalar_one() or 1
    if cursor is not None and (after < oldest - 1 or after > newest):
        raise OldCursorError(
            N_(
                "Events after this cursor are not kept any more. Read the state of your customers anew, then go on "
                "with after=latest."
            )
        )
    return after


def _newest(ctx: Context) -> int:
    return int(ctx.session.execute(text("SELECT coalesce(max(position), 0) FROM machine_event")).scalar_one())
