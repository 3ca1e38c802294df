"""How notices leave the house: the mail server, the address of our own pages, and whether hosts inside are allowed."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from db.enums import MailSecurity
from db.models import NotificationSending
from services import access, data_versions, ledger
from services.context import Context
from services.errors import N_, RefusedError
from services.notifications.addresses import address_of
from services.notifications.rows import MailServer, SendingRow
from services.notifications.safekeeping import opened, sealed
from services.states import ensure_fresh

_ONLY = 1
_LAST_PORT = 65_535


@dataclass(frozen=True)
class Wish:
    """What an administrator wants; `password` None leaves the one that is kept, empty takes it away."""

    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    mail_from: str
    public_url: str
    allows_private: bool
    password: str | None = None


# --- commands


def set_sending(ctx: Context, wish: Wish, version: int) -> SendingRow:
    """Set how notices leave the house. The ledger has everything but the password.

    Raises:
        NotAllowedError, StaleError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "notification.configure")
    row = ctx.session.get(NotificationSending, _ONLY, with_for_update=True, populate_existing=True)
    ensure_fresh(version, row.version if row else 0)
    wanted = _checked(wish)
    before = None if row is None else _shown(row)
    if row is None:
        row = NotificationSending(id=_ONLY, version=0, smtp_secret="")
        ctx.session.add(row)
    for name, value in wanted.items():
        setattr(row, name, value)
    if wish.password is not None:
        row.smtp_secret = sealed(wish.password) if wish.password else ""
    row.version += 1
    row.changed_at = ctx.now
    ctx.session.flush()
    after = {**_shown(row), "password_set": wish.password is not None}
    ledger.record(ctx, "notification.sending_set", "notification_sending", before=before, after=after)
    data_versions.bump(ctx, "notifications")
    return sending(ctx)


def _checked(wish: Wish) -> dict[str, object]:
    host, sender, url = wish.smtp_host.strip(), wish.mail_from.strip(), wish.public_url.strip().rstrip("/")
    if wish.smtp_security not in set(MailSecurity):
        raise RefusedError(N_("Choose how the connection to the mail server is encrypted."))
    if any(letter.isspace() or letter in "/@" for letter in host):
        raise RefusedError(N_("The mail server is a name such as smtp.example.com, without a port."))
    if not 1 <= wish.smtp_port <= _LAST_PORT:
        raise RefusedError(N_("A port is a number from 1 to 65535."))
    if host and not sender:
        raise RefusedError(N_("Give the address that mails come from."))
    if sender:
        sender = address_of("email", sender).full
    if wish.smtp_user.strip() and wish.smtp_security == MailSecurity.NONE and not wish.allows_private:
        raise RefusedError(N_("A password is not sent over a connection without encryption. Choose STARTTLS or TLS."))
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username):
        raise RefusedError(N_("The address of Greyledger begins with https:// and has no question mark."))
    return {
        "smtp_host": host, "smtp_port": wish.smtp_port, "smtp_security": wish.smtp_security,
        "smtp_user": wish.smtp_user.strip(), "mail_from": sender, "public_url": url,
        "allows_private": wish.allows_private,
    }  # fmt: skip


def _shown(row: NotificationSending) -> dict[str, object]:
    return {
        "smtp_host": row.smtp_host, "smtp_port": row.smtp_port, "smtp_security": row.smtp_security,
        "smtp_user": row.smtp_user, "mail_from": row.mail_from, "public_url": row.public_url,
        "allows_private": row.allows_private,
    }  # fmt: skip


# --- reads


def sending(ctx: Context) -> SendingRow:
    """How notices leave the house, without the password; defaults where nobody has set it.

    Raises:
        NotAllowedError: the actor may not set it.
    """
    access.ensure_may(ctx, "notification.configure")
    row = ctx.session.get(NotificationSending, _ONLY)
    if row is None:
        return SendingRow()
    return SendingRow(
        row.smtp_host, row.smtp_port, row.smtp_security, row.smtp_user, bool(row.smtp_secret), row.mail_from,
        row.public_url, row.allows_private, row.version,
    )  # fmt: skip


def allows_private(ctx: Context) -> bool:
    """Whether messages may go to hosts inside the network."""
    row = ctx.session.get(NotificationSending, _ONLY)
    return row is not None and row.allows_private


def public_url(ctx: Context) -> str:
    """Where people open Greyledger; empty where nobody has set it: then messages hold no links."""
    row = ctx.session.get(NotificationSending, _ONLY)
    return row.public_url if row else ""


def mail_server(ctx: Context) -> MailServer | None:
    """The mail server with its password, for the sending itself; None where there is none."""
    row = ctx.session.get(NotificationSending, _ONLY)
    if row is None or not row.smtp_host:
        return None
    password = opened(row.smtp_secret) if row.smtp_secret else ""
    return MailServer(row.smtp_host, row.smtp_port, row.smtp_security, row.smtp_user, password, row.mail_from)
