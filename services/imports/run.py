"""Brings one file in: all of it in the caller's transaction, the good rows at once, the wrong ones named (SPEC 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import psycopg2.errors
from sqlalchemy import BigInteger, Select, column, select, text
from sqlalchemy import table as sql_table
from sqlalchemy.exc import IntegrityError

from db.enums import ImportState
from services import data_versions, ledger
from services.context import Context
from services.errors import N_
from services.imports.base_currency import adopt_base_currency
from services.imports.batches import close_batch, open_batch
from services.imports.columns import FileKind
from services.imports.messages import Message
from services.imports.plan import Plan, Prepared, Request, plan, prepare
from services.imports.profiles import profile_by_name
from services.imports.reading import ReadOptions, Source
from services.imports.rejects import Reject, RejectedRows, RejectLog, Translate, in_english, rejects_pieces
from services.imports.staging import stage, table_of
from services.imports.writing import write
from services.jobs.following import MOST_NAMED, follow
from services.metrics.upkeep import mark_all_dirty, mark_dirty, refresh
from services.notifications import notify

#: Told how far an import is (0 to 1) and what it is doing (a message id).
ReportProgress = Callable[[float, str], None]

#: Imports wait for each other: a number is looked up and written by one at a time, and invoices find the customers of a
#: file that was started before. Everything else goes on beside them.
_IMPORT_LOCK = 7_205_340
_ATTEMPTS = 3
_TOUCHED = "import_touched"


@dataclass(frozen=True)
class ImportResult:
    """How an import ended: rows = inserted + updated + unchanged + rejected, unless it was refused as a whole."""

    kind: str
    rows: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    rejected_rows: RejectedRows
    notes: tuple[Message, ...]
    batch_id: int
    is_refused: bool = False
    log: RejectLog | None = field(default=None, repr=False, compare=False)

    def rejects_file(self, translate: Translate = in_english) -> Iterator[bytes]:
        """All rejected rows as CSV, piece by piece, however many they are."""
        return rejects_pieces(self.log.pieces() if self.log else [self.rejected_rows], translate)

    @property
    def rejects(self) -> tuple[Reject, ...]:
        """The rejected cells in the order of the file, at most KEPT_CELLS."""
        return self.rejected_rows.cells

    def as_json(self, rejects: int = 100, translate: Translate = in_english) -> dict[str, Any]:
        """What the command line prints (SPEC 8), sentences by `translate`."""
        return {
            "rows": self.rows, "inserted": self.inserted, "updated": self.updated, "unchanged": self.unchanged,
            "rejected": self.rejected, "rejects": [reject.as_json(translate) for reject in self.rejects[:rejects]],
            "notes": [translate(note.template, note.params) for note in self.notes], "batch_id": self.batch_id,
            "refused": self.is_refused,
        }  # fmt: skip


def import_file(
    ctx: Context,
    kind: str,
    source: Source,
    *,
    file_name: str,
    mapping: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
    profile: str | None = None,
    all_or_nothing: bool = False,
    progress: ReportProgress | None = None,
    options: ReadOptions | None = None,
    defers_figures: bool = False,
) -> ImportResult:
    """Import a file of one kind. A mapping or default given here goes before the profile's.

    The figures of the customers concerned are made again at once, their scores and warnings by the worker; with
    `defers_figures` the caller, who brings in several files, calls `refresh` after the last.

    With `all_or_nothing` a single wrong row keeps the whole file out; the result then `is_refused` and names the rows.

    Raises:
        NotAllowedError, NotFoundError: no right, kind, file or profile.
        WrongFileError: the file can't be read, or a required column is missing.
    """
    report = progress or (lambda _share, _step: None)
    saved = profile_by_name(ctx, kind, profile) if profile else None
    request = Request(
        kind, source, file_name, {**(saved.mapping if saved else {}), **(mapping or {})},
        {**(saved.defaults if saved else {}), **(defaults or {})}, options,
    )  # fmt: skip
    report(0.02, N_("Reading the file"))
    prepared = prepare(ctx, request)
    report(0.2, N_("Waiting for imports that are under way"))
    ctx.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _IMPORT_LOCK})
    result = _Run(ctx, prepared, report, all_or_nothing, defers_figures).bring_in()
    report(1.0, N_("Done"))
    return result


class _Run:
    """One import under way."""

    def __init__(
        self, ctx: Context, prepared: Prepared, report: ReportProgress, all_or_nothing: bool, defers_figures: bool
    ) -> None:
        self.ctx, self.prepared, self.report, self.all_or_nothing = ctx, prepared, report, all_or_nothing
        self.defers_figures = defers_figures
        self.kind: FileKind = prepared.kind
        self.batch = open_batch(ctx, self.kind.name, prepared.table.file_name, prepared.table.sha256)
        self.notes: tuple[Message, ...] = ()

    def bring_in(self) -> ImportResult:
        """Compare and write; when somebody added a row in between, compare again."""
        for attempt in range(1, _ATTEMPTS + 1):
            savepoint = self.ctx.session.begin_nested()
            try:
                made = self._plan()
                if self.all_or_nothing and len(made.log.rows):
                    savepoint.rollback()
                    return self._close(made, ImportState.REFUSED)
                self._write(made)
                savepoint.commit()
                return self._close(made, ImportState.DONE)
            except (psycopg2.errors.UniqueViolation, IntegrityError):
                savepoint.rollback()
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _plan(self) -> Plan:
        self.report(0.25, N_("Comparing with what is stored"))
        return plan(self.ctx, self.prepared, create_departments=True)

    def _write(self, made: Plan) -> None:
        difference = made.difference
        if not difference.inserts.height and not difference.updates.height:
            return
        if self.kind.name == "invoices":
            self.notes = adopt_base_currency(self.ctx, difference.inserts)
        self.report(0.4, N_("Writing rows"))
        write(
            self.ctx,
            self.kind,
            self.batch.id,
            difference,
            lambda share: self.report(0.4 + 0.4 * share, N_("Writing rows")),
        )
        data_versions.bump(self.ctx, *self.kind.topics)
        if self.kind.feeds_metrics:
            self._mark_touched(made)
            if not self.defers_figures:
                self.report(0.8, N_("Bringing the figures up to date"))
                refresh(self.ctx)
        elif not self.defers_figures and {"customers", "trade"} & set(self.kind.topics):
            self._have_touched_followed(made)

    def _mark_touched(self, made: Plan) -> None:
        """Have the figures of the customers whose rows changed made again."""
        touched = self._touched(made)
        if touched is None:
            mark_all_dirty(self.ctx)
        else:
            mark_dirty(self.ctx, touched)

    def _have_touched_followed(self, made: Plan) -> None:
        """Have the customers whose rows changed scored again, and the rules run."""
        touched = self._touched(made)
        some = None if touched is None else touched.limit(MOST_NAMED + 1)
        follow(self.ctx, None if some is None else list(self.ctx.session.execute(some).scalars()))

    def _touched(self, made: Plan) -> Select[int] | None:
        """The ids of the customers whose rows changed; None for a file that concerns all."""
        if not self.kind.is_of_customer:
            return None
        number = "customer_no" if self.kind.merges_blanks else "customer_id"
        frames = [frame.select(number) for frame in (made.difference.inserts, made.difference.updates)]
        touched = pl.concat(frames).unique()
        if self.kind.merges_blanks:
            stage(self.ctx.session, _TOUCHED, touched, table_of("customer_key"))
            return select(column("customer_id", BigInteger)).select_from(
                text(f"{_TOUCHED} JOIN customer_key USING (customer_no)")
            )
        stage(self.ctx.session, _TOUCHED, touched, table_of("customer_key"))
        return select(column("customer_id", BigInteger)).select_from(sql_table(_TOUCHED))

    def _close(self, made: Plan, state: ImportState) -> ImportResult:
        """Write the record: the batch, and one entry in the ledger if the file was taken."""
        refused = state is ImportState.REFUSED
        rows, rejected = self.prepared.cleaned.rows, len(made.log.rows)
        inserted, updated = (0, 0) if refused else (made.difference.inserts.height, made.difference.updates.height)
        unchanged = 0 if refused else rows - rejected - inserted - updated
        counts = {"rows": rows, "inserted": inserted, "updated": updated, "unchanged": unchanged, "rejected": rejected}
        notes, rejects = (*made.notes, *self.notes), made.log.rejected()
        close_batch(self.ctx, self.batch, state, counts, notes, rejects)
        if not refused:
            after = {"file": self.batch.file_name, "sha256": self.batch.file_sha256, **counts}
            ledger.record(self.ctx, f"import.{self.kind.name}", f"import_batch:{self.batch.id}", after=after)
        data_versions.bump(self.ctx, "imports")
        self._tell_rejects(rejected)
        return ImportResult(
            self.kind.name, **counts, rejected_rows=rejects, notes=notes, batch_id=self.batch.id, is_refused=refused,
            log=made.log,
        )  # fmt: skip

    def _tell_rejects(self, rejected: int) -> None:
        """Tell who brought the file in: a long import ends while they are elsewhere."""
        who = self.ctx.actor.user_id
        if not rejected or who is None:
            return
        params = {"count": rejected, "file": self.batch.file_name, "import_kind": self.kind.name}
        subject = f"import_batch:{self.batch.id}"
        notify(self.ctx, "import_rejects", subject, people=[who], params=params, link="imports")
