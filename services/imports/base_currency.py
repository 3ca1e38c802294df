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
    """Make the currency of a first file of invoices the base, unless the file fits the present one.

    It has to be the currency of most rows and one whose rate nobody gave. Nothing happens when somebody has set the
    base currency, when any trade is stored, or when a row is blank (it means the base) or in the base.
    """
    if "currency" not in frame.columns or not frame.height or "base_currency" in ctx.policy_history.set_keys:
        return ()
    if ctx.session.execute(select(exists(select(Invoice.id)) | exists(select(Payment.id)))).scalar_one():
        return ()
    base = ctx.policy_history.newest.base_currency
    counted = frame["currency"].value_counts().sort("count", descending=True)
    commonest = counted["currency"][0]
    rated = ctx.session.execute(select(FxRate.currency).distinct()).scalars()
    if {base, None} & set(counted["currency"].to_list()) or commonest in set(rated):
        return ()
    if 2 * int(counted["count"][0]) <= frame.height:
        return ()
    adopted = str(commonest)
    set_policy(Context(session=ctx.session, actor=SYSTEM, now=ctx.now), "base_currency", adopted)
    ctx.__dict__.pop("policy_history", None)
    text = N_("%(currency)s became the base currency: most of these first invoices are in it, and none was set.")
    return (Message(text, {"currency": adopted}),)
