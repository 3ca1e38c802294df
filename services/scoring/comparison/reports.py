"""Comparisons and fits that somebody asked for: kept with their question, run by the worker, read by pages.

Asking puts a row and a job into one transaction. The worker notes beginning and progress in transactions of their own,
so that they can be seen; the end is written with the work.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from db.enums import JobState, ScorecardReportKind, ScorecardReportState
from db.models import AppUser, Job, ScorecardReport
from services import data_versions, ledger
from services.access import ensure_may
from services.context import Context, unit_of_work
from services.errors import N_, RefusedError
from services.jobs.queue import enqueue
from services.scoring.challenger.run import fit
from services.scoring.comparison.replay import Progress
from services.scoring.comparison.run import card_of, compare
from services.scoring.outcomes import outcome_of

JOB = "scorecard_report"
_QUEUED, _RUNNING = ScorecardReportState.QUEUED.value, ScorecardReportState.RUNNING.value
#: The ledger's own word where an argument's name is that of another field there: how a warning or a case ended.
_IN_LEDGER = {"outcome": "turning_bad"}
_DONE, _FAILED = ScorecardReportState.DONE.value, ScorecardReportState.FAILED.value


@dataclass(frozen=True)
class ReportRow:
    """One comparison or fit. `result` as `finding_as_json` writes it, None until done.

    `done` of `of` days are through while it runs. `refusal` and `refusal_params`: why it could not be done.
    """

    id: int
    kind: str
    scorecard_id: int
    against_id: int | None
    state: str
    arguments: Mapping[str, Any]
    result: Mapping[str, Any] | None
    asked_by: str | None
    asked_at: dt.datetime
    finished_at: dt.datetime | None
    done: int
    of: int
    refusal: str | None
    refusal_params: Mapping[str, Any]

    @property
    def is_under_way(self) -> bool:
        """It waits, or it runs."""
        return self.state in (_QUEUED, _RUNNING)


# --- commands


def ask_comparison(
    ctx: Context, card: int, against: int, outcome: str, first: dt.date | None = None, last: dt.date | None = None
) -> int:
    """Have two scorecards compared; the number of the report. One that is under way already is the same wish.

    Raises:
        NotAllowedError: the actor may not.
        RefusedError: no such scorecard or outcome, or the two are the same.
    """
    ensure_may(ctx, "scorecard.compare")
    outcome_of(ctx, outcome)
    if card == against:
        raise RefusedError(N_("A scorecard can't be compared with itself. Choose another one."))
    for one in (card, against):
        card_of(ctx, one)
    arguments = {"outcome": outcome, "first": first and first.isoformat(), "last": last and last.isoformat()}
    return _asked(ctx, ScorecardReportKind.COMPARISON, card, against, arguments)


def ask_fit(ctx: Context, outcome: str, until: dt.date | None = None) -> int:
    """Have a scorecard fitted to what became of customers; the number of the report.

    Raises:
        NotAllowedError: the actor may not.
        RefusedError: no such outcome, or no scorecard is in force.
    """
    ensure_may(ctx, "challenger.fit")
    outcome_of(ctx, outcome)
    in_force, _ = card_of(ctx, None)
    if in_force.id is None:
        raise RefusedError(N_("No scorecard is active. Activate one before scoring."))
    return _asked(
        ctx, ScorecardReportKind.FIT, in_force.id, None, {"outcome": outcome, "until": until and until.isoformat()}
    )


def _asked(ctx: Context, kind: ScorecardReportKind, card: int, against: int | None, arguments: dict[str, Any]) -> int:
    waiting = select(ScorecardReport.id).where(
        ScorecardReport.kind == kind.value, ScorecardReport.scorecard_id == card,
        ScorecardReport.against_id.is_not_distinct_from(against), ScorecardReport.state.in_((_QUEUED, _RUNNING)),
        ScorecardReport.arguments.contains(arguments),
    )  # fmt: skip
    found = ctx.session.execute(waiting.order_by(ScorecardReport.id.desc()).limit(1)).scalar()
    if found is not None:
        return int(found)
    row = ScorecardReport(
        scorecard_id=card, against_id=against, kind=kind.value, arguments=arguments, state=_QUEUED,
        asked_by=ctx.actor.user_id, asked_at=ctx.now,
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    ledger.record(
        ctx, "scorecard.compared" if against else "scorecard.fit_asked", f"scorecard:{card}",
        after={
            "report": row.id, "against": against,
            **{_IN_LEDGER.get(key, key): one for key, one in arguments.items() if one},
        },
    )  # fmt: skip
    data_versions.bump(ctx, "scorecards")
    enqueue(ctx, JOB, str(row.id), {"report": row.id})
    return row.id


def run_report(ctx: Context, report_id: int) -> None:
    """Do what a report asks and keep what came out; a refusal is kept as its end too. One that is over stays so."""
    row = ctx.session.get(ScorecardReport, report_id)
    if row is None or row.state in (_DONE, _FAILED):
        return
    question = (row.kind, row.scorecard_id, row.against_id, dict(row.arguments), row.asked_by)
    ctx.session.expire(row)
    _note(ctx, report_id, {"done": 0, "of": 0})
    try:
        with ctx.session.begin_nested():
            result = _answered(ctx, question, lambda done, of: _note(ctx, report_id, {"done": done, "of": of}))
        ended: dict[str, Any] = {"state": _DONE, "result": result}
    except RefusedError as refusal:
        ended = {
            "state": _FAILED, "result": {"refusal": refusal.template, "params": ledger.plain(dict(refusal.params))}
        }  # fmt: skip
    ctx.session.execute(
        update(ScorecardReport).where(ScorecardReport.id == report_id).values(finished_at=ctx.now, **ended)
    )
    data_versions.bump(ctx, "scorecards")


def _answered(
    ctx: Context, question: tuple[str, int, int | None, dict[str, Any], int | None], progress: Progress
) -> dict[str, Any]:
    kind, card, against, arguments, asked_by = question
    if kind == ScorecardReportKind.FIT.value:
        until = _day(arguments.get("until"))
        return finding_as_json(fit(ctx, arguments["outcome"], until, drafted_by=asked_by, progress=progress))
    first, last = _day(arguments.get("first")), _day(arguments.get("last"))
    return finding_as_json(compare(ctx, card, against, arguments["outcome"], first, last, progress))


def _day(written: str | None) -> dt.date | None:
    return dt.date.fromisoformat(written) if written else None


def _note(ctx: Context, report_id: int, progress: dict[str, int]) -> None:
    """Beginning and progress, seen at once by all: in a transaction of its own, beside the one that works."""
    with unit_of_work(ctx.actor, now=ctx.now) as beside:
        beside.session.execute(
            update(ScorecardReport)
            .where(ScorecardReport.id == report_id, ScorecardReport.state.in_((_QUEUED, _RUNNING)))
            .values(state=_RUNNING, arguments=ScorecardReport.arguments.op("||")(progress))
        )


def finding_as_json(finding: Any) -> dict[str, Any]:  # noqa: ANN401  (a Comparison or a Fit)
    """A finding as it is stored and printed: dates as text, money as numbers."""
    written: dict[str, Any] = _plain(asdict(finding))
    return written


def _plain(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


# --- reads


def newest_comparison(ctx: Context, card: int, against: int) -> ReportRow | None:
    """The last comparison of these two that somebody asked for."""
    return _newest(
        ctx, ScorecardReport.kind == ScorecardReportKind.COMPARISON.value, ScorecardReport.scorecard_id == card,
        ScorecardReport.against_id == against,
    )  # fmt: skip


def newest_fit(ctx: Context) -> ReportRow | None:
    """The last fit that somebody asked for."""
    return _newest(ctx, ScorecardReport.kind == ScorecardReportKind.FIT.value)


def report_by_id(ctx: Context, report_id: int) -> ReportRow | None:
    """One report."""
    return _newest(ctx, ScorecardReport.id == report_id)


def _newest(ctx: Context, *conditions: Any) -> ReportRow | None:  # noqa: ANN401  (conditions of SQLAlchemy)
    ensure_may(ctx, "scorecard.read")
    query = (
        select(ScorecardReport, AppUser.name, _given_up())
        .outerjoin(AppUser, AppUser.id == ScorecardReport.asked_by)
        .where(*conditions)
        .order_by(ScorecardReport.id.desc())
        .limit(1)
    )
    found = ctx.session.execute(query).one_or_none()
    return None if found is None else _shown(*found)


def _given_up() -> Any:  # noqa: ANN401  (a scalar subquery)
    """True where the queue has tried the report's job too often: nothing will come any more."""
    return (
        select(Job.id)
        .where(
            Job.name == JOB, Job.arguments["report"].as_integer() == ScorecardReport.id,
            Job.state == JobState.FAILED.value,
        )
        .exists()
    )  # fmt: skip


def _shown(row: ScorecardReport, asked_by: str | None, is_given_up: bool) -> ReportRow:
    is_over = row.state in (_DONE, _FAILED)
    state = _FAILED if is_given_up and not is_over else row.state
    result = row.result or {}
    return ReportRow(
        id=row.id, kind=row.kind, scorecard_id=row.scorecard_id, against_id=row.against_id, state=state,
        arguments=row.arguments, result=row.result if row.state == _DONE else None, asked_by=asked_by,
        asked_at=row.asked_at, finished_at=row.finished_at, done=int(row.arguments.get("done") or 0),
        of=int(row.arguments.get("of") or 0), refusal=result.get("refusal") if row.state == _FAILED else None,
        refusal_params=result.get("params") or {},
    )  # fmt: skip
