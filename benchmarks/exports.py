"""How fast files go out and how much memory they take: `python -m benchmarks.exports [ROWS]` (default 200,000).

Uses the database of DATABASE_URL or GREYLEDGER_HOME inside one transaction that is rolled back.
"""

from __future__ import annotations

import datetime as dt
import io
import resource
import sys
import time

from sqlalchemy import text

from db.session import engine, open_session
from db.upgrade import upgrade
from services.context import SYSTEM, Context
from services.exports.files import FileFormat
from services.exports.run import export_kind


class _Counted(io.RawIOBase):
    """Counts bytes and keeps none, so that only the export's own memory is measured."""

    size = 0

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        self.size += len(content)  # type: ignore[arg-type]
        return len(content)  # type: ignore[arg-type]


def main() -> None:
    """Print seconds, rows a second, megabytes written and the growth of the process's largest memory."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    upgrade(engine())
    session = open_session()
    ctx = Context(session=session, actor=SYSTEM, now=dt.datetime.now(dt.UTC))
    for statement in (
        "INSERT INTO customer_key (customer_no) VALUES ('BENCH')",
        "INSERT INTO customer (customer_id, customer_no, name) "
        "SELECT customer_id, 'BENCH', 'Bench' FROM customer_key WHERE customer_no = 'BENCH'",
        "INSERT INTO invoice (customer_id, invoice_no, issued_on, due_on, amount, currency) "
        "SELECT customer_id, 'BENCH' || n, date '2024-01-01' + n % 500, date '2024-03-01' + n % 500, n * 1.37, 'CNY' "
        f"FROM customer_key, generate_series(1, {rows}) n WHERE customer_no = 'BENCH'",
        "ANALYZE invoice",
    ):
        session.execute(text(statement))
    for file_format in FileFormat:
        out, before = _Counted(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        export = export_kind(ctx, "invoices", out, file_format)
        took = time.perf_counter() - start
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(
            f"{file_format}: {export.rows:,} rows in {took:.1f} s, {export.rows / took:,.0f} rows/s, "
            f"{out.size / 1e6:.1f} MB, memory grew by {grown:.0f} MB"
        )
    session.rollback()


if __name__ == "__main__":
    main()
