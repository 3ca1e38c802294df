"""The headline: which metric moved most and who did it, then which targets are met, in whole sentences."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import pstdev

from babel.lists import format_list

from dashboard.components.departments import DepartmentNames
from dashboard.components.metric_words import meets_target, metric_name, size_text, target_of, value_text
from dashboard.components.period_words import period_words
from dashboard.i18n import TAGS, _, language
from dashboard.views.overview_choice import Choice
from dashboard.views.overview_reads import Board
from services.metrics.figures import METRICS

#: From this part of the change on, one department did "all" of it; beyond the second, more than all.
_ALL, _MORE = Decimal("0.95"), Decimal("1.05")
_MOST = Decimal("0.5")
_ENOUGH_MONTHS = 6


def headline(board: Board, choice: Choice, names: DepartmentNames) -> tuple[str, str]:
    """Two sentences: what moved most since the other period, and how the targets stand."""
    return moved_sentence(board, choice, names), targets_sentence(board)


def most_moved(board: Board) -> str | None:
    """The metric whose value moved furthest for how much its months usually differ: a jumpy one has to jump further.

    Those on few cases only if no other moved.
    """
    steps = {metric: step for metric in METRICS if (step := board.step(metric))}
    firm = {
        metric: step for metric, step in steps.items() if board.now[metric].denominator >= board.policy.small_sample
    }
    reach = firm or steps
    if not reach:
        return None
    return max(reach, key=lambda metric: abs(reach[metric]) / _usual(board, metric))


def _usual(board: Board, metric: str) -> Decimal:
    """How much a metric's months differ; its target where too few months say so."""
    values = [one.value for one in board.months if one.metric == metric and one.value is not None]
    spread = pstdev(values) if len(values) >= _ENOUGH_MONTHS else Decimal(0)
    return spread or target_of(board.policy, metric) or Decimal(1)


def moved_sentence(board: Board, choice: Choice, names: DepartmentNames) -> str:
    """What moved most, by how much, and who did it."""
    metric = most_moved(board)
    if metric is None:
        is_comparable = any(board.step(one) is not None for one in METRICS)
        words = {"period": period_words(choice.former)}
        if is_comparable:
            return _("Nothing moved since %(period)s.") % words
        return _("There is nothing to compare with in %(period)s.") % words
    step = board.step(metric) or Decimal(0)
    words = {
        "metric": metric_name(metric), "change": size_text(metric, step),
        "value": value_text(metric, board.now[metric].value),
    }  # fmt: skip
    if choice.department is not None:
        text = (
            _("%(metric)s rose by %(change)s to %(value)s in %(department)s.") if step > 0
            else _("%(metric)s fell by %(change)s to %(value)s in %(department)s.")
        )  # fmt: skip
        return text % (words | {"department": names.name(choice.department)})
    leader = board.leading_department(metric)
    if leader is None:
        plain = _("%(metric)s rose by %(change)s to %(value)s.") if step > 0 else _(
            "%(metric)s fell by %(change)s to %(value)s."
        )  # fmt: skip
        return plain % words
    code, share = leader
    name = names.name(code) if code else _("customers of no department")
    return _led(step > 0, share) % (words | {"department": name})


def _led(is_up: bool, share: Decimal) -> str:
    """The sentence for a change that one department led, by its part of the change."""
    if share > _MORE:
        return (
            _("%(metric)s rose by %(change)s to %(value)s, all of it in %(department)s; the others together fell.")
            if is_up
            else _("%(metric)s fell by %(change)s to %(value)s, all of it in %(department)s; the others together rose.")
        )
    if share >= _ALL:
        return (
            _("%(metric)s rose by %(change)s to %(value)s, all of it in %(department)s.") if is_up
            else _("%(metric)s fell by %(change)s to %(value)s, all of it in %(department)s.")
        )  # fmt: skip
    if share > _MOST:
        return (
            _("%(metric)s rose by %(change)s to %(value)s, most of it in %(department)s.") if is_up
            else _("%(metric)s fell by %(change)s to %(value)s, most of it in %(department)s.")
        )  # fmt: skip
    return (
        _("%(metric)s rose by %(change)s to %(value)s in several departments, first of all in %(department)s.") if is_up
        else _("%(metric)s fell by %(change)s to %(value)s in several departments, first of all in %(department)s.")
    )  # fmt: skip


def targets_sentence(board: Board) -> str:
    """Which metrics meet their targets."""
    values = {metric: figure.value for metric, figure in board.now.items() if figure.value is not None}
    met = [one for one in METRICS if one in values and meets_target(one, values[one], target_of(board.policy, one))]
    missed = [one for one in METRICS if one in values and one not in met]
    if not values:
        return _("No metric has a value in this period yet.")
    if not missed:
        return _("Every metric meets its target.") if len(met) > 1 else _("%(met)s meets its target.") % {
            "met": listed(met)
        }  # fmt: skip
    if not met:
        return _("No metric meets its target.")
    return _("On target: %(met)s. Off target: %(missed)s.") % {"met": listed(met), "missed": listed(missed)}


def listed(metrics: Sequence[str]) -> str:
    """Names of metrics as the language lists things."""
    return format_list([metric_name(one) for one in metrics], locale=TAGS[language()].replace("-", "_"))
