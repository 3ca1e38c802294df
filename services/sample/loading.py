"""Loads the sample portfolio through the doors of a company's own files; what files can't hold, through commands."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence

import polars as pl
from sqlalchemy import delete, func, select, text

from db.enums import DepartmentKind, JobState, Language, Role
from db.models import AppUser, Customer, Department, Job
from services.context import SYSTEM, Context, unit_of_work
from services.errors import N_, RefusedError
from services.imports.kinds import KINDS
from services.imports.run import import_file
from services.metrics.periods import month_end, month_of, months_between, next_month
from services.metrics.upkeep import refresh
from services.policy import set_policy
from services.sample.assessments_in_hand import lay_out_assessments
from services.sample.company import DEPARTMENTS, USERS
from services.sample.gate import lay_out_gate
from services.sample.looks import lay_out_looks, lay_out_quality
from services.sample.measures import lay_out_measures
from services.sample.portfolio import generate
from services.sample.scorecards import lay_out_scorecards
from services.sample.states import lay_out_states
from services.sample.triage import lay_out_warnings
from services.scoring.commands import ensure_default_scorecard, score_customers
from services.users import SAMPLE_PASSWORD, add_user

UNTIL = dt.date(2025, 6, 30)
MONTHS_OF_SCORES = 12
_Progress = Callable[[str, int, int], None]


def is_empty(ctx: Context) -> bool:
    """True when the database holds no customer and no user yet."""
    return not any(
        ctx.session.execute(select(func.count()).select_from(table)).scalar_one() for table in (Customer, AppUser)
    )


def load_sample(progress: _Progress | None = None) -> bool:
    """Load the sample portfolio into an empty database, in one transaction.

    Returns:
        True when it was loaded now, False when this database already holds the sample.

    Raises:
        RefusedError: the database holds other data; nothing was changed.
    """
    now = dt.datetime.combine(UNTIL, dt.time(10, 0), dt.UTC)
    with unit_of_work(SYSTEM, now=now) as ctx:
        if not is_empty(ctx):
            if ctx.session.execute(select(AppUser.id).where(AppUser.is_sample).limit(1)).first():
                return False
            raise RefusedError(
                N_("This database already holds data. The sample is loaded into an empty database only.")
            )
        _settings(ctx)
        _departments(ctx)
        _people(ctx)
        _files(ctx, progress)
        ensure_default_scorecard(ctx)
        *former, last = _days_of_scores()
        for day in former:
            score_customers(ctx, day)
        lay_out_assessments(ctx, UNTIL)
        refresh(ctx)
        score_customers(ctx, last)
        lay_out_states(ctx, UNTIL)
        lay_out_gate(ctx, UNTIL)
        lay_out_measures(ctx, UNTIL)
        lay_out_looks(ctx, UNTIL)
        lay_out_warnings(ctx, UNTIL)
        lay_out_quality(ctx)
        lay_out_scorecards(ctx, UNTIL)
        _leave_nothing_to_do(ctx)
    return True


def _settings(ctx: Context) -> None:
    set_policy(ctx, "base_currency", "CNY", dt.date(1900, 1, 1))
    set_policy(ctx, "business_date", UNTIL.isoformat(), dt.date(1900, 1, 1))


def _departments(ctx: Context) -> None:
    for one in DEPARTMENTS:
        ctx.session.add(
            Department(
                code=one.code, kind=DepartmentKind(one.kind).value, name_en=one.name_en, name_zh_hans=one.name_zh_hans,
                name_zh_hant=one.name_zh_hant,
            )
        )  # fmt: skip
    ctx.session.flush()


def _people(ctx: Context) -> None:
    for person in USERS:
        names = {"en": person.name_en, "zh_Hans": person.name_zh_hans, "zh_Hant": person.name_zh_hant}
        add_user(
            ctx, login=person.login, name=names[person.language], department_code=person.department,
            role=Role(person.role), password=SAMPLE_PASSWORD, language=Language(person.language), is_sample=True,
        )  # fmt: skip


def _files(ctx: Context, progress: _Progress | None) -> None:
    portfolio = generate(until=UNTIL)
    kinds = [kind for kind in KINDS if portfolio.get(kind)]
    for place, kind in enumerate(kinds, start=1):
        if progress:
            progress(kind, place, len(kinds))
        result = import_file(ctx, kind, _as_csv(portfolio[kind]), file_name=f"sample-{kind}.csv", defers_figures=True)
        if result.rejected:
            raise RuntimeError(f"the sample's {kind} have rejected rows: {result.rejects[:3]}")
    refresh(ctx)
    # The planner knows nothing yet of what this transaction wrote; scores and rules take half the time when it does.
    ctx.session.execute(text("ANALYZE"))


def _as_csv(rows: Sequence[dict[str, str]]) -> bytes:
    table = io.BytesIO()
    pl.DataFrame(rows, infer_schema_length=None).write_csv(table)
    return table.getvalue()


def _days_of_scores() -> list[dt.date]:
    """The month ends of a year, the day itself the last of them, so that the course of each score can be shown."""
    last = month_of(UNTIL)
    return [month_end(month) for month in months_between(next_month(last, -MONTHS_OF_SCORES), last)]


def _leave_nothing_to_do(ctx: Context) -> None:
    """What the files set off is done here already."""
    ctx.session.execute(delete(Job).where(Job.state == JobState.QUEUED.value))
