"""Steps that migrations share: placing tables when the database is scaled out, and the guards that hold invariants."""

from __future__ import annotations

from alembic import op

SCALE_OUT = """
CREATE FUNCTION scale_out(target regclass, column_name text, placement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') OR placement = 'local' THEN
        RETURN;
    ELSIF placement = 'reference' THEN
        EXECUTE format('SELECT create_reference_table(%L)', target);
    ELSIF target::text = 'customer' THEN
        EXECUTE format('SELECT create_distributed_table(%L, %L)', target, column_name);
    ELSE
        EXECUTE format('SELECT create_distributed_table(%L, %L, colocate_with => %L)', target, column_name, 'customer');
    END IF;
END $$
"""

GUARD_TRANSITION = """
CREATE FUNCTION guard_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IS DISTINCT FROM OLD.state
       AND NOT (OLD.state || '>' || NEW.state) = ANY (string_to_array(TG_ARGV[0], ' ')) THEN
        RAISE EXCEPTION 'illegal transition of % from % to %', TG_TABLE_NAME, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""

GUARD_APPEND_ONLY = """
CREATE FUNCTION guard_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only grows: rows are neither changed nor removed', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$
"""


def create_functions() -> None:
    """The functions that every later step calls. One statement each."""
    for statement in (SCALE_OUT, GUARD_TRANSITION, GUARD_APPEND_ONLY):
        op.execute(statement)


def add_extension(name: str) -> None:
    """Create an extension only where it is missing: an ordinary role may use one that an administrator installed."""
    op.execute(
        f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = '{name}') "  # noqa: S608
        f"THEN CREATE EXTENSION {name}; END IF; END $$"
    )


def scale_out(table: str, placement: str) -> None:
    """Place a table, straight after its CREATE TABLE and before another refers to it."""
    op.execute(f"SELECT scale_out('{table}', 'customer_id', '{placement}')")


def allow_transitions(table: str, moves: str) -> None:
    """Refuse every change of `state` but these, written "from>to from>to"."""
    op.execute(
        f"CREATE TRIGGER {table}_transition BEFORE UPDATE OF state ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION guard_transition('{moves}')"
    )


def make_append_only(table: str) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE."""
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION guard_append_only()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()"
    )
