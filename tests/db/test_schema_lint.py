"""The storage rules that let the same schema run on one server and on many, held for every table."""

from __future__ import annotations

import pytest
from sqlalchemy import BigInteger, CheckConstraint, Table, UniqueConstraint, text
from sqlalchemy.orm import configure_mappers

import db.models
from db.base import CUSTOMER_SCOPED, LOCAL, REFERENCE, Base
from services.context import Context

assert db.models.__all__
configure_mappers()
TABLES = {table.name: table for table in Base.metadata.sorted_tables}
PLACEMENT = {mapper.local_table.name: mapper.class_.__placement__ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]
SCOPED = [table for name, table in TABLES.items() if PLACEMENT[name] == CUSTOMER_SCOPED]


@pytest.mark.parametrize("table", SCOPED, ids=lambda table: table.name)
def test_a_customer_scoped_key_leads_with_the_customer(table: Table) -> None:
    columns = [column.name for column in table.primary_key.columns]
    assert columns[0] == "customer_id"
    assert isinstance(table.c.customer_id.type, BigInteger)
    assert not table.c.customer_id.nullable
    assert table.c.customer_id.identity is None


@pytest.mark.parametrize("table", SCOPED, ids=lambda table: table.name)
def test_every_unique_rule_of_a_customer_scoped_table_contains_the_customer(table: Table) -> None:
    unique = [rule.columns for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    unique += [index.columns for index in table.indexes if index.unique]
    assert all("customer_id" in [column.name for column in columns] for columns in unique)


@pytest.mark.parametrize("table", list(TABLES.values()), ids=lambda table: table.name)
def test_foreign_keys_carry_the_customer_or_point_at_a_reference_table(table: Table) -> None:
    for rule in table.foreign_key_constraints:
        target = rule.referred_table.name
        assert rule.ondelete in {"CASCADE", "RESTRICT"}
        # A shared table that refers to itself can't be spread; one of a customer can, where the customer is in the key.
        assert target != table.name or PLACEMENT[target] == CUSTOMER_SCOPED
        if PLACEMENT[table.name] == LOCAL or PLACEMENT[target] == LOCAL:
            pytest.fail(f"{table.name} -> {target}: local tables take no part in foreign keys")
        if PLACEMENT[target] == CUSTOMER_SCOPED:
            pairs = {(key.parent.name, key.column.name) for key in rule.elements}
            assert ("customer_id", "customer_id") in pairs
        else:
            assert PLACEMENT[target] == REFERENCE


@pytest.mark.parametrize("table", list(TABLES.values()), ids=lambda table: table.name)
def test_own_ids_are_big_identities(table: Table) -> None:
    if "id" in table.c:
        assert table.c.id.identity is not None
        assert table.c.id.identity.always is False
        assert isinstance(table.c.id.type, BigInteger)


def test_the_database_has_what_the_models_say(ctx: Context) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    assert compare_metadata(MigrationContext.configure(ctx.session.connection()), Base.metadata) == []


def test_the_database_checks_what_the_models_check(ctx: Context) -> None:
    """Alembic does not compare CHECK constraints, so their names are compared here."""
    stored = set(ctx.session.execute(text("SELECT conname FROM pg_constraint WHERE contype = 'c'")).scalars())
    expected = {
        str(rule.name) for table in TABLES.values() for rule in table.constraints if isinstance(rule, CheckConstraint)
    }
    assert expected
    assert expected <= stored
