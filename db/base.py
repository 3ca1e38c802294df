"""Foundations of every table: naming, customer-scoped keys, and how a table is spread when the database grows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import BigInteger, Date, DateTime, Identity, MetaData, Numeric, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CheckConstraint

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: How a table is placed when the database is scaled out: by customer, copied everywhere, or kept on one node.
CUSTOMER_SCOPED, REFERENCE, LOCAL = "customer", "reference", "local"

Money = Annotated[Decimal, mapped_column(Numeric(20, 4))]
Ratio = Annotated[Decimal, mapped_column(Numeric(12, 6))]
Instant = Annotated[dt.datetime, mapped_column(DateTime(timezone=True))]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]


class Base(DeclarativeBase):
    """All tables. Each states its placement in `__placement__`; the schema lint holds it to the rules that follow."""

    __abstract__ = True
    __placement__ = REFERENCE
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads a plain class attribute)
        str: Text(),
        dt.date: Date(),
        dt.datetime: DateTime(timezone=True),
        int: BigInteger(),
        dict[str, Any]: JSONB(),
    }


class CustomerScoped(Base):
    """A table whose rows belong to one customer: its key, foreign keys and unique rules all lead with customer_id."""

    __abstract__ = True
    __placement__ = CUSTOMER_SCOPED

    customer_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)


class Versioned:
    """Rows that people edit: `version` goes up by one with each change, so that a stale screen is noticed."""

    version: Mapped[int] = mapped_column(server_default="1", default=1)
    changed_at: Mapped[Instant] = mapped_column(server_default=func.now())


def one_of(column: str, names: type[StrEnum], *, optional: bool = False) -> CheckConstraint:
    """The CHECK that a column holds one of the names. Named after the column: two columns may share one enum."""
    listed = ", ".join(f"'{name.value}'" for name in names)
    empty = f"{column} IS NULL OR " if optional else ""
    return CheckConstraint(f"{empty}{column} IN ({listed})", name=f"{column}_known")
