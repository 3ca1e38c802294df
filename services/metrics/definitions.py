"""What each metric means, in words, with its clause and the settings it uses: for every page that shows a figure."""

from __future__ import annotations

from dataclasses import dataclass

from services.errors import N_
from services.metrics.figures import ACCURACY, COMPLAINTS, RECOVERY, TIMELINESS


@dataclass(frozen=True)
class MetricDefinition:
    """A metric's definition. `settings` are the keys of services.policy that change what comes out.

    `numerator` and `denominator` say what is counted, `left_out` what is not; `is_better_high` which way is good.
    """

    metric: str
    title: str
    clause: str
    text: str
    numerator: str
    denominator: str
    left_out: str
    settings: tuple[str, ...]
    is_better_high: bool = True


METRIC_DEFINITIONS: dict[str, MetricDefinition] = {
    one.metric: one
    for one in (
        MetricDefinition(
            ACCURACY, N_("Assessment accuracy"), "5.2",
            N_(
                "Final assessments whose prediction came true. High and critical predict a bad customer; the customer "
                "is bad when an undisputed invoice stays unpaid too long inside the window, or is listed for something "
                "that happened in it. An assessment counts in the month in which its window ends."
            ),
            N_("Assessments that agreed with what came"), N_("Assessments whose window has ended"),
            N_("Customers who were already bad when they were assessed"),
            ("accuracy_window_days", "bad_after_days"),
        ),
        MetricDefinition(
            TIMELINESS, N_("Identification timeliness"), "5.2",
            N_(
                "Signs of a black or grey customer that were decided in time. The clock starts with the first "
                "objective sign, also where nobody ever decided: that is not on time. A sign counts in the month of "
                "its deadline."
            ),
            N_("Signs decided by their deadline"), N_("Signs decided, or past their deadline"),
            N_("Arrears paid in full by their deadline, and disputed invoices"),
            ("arrears_days", "arrears_dunning_notices", "identification_days"),
        ),
        MetricDefinition(
            RECOVERY, N_("Arrears recovery rate"), "5.2",
            N_(
                "Money received on debts of open cases, out of what was outstanding on them when the period began "
                "and what was added during it. Write-offs reduce nothing."
            ),
            N_("Received on case debts"), N_("Outstanding at the start, plus debts added"),
            N_("Amounts in a currency without a rate"),
            ("base_currency",),
        ),
        MetricDefinition(
            COMPLAINTS, N_("Complaint rate"), "5.2",
            N_(
                "Complaints about black/grey customer management for each 1,000 active customers: those with an "
                "invoice or a payment in the period, or with a balance when it began."
            ),
            N_("Complaints received in the period"), N_("Customers active in the period"),
            N_("Complaints with another cause"),
            (),
            is_better_high=False,
        ),
    )
}  # fmt: skip
