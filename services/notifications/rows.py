"""The frozen rows that leave this concept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.enums import NoticeMode
from services.notifications.rhythm import Hours


@dataclass(frozen=True)
class NoticeRow:
    """One notice as its reader sees it. `link` is a page and its query: `customer?customer=C-1`."""

    id: int
    kind: str
    params: Mapping[str, Any]
    link: str
    is_urgent: bool
    created_at: dt.datetime
    read_at: dt.datetime | None


@dataclass(frozen=True)
class NoticePage:
    """Part of the list of notices; `after` continues it."""

    rows: tuple[NoticeRow, ...]
    after: tuple[bool, int] | None


@dataclass(frozen=True)
class TargetRow:
    """An address as it may be shown."""

    id: int
    version: int
    channel: str
    masked: str
    owner: str
    is_of_department: bool
    language: str | None
    added_at: dt.datetime
    verified_at: dt.datetime | None
    last_sent_at: dt.datetime | None
    last_error: Mapping[str, Any] | None


@dataclass(frozen=True)
class Choices:
    """What a person chose: the mode by (kind, medium), all of them given, and the hours."""

    modes: Mapping[tuple[str, str], NoticeMode]
    hours: Hours


@dataclass(frozen=True)
class DepartmentChoice:
    """When a department's addresses are sent to. `mode` None: each kind's default."""

    mode: NoticeMode | None
    hours: Hours


@dataclass(frozen=True)
class SendingRow:
    """How notices leave the house, without the password."""

    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    has_password: bool = False
    mail_from: str = ""
    public_url: str = ""
    allows_private: bool = False
    version: int = 0


@dataclass(frozen=True)
class DeliveryRow:
    """One sending, for the log."""

    id: int
    kind: str
    target: int
    channel: str
    address: str
    owner: str
    state: str
    attempts: int
    queued_at: dt.datetime
    next_at: dt.datetime
    sent_at: dt.datetime | None
    error: Mapping[str, Any] | None


@dataclass(frozen=True)
class MailServer:
    """What it takes to hand a message to the mail server."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    sender: str


@dataclass(frozen=True)
class Parcel:
    """What one message is about and where it goes, read before and carried outside of any transaction."""

    deliveries: tuple[int, ...]
    channel: str
    address: str = field(repr=False)
    masked: str
    notices: tuple[NoticeRow, ...]
    recipient: str
    language: str | None
    time_zone: str
    base_currency: str
    public_url: str
    allows_private: bool
    mail: MailServer | None
    is_test: bool = False


@dataclass(frozen=True)
class Letter:
    """A message in the reader's words: `text` for messengers, `html` beside it for mail."""

    title: str
    text: str
    html: str


#: Writes a parcel's letter in the language of who gets it. The words are the doors' (dashboard/notice_letters.py).
Compose = Callable[[Parcel], Letter]
