"""Identification timeliness 黑灰客户识别及时率 (policy 5.2, SPEC 5.2): the rule, in plain values.

Order within one day: an open trigger ends (a decision goes before a payment); then another invoice may trigger, if the
customer is not listed at the day's end; then a decision of that day that ended nothing ends what triggered that day.
An invoice triggers once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.policy import Policy


@dataclass(frozen=True, slots=True)
class ArrearsInvoice:
    """An undisputed invoice; `paid_off_on` is the first day at whose end nothing was left."""

    id: int
    invoice_no: str
    due_on: dt.date
    paid_off_on: dt.date | None


@dataclass(frozen=True, slots=True)
class SentNotice:
    """A dunning notice; without an invoice it counts for all that were overdue."""

    sent_on: dt.date
    invoice_id: int | None


@dataclass(frozen=True, slots=True)
class ListingDecision:
    """A listing confirmed or rejected; `restored_on` ends a confirmed one."""

    id: int
    listing_no: str
    decided_on: dt.date
    is_confirmed: bool
    trigger_on: dt.date
    restored_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Identification:
    """One unit: a trigger, its deadline, and the decision that ended it, if any. Kind A: arrears; B: a decision."""

    kind: str
    trigger_on: dt.date
    deadline_on: dt.date
    decided_on: dt.date | None
    subject: str

    @property
    def is_on_time(self) -> bool:
        """Decided on or before the deadline."""
        return self.decided_on is not None and self.decided_on <= self.deadline_on

    @property
    def counted_from(self) -> dt.date:
        """The day from which the unit is known: the decision, or its deadline; a kind B unit only by its decision."""
        if self.decided_on is None:
            return self.deadline_on
        return self.decided_on if self.kind == "B" else min(self.decided_on, self.deadline_on)


PolicyOn = Callable[[dt.date], Policy]


def is_listed(decisions: Sequence[ListingDecision], day: dt.date) -> bool:
    """Listed at the end of a day: a confirmed decision on or before it, not restored on or before it."""
    return any(
        one.is_confirmed and one.decided_on <= day and (one.restored_on is None or one.restored_on > day)
        for one in decisions
    )


def arrears_from(invoice: ArrearsInvoice, notices: Sequence[SentNotice], policy: Policy) -> dt.date | None:
    """First day on which an unpaid invoice is arrears under one policy; None while notices are missing."""
    day = invoice.due_on + dt.timedelta(days=policy.arrears_days)
    if policy.arrears_dunning_notices == 0:
        return day
    sent = sorted(
        one.sent_on for one in notices if one.invoice_id in (None, invoice.id) and one.sent_on > invoice.due_on
    )
    if len(sent) < policy.arrears_dunning_notices:
        return None
    return max(day, sent[policy.arrears_dunning_notices - 1])


def identifications(
    invoices: Sequence[ArrearsInvoice],
    notices: Sequence[SentNotice],
    decisions: Sequence[ListingDecision],
    policy_on: PolicyOn,
    policy_days: Sequence[dt.date] = (),
) -> list[Identification]:
    """All units of one customer through all time, in order of their trigger. `policy_days`: when settings change."""
    timeline = _Timeline(invoices, notices, decisions, policy_on, policy_days)
    units = timeline.arrears_units()
    units += [
        Identification("B", one.trigger_on, _deadline(one.trigger_on, policy_on), one.decided_on, f"listing:{one.id}")
        for one in timeline.waiting
    ]
    return sorted(units, key=lambda one: (one.trigger_on, one.kind, one.subject))


def _deadline(trigger_on: dt.date, policy_on: PolicyOn) -> dt.date:
    return trigger_on + dt.timedelta(days=policy_on(trigger_on).identification_days)


class _Timeline:
    """Walks one customer from trigger to trigger. `waiting` are the decisions that have ended nothing."""

    def __init__(
        self,
        invoices: Sequence[ArrearsInvoice],
        notices: Sequence[SentNotice],
        decisions: Sequence[ListingDecision],
        policy_on: PolicyOn,
        policy_days: Sequence[dt.date],
    ) -> None:
        self.invoices = sorted(invoices, key=lambda one: (one.due_on, one.invoice_no))
        self.notices = notices
        self.decisions = sorted(decisions, key=lambda one: (one.decided_on, one.listing_no))
        self.waiting = list(self.decisions)
        self.policy_on = policy_on
        self.eras = list(pairwise([dt.date.min, *policy_days, dt.date.max]))

    def arrears_units(self) -> list[Identification]:
        units: list[Identification] = []
        left, since = list(self.invoices), dt.date.min
        while (found := self._next_trigger(left, since)) is not None:
            day, invoice = found
            left.remove(invoice)
            deadline = _deadline(day, self.policy_on)
            decision = next((one for one in self.waiting if one.decided_on >= day), None)
            paid_on = invoice.paid_off_on
            if paid_on is not None and paid_on <= deadline and (decision is None or paid_on < decision.decided_on):
                since = paid_on
                continue
            units.append(
                Identification(
                    "A", day, deadline, None if decision is None else decision.decided_on, f"invoice:{invoice.id}"
                )
            )
            if decision is None:
                break
            self.waiting.remove(decision)
            # What ended on the very day it began leaves that day's turn used up.
            since = max(decision.decided_on, day + dt.timedelta(days=1))
        return units

    def _next_trigger(
        self, invoices: Sequence[ArrearsInvoice], since: dt.date
    ) -> tuple[dt.date, ArrearsInvoice] | None:
        """The first day from `since` on which one of the invoices triggers, and the oldest invoice that does."""
        best: tuple[dt.date, ArrearsInvoice] | None = None
        for invoice in invoices:
            day = self._first_day(invoice, since)
            if day is not None and (best is None or day < best[0]):
                best = (day, invoice)
        return best

    def _first_day(self, invoice: ArrearsInvoice, since: dt.date) -> dt.date | None:
        """The first day from `since` on which the invoice is arrears and the customer is not listed."""
        last = dt.date.max if invoice.paid_off_on is None else invoice.paid_off_on
        for start, end in self.eras:
            day = arrears_from(invoice, self.notices, self.policy_on(start))
            if day is not None:
                free = self._first_unlisted(max(day, start, since))
                if free is not None and free < min(end, last):
                    return free
        return None

    def _first_unlisted(self, day: dt.date) -> dt.date | None:
        for _ in range(len(self.decisions) + 1):
            if not is_listed(self.decisions, day):
                return day
            ends = [
                one.restored_on or dt.date.max
                for one in self.decisions
                if one.is_confirmed and one.decided_on <= day and (one.restored_on is None or one.restored_on > day)
            ]
            day = max(ends)
            if day == dt.date.max:
                return None
        return None
