"""A person's own notices: the list, unread ones first, and the number on the bell."""

from __future__ import annotations

from sqlalchemy import func, select, tuple_, update

from db.models import Notification
from services import access, data_versions
from services.context import Context
from services.notifications.choices import acting_person
from services.notifications.rows import NoticePage, NoticeRow

#: The bell counts up to here; beyond it says "99+".
MOST_COUNTED = 100
PAGE_SIZE = 25

# --- commands


def mark_read(ctx: Context, notice_id: int) -> None:
    """Note that the acting person has read a notice of theirs. Another's is left as it is.

    Reading is no change that the policy is about: it is not in the ledger.
    """
    _mark(ctx, Notification.id == notice_id)


def mark_all_read(ctx: Context, up_to: int) -> int:
    """Note that all notices up to one (the newest that was on the screen) were read; how many."""
    return _mark(ctx, Notification.id <= up_to)


def _mark(ctx: Context, which: object) -> int:
    access.ensure_may(ctx, "notification.read")
    mine = update(Notification).where(
        Notification.user_id == acting_person(ctx), Notification.read_at.is_(None), which  # type: ignore[arg-type]
    )  # fmt: skip
    marked = len(ctx.session.execute(mine.values(read_at=ctx.now).returning(Notification.id)).all())
    if marked:
        data_versions.bump(ctx, "notifications")
    return marked


# --- reads


def unread_count(ctx: Context, login: str) -> int:
    """How many notices wait for the acting person, counted up to MOST_COUNTED. `login` makes the cache's key theirs."""
    if ctx.actor.user_id is None or login != ctx.actor.login:
        return 0
    some = (
        select(Notification.id)
        .where(Notification.user_id == ctx.actor.user_id, Notification.read_at.is_(None))
        .limit(MOST_COUNTED)
        .subquery()
    )
    return ctx.session.execute(select(func.count()).select_from(some)).scalar_one()


def my_notices(
    ctx: Context, *, only_unread: bool = False, after: tuple[bool, int] | None = None, limit: int = PAGE_SIZE
) -> NoticePage:
    """The acting person's notices, unread ones first, then the newest; from a place in the list on.

    Raises:
        NotAllowedError: not a person.
    """
    access.ensure_may(ctx, "notification.read")
    is_unread = Notification.read_at.is_(None)
    found = select(
        Notification.id, Notification.kind, Notification.params, Notification.link, Notification.is_urgent,
        Notification.created_at, Notification.read_at,
    ).where(Notification.user_id == acting_person(ctx))  # fmt: skip
    if only_unread:
        found = found.where(is_unread)
    if after is not None:
        found = found.where(tuple_(is_unread, Notification.id) < tuple_(*after))
    ordered = found.order_by(is_unread.desc(), Notification.id.desc()).limit(limit + 1)
    rows = [NoticeRow(*row) for row in ctx.session.execute(ordered)]
    last = rows[limit - 1] if len(rows) > limit else None
    return NoticePage(tuple(rows[:limit]), None if last is None else (last.read_at is None, last.id))


def notice_count(ctx: Context, *, only_unread: bool = False) -> int:
    """How many notices the acting person has.

    Raises:
        NotAllowedError: not a person.
    """
    access.ensure_may(ctx, "notification.read")
    found = select(func.count()).where(Notification.user_id == acting_person(ctx))
    if only_unread:
        found = found.where(Notification.read_at.is_(None))
    return ctx.session.execute(found).scalar_one()
