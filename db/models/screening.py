"""Names in the form in which they are compared, what was found, and the loads of watch lists (policy 2.3)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import CUSTOMER_SCOPED, Base, CustomerScoped, Instant, Json, Ratio, Versioned, one_of
from db.enums import MatchSource, MatchState, WatchlistScope
from db.models.customer import of_customer


class ScreeningName(Base):
    """A customer's name and identifiers as keys to be found by. `print` changes with what the keys are made of."""

    __tablename__ = "screening_name"
    __placement__ = CUSTOMER_SCOPED
    __table_args__ = (
        of_customer(),
        Index("ix_screening_name_keys", "keys", postgresql_using="gin"),
        Index("ix_screening_name_links", "links", postgresql_using="gin"),
        Index("ix_screening_name_is_listed", "customer_id", postgresql_where=text("is_listed")),
    )

    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    print: Mapped[str]
    #: The print at which it was last compared with those listed.
    compared: Mapped[str | None]
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    #: What is shared with others (code, phone, account, address, legal representative), as digests.
    links: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    #: Whether it had ever been listed when all customers were last compared with it.
    is_listed: Mapped[bool] = mapped_column(server_default=text("false"), default=False)


class WatchlistName(Base):
    """One name of a watch-list entry: place 0 its own, the others its aliases."""

    __tablename__ = "watchlist_name"
    __table_args__ = (
        ForeignKeyConstraint(
            ["source", "entry_no"], ["watchlist_entry.source", "watchlist_entry.entry_no"], ondelete="CASCADE"
        ),
        Index("ix_watchlist_name_keys", "keys", postgresql_using="gin"),
    )

    source: Mapped[str] = mapped_column(primary_key=True)
    entry_no: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    print: Mapped[str]
    #: The print at which it was last compared with all customers.
    compared: Mapped[str | None]
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    links: Mapped[list[str]] = mapped_column(ARRAY(Text()))


class ScreeningMatch(CustomerScoped, Versioned):
    """A customer that resembles somebody listed, or an entry of a watch list, and what a reviewer said of it.

    One a pair. `print` is that of both sides when it was last compared: a pair that was cleared is opened again only
    when it changes.
    """

    __tablename__ = "screening_match"
    __table_args__ = (
        of_customer(),
        one_of("source", MatchSource),
        one_of("state", MatchState),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_range"),
        CheckConstraint("(source = 'listing') = (other_customer_id IS NOT NULL)", name="listing_of_a_customer"),
        CheckConstraint("(source = 'watchlist') = (entry_no IS NOT NULL)", name="entry_of_a_list"),
        CheckConstraint("(list_source IS NULL) = (entry_no IS NULL)", name="entry_with_its_list"),
        CheckConstraint("other_customer_id <> customer_id", name="not_itself"),
        CheckConstraint("state <> 'cleared' OR btrim(coalesce(reason, '')) <> ''", name="cleared_with_reason"),
        CheckConstraint(
            "state NOT IN ('confirmed', 'cleared') OR decided_by_id IS NOT NULL", name="decided_by_someone"
        ),
        Index("uq_screening_match_pair", "customer_id", "pair_key", unique=True),
        Index("ix_screening_match_open", "score", "customer_id", "id", postgresql_where=text("state = 'open'")),
        Index("ix_screening_match_decided_at", "decided_at", postgresql_where=text("decided_at IS NOT NULL")),
        Index("ix_screening_match_pair_key", "pair_key"),
    )

    pair_key: Mapped[str]
    source: Mapped[str]
    other_customer_id: Mapped[int | None]
    list_source: Mapped[str | None]
    entry_no: Mapped[str | None]
    #: The name of the other that it resembles most.
    name: Mapped[str]
    score: Mapped[Ratio]
    features: Mapped[Json]
    print: Mapped[str]
    state: Mapped[str]
    found_on: Mapped[dt.date]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    decided_at: Mapped[Instant | None]
    reason: Mapped[str | None]


class WatchlistLoad(Base):
    """One load of a watch list: what it added, changed and ended."""

    __tablename__ = "watchlist_load"
    __table_args__ = (
        one_of("scope", WatchlistScope),
        CheckConstraint("added >= 0 AND changed >= 0 AND removed >= 0 AND unchanged >= 0", name="counts"),
        Index("ix_watchlist_load_source", "source", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    source: Mapped[str]
    scope: Mapped[str]
    format: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    loaded_on: Mapped[dt.date]
    loaded_at: Mapped[Instant]
    loaded_by: Mapped[str]
    added: Mapped[int]
    changed: Mapped[int]
    removed: Mapped[int]
    unchanged: Mapped[int]
