"""What people make of a breach: it stands, or there was a good reason (clause 5.1: found, then judged by others)."""

from __future__ import annotations

from sqlalchemy import select

from db.enums import BreachJudgement
from db.models import ControlBreach, Customer
from services import access, data_versions, ledger
from services.context import Context
from services.errors import N_, NotAllowedError, NotFoundError
from services.obedience.breaches import breach_by_id
from services.obedience.rows import BreachRow
from services.reasons import stated
from services.states import ensure_fresh


def judge(ctx: Context, customer_id: int, breach_id: int, version: int, judged_as: str, reason: str) -> BreachRow:
    """Confirm a breach, or excuse it; a judgement can be given anew. Either needs a reason.

    Raises:
        NotAllowedError: the role may not, or the breach is the judge's own department's.
        NotFoundError, StaleError, RefusedError: it is gone, has changed since it was read, or no reason was given.
    """
    access.ensure_may(ctx, "breach.judge")
    if ctx.actor.user_id is None:
        raise NotAllowedError(N_("Only a person can do this: sign in on the page."))
    words = stated(reason)
    row = _locked(ctx, customer_id, breach_id, version)
    judgement = BreachJudgement(judged_as)
    action = "breach.confirmed" if judgement is BreachJudgement.CONFIRMED else "breach.excused"
    with ledger.change(ctx, action, row, words):
        row.judged_as, row.judged_reason = judgement.value, words
        row.judged_by_id, row.judged_at = ctx.actor.user_id, ctx.now
    data_versions.bump(ctx, "controls")
    return breach_by_id(ctx, customer_id, breach_id)


def _locked(ctx: Context, customer_id: int, breach_id: int, version: int) -> ControlBreach:
    found = (
        select(ControlBreach)
        .where(
            ControlBreach.customer_id == customer_id, ControlBreach.id == breach_id,
            ControlBreach.withdrawn_on.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    row = ctx.session.execute(found).scalar_one_or_none()
    if row is None:
        raise NotFoundError(N_("This breach does not exist any more: the data behind it were corrected."))
    ensure_fresh(version, row.version)
    owner = select(Customer.owner_department_id).where(Customer.customer_id == customer_id)
    if ctx.session.execute(owner).scalar_one() == ctx.actor.department_id:
        raise NotAllowedError(N_("Your own department's breaches are judged by others."))
    return row
