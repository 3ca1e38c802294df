"""What the gate knows while the database is away: who was listed or suspended when last seen (SPEC 8).

Two small files in the home folder, named after the database in use. `known` holds the customers that get nothing; it is
written anew beside and put in place in one step, so a reader finds the old one or the new one. `away` holds what was
answered meanwhile until it is in the database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import text

from db.embedded import home_folder
from db.enums import GateDecision, Role
from services.context import Actor, Context
from services.data_versions import versions
from services.gate.rows import OrderAsked

_TOPICS = ("listings", "controls", "customers", "imports")
#: Written anew after so long even if no topic moved.
_LONGEST_SECONDS = 300
_BLOCKED = text("""
SELECT k.customer_no, 'listed' AS why
  FROM listing l JOIN customer_key k ON k.customer_id = l.customer_id WHERE l.state = 'confirmed'
UNION
SELECT k.customer_no, CASE WHEN c.kind = 'suspension' THEN 'suspended' ELSE 'absolute' END
  FROM control c JOIN customer_key k ON k.customer_id = c.customer_id
 WHERE c.state = 'active' AND (c.kind = 'suspension' OR c.force = 'absolute')
   AND c.starts_on <= :day AND coalesce(c.expires_on, :day) >= :day
""")


@dataclass(frozen=True)
class Known:
    """What is known of one customer, and from when it is. `is_blocked` None: nothing is known at all."""

    is_blocked: bool | None
    as_of: dt.datetime | None


@dataclass(frozen=True)
class AwayAnswer:
    """An order that was answered while the database was away."""

    actor: Actor
    order: OrderAsked
    decision: GateDecision
    at: dt.datetime


def _file(kind: str) -> Path:
    place = os.environ.get("DATABASE_URL", "") or "embedded"
    return home_folder() / f"gate-{kind}-{hashlib.sha256(place.encode()).hexdigest()[:12]}.sqlite"


# --- who gets nothing


def refresh_known(ctx: Context) -> bool:
    """Bring the file up to date; True if it had to be written anew. Cheap while nothing changed."""
    period = int(ctx.now.timestamp()) // _LONGEST_SECONDS
    stamp = json.dumps([*versions(ctx, *_TOPICS), ctx.today.isoformat(), period])
    path = _file("known")
    if _stamp(path) == stamp:
        with _opened(path) as file:
            file.execute("UPDATE meta SET seen_at = ?", (ctx.now.isoformat(),))
        return False
    blocked = ctx.session.execute(_BLOCKED, {"day": ctx.today}).all()
    _write_known(path, stamp, ctx.now, [(row.customer_no, row.why) for row in blocked])
    return True


def _stamp(path: Path) -> str | None:
    if not path.exists():
        return None
    try:
        with _opened(path) as file:
            found = file.execute("SELECT stamp FROM meta").fetchone()
    except sqlite3.Error:  # cut off by a crash of the machine: it is written anew
        return None
    return None if found is None else str(found[0])


def _write_known(path: Path, stamp: str, now: dt.datetime, blocked: Sequence[tuple[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{path.stem}-", suffix=".new", dir=path.parent)
    os.close(handle)
    try:
        with _opened(Path(name)) as file:
            file.execute("CREATE TABLE meta (stamp text, seen_at text)")
            file.execute("CREATE TABLE blocked (customer_no text PRIMARY KEY, why text) WITHOUT ROWID")
            file.executemany("INSERT OR IGNORE INTO blocked VALUES (?, ?)", blocked)
            file.execute("INSERT INTO meta VALUES (?, ?)", (stamp, now.isoformat()))
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def known_of(customer_no: str) -> Known:
    """What the last known state says of a customer."""
    path = _file("known")
    if not path.exists():
        return Known(None, None)
    try:
        with _opened(path) as file:
            seen_at = file.execute("SELECT seen_at FROM meta").fetchone()
            found = file.execute("SELECT 1 FROM blocked WHERE customer_no = ?", (customer_no,)).fetchone()
    except sqlite3.Error:
        return Known(None, None)
    return Known(found is not None, dt.datetime.fromisoformat(seen_at[0]))


# --- what was answered meanwhile


def note_away(answer: AwayAnswer) -> AwayAnswer:
    """Keep an answer until it is in the database; the first one of an order number stays."""
    with _away_file() as file:
        file.execute(
            "INSERT OR IGNORE INTO answered VALUES (?, ?, ?)",
            (answer.order.customer_no, answer.order.order_no, _as_text(answer)),
        )
        kept = file.execute(
            "SELECT answer FROM answered WHERE customer_no = ? AND order_no = ?",
            (answer.order.customer_no, answer.order.order_no),
        ).fetchone()
    return _from_text(kept[0])


def away_answers(most: int = 500) -> tuple[AwayAnswer, ...]:
    """What waits to be brought into the database, in the order in which it was answered."""
    if not _file("away").exists():
        return ()
    with _away_file() as file:
        found = file.execute("SELECT answer FROM answered ORDER BY rowid LIMIT ?", (most,)).fetchall()
    return tuple(_from_text(one) for (one,) in found)


def forget_away(answer: AwayAnswer) -> None:
    """An answer is in the database."""
    with _away_file() as file:
        file.execute(
            "DELETE FROM answered WHERE customer_no = ? AND order_no = ?",
            (answer.order.customer_no, answer.order.order_no),
        )


@contextmanager
def _away_file() -> Iterator[sqlite3.Connection]:
    path = _file("away")
    path.parent.mkdir(parents=True, exist_ok=True)
    with _opened(path) as file:
        file.execute(
            "CREATE TABLE IF NOT EXISTS answered (customer_no text, order_no text, answer text, "
            "UNIQUE (customer_no, order_no))"
        )
        yield file


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction on a file, on the disk when it ends."""
    with closing(sqlite3.connect(path, timeout=5)) as file:
        file.execute("PRAGMA synchronous = FULL")
        with file:
            yield file


def _as_text(answer: AwayAnswer) -> str:
    actor = asdict(answer.actor) | {"rights": answer.actor.rights and sorted(answer.actor.rights)}
    content = {
        "actor": actor, "order": asdict(answer.order), "decision": answer.decision.value, "at": answer.at.isoformat()
    }  # fmt: skip
    return json.dumps(content, default=str)


def _from_text(kept: str) -> AwayAnswer:
    content: dict[str, Any] = json.loads(kept)
    actor, order = content["actor"], content["order"]
    rights = actor["rights"]
    actor |= {"role": Role(actor["role"]), "rights": None if rights is None else frozenset(rights)}
    paid = order["prepaid_amount"]
    order |= {"amount": Decimal(order["amount"]), "prepaid_amount": None if paid is None else Decimal(paid)}
    return AwayAnswer(
        Actor(**actor), OrderAsked(**order), GateDecision(content["decision"]),
        dt.datetime.fromisoformat(content["at"]),
    )  # fmt: skip
