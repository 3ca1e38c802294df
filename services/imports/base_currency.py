"""The first file of invoices settles the base currency, where nobody has set one (SPEC 5: money is summed in it)."""

from __future__ import annotations

import polars as pl
from sqlalchemy import exists, select

from db.models import FxRate, Invoice, Payment
from services.context import SYSTEM, Context
from services.errors import N_
from services.imports.messages import Message
from services.policy import set_policy


def adopt_base_currency(ctx: Context, frame: pl.DataFrame) -> tuple[Message, ...]:
    """Make the commonest currency of a first file of invoices the base, unless the file fits the present one.

    Nothing happens when somebody has set the base currency, when any trade is stored, or when a row is blank (it means
    the base), in the base, or in a currency whose rate is known.
    """
    if "currency" not in frame.columns or not frame.height or "base_currency" in ctx.policy_history.set_keys:
        return ()
    if ctx.session.execute(select(exists(select(Invoice.id)) | exists(select(Payment.id)))).scalar_one():
        return ()
    base = ctx.policy_history.newest.base_currency
    known = {base, None, *ctx.session.execute(select(FxRate.currency).distinct()).scalars()}
    counted = frame["currency"].value_counts().sort(["count", "currency"], descending=[True, False])
    if known & set(counted["currency"].to_list()):
        return ()
    adopted = str(counted["currency"][0])
    set_policy(Context(session=ctx.session, actor=SYSTEM, now=ctx.now), "base_currency", adopted)
    ctx.__dict__.pop("policy_history", None)
    text = N_("%(currency)s became the base currency: it is the commonest of these first invoices, and none was set.")
    return (Message(text, {"currency": adopted}),)
