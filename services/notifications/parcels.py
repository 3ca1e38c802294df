"""What one message takes, gathered in a short transaction so that it can be sent outside of any."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from db.models import AppUser, Notification, NotificationTarget
from services.context import Context
from services.notifications.rows import NoticeRow, Parcel
from services.notifications.safekeeping import opened
from services.notifications.sending import allows_private, mail_server, public_url


def parcel_for(
    ctx: Context,
    target: NotificationTarget,
    deliveries: Sequence[int],
    notices: Sequence[int],
    *,
    is_test: bool = False,
) -> Parcel:
    """A message with these notices to an address, in the language of who gets it.

    Raises:
        LostKeyError: the address or the password was stored with another key.
    """
    policy = ctx.policy_history.on(ctx.now.date())
    person = None if target.user_id is None else ctx.session.get(AppUser, target.user_id)
    return Parcel(
        deliveries=tuple(deliveries), channel=target.channel, address=opened(target.secret), masked=target.masked,
        notices=_notices(ctx, notices), recipient=person.name if person else "",
        language=person.language if person else target.language, time_zone=policy.time_zone,
        base_currency=policy.base_currency, public_url=public_url(ctx), allows_private=allows_private(ctx),
        mail=mail_server(ctx) if target.channel == "email" else None, is_test=is_test,
    )  # fmt: skip


def _notices(ctx: Context, ids: Sequence[int]) -> tuple[NoticeRow, ...]:
    """Urgent ones first, then as they came."""
    found = select(
        Notification.id, Notification.kind, Notification.params, Notification.link, Notification.is_urgent,
        Notification.created_at, Notification.read_at,
    ).where(Notification.id.in_(list(ids)))  # fmt: skip
    rows = [NoticeRow(*row) for row in ctx.session.execute(found)]
    return tuple(sorted(rows, key=lambda row: (not row.is_urgent, row.id)))
