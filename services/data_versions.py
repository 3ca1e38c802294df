"""Counters that go up when data of a topic change: the cheap, exact key of every cache, in every process."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from db.models import DataVersion
from services.context import Context

TOPICS = (
    "customers", "trade", "scores", "assessments", "early_warnings", "metrics", "incentives", "policy", "imports",
    "exports", "information", "scorecards", "warning_rules", "notifications", "controls", "gate", "listings",
    "screening", "machines",
)  # fmt: skip


def bump(ctx: Context, *topics: str) -> None:
    """Note that data of these topics changed in this transaction."""
    for topic in sorted(topics):
        row = insert(DataVersion).values(topic=topic, version=1, changed_at=ctx.now)
        ctx.session.execute(
            row.on_conflict_do_update(
                index_elements=[DataVersion.topic],
                set_={"version": DataVersion.version + 1, "changed_at": row.excluded.changed_at},
            )
        )


def versions(ctx: Context, *topics: str) -> tuple[int, ...]:
    """The counters of these topics, 0 for one that never changed."""
    found = dict(ctx.session.execute(select(DataVersion.topic, DataVersion.version)).all())
    return tuple(found.get(topic, 0) for topic in topics)
