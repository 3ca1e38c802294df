"""The drawer in which a rule of the plan is changed or made: it is tried out on today's customers before it is asked
for, and another person approves it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from html import escape
from typing import Any

import streamlit as st

from dashboard.components.control_words import MONEY, PARAMETERS, SHARES, demands_text, rule_title
from dashboard.feedback import show_error
from dashboard.i18n import _, format_money, format_number, ngettext, running_on, with_aside
from dashboard.labels import LABELS, label
from dashboard.views.controls_drawers import KINDS, day_box, text_box
from dashboard.views.controls_selection import DEED, MISSING, Deed, keep, note_deed, prepare, written
from services.context import Actor, unit_of_work
from services.controls import DEMANDS_OF, OVERRIDE_ROLES
from services.controls.plan_rules import (
    AT_LEAST,
    AT_MOST,
    FACTS,
    MOST_CONDITIONS,
    Condition,
    FactUnit,
    Formula,
    PlanRule,
    TryOut,
    try_out,
)
from services.errors import RefusedError

_HUNDRED = Decimal(100)
TRIED = "controls.tried"
_NEW = PlanRule("new_rule", "", "trade_limit", 50)


def new_rule(actor: Actor) -> None:
    """Make a rule of one's own."""
    _drawer(actor, _NEW, 0, is_new=True)


def edit_rule(actor: Actor, rule: PlanRule, edition: int) -> None:
    """Change a rule."""
    _drawer(actor, rule, edition, is_new=False)


def _drawer(actor: Actor, rule: PlanRule, edition: int, *, is_new: bool) -> None:
    title = _("New rule of the plan") if is_new else _("Change the rule")

    @st.dialog(title, position="right", icon=":material/rule_settings:", width="medium")
    def drawer() -> None:
        draft = f"rule-{rule.code}-{edition}"
        with unit_of_work(actor) as ctx:
            today, currency = ctx.today, ctx.policy_history.on(ctx.today).base_currency
        _who(draft, rule, is_new=is_new)
        _conditions(draft, rule, currency)
        kind = str(written(draft, "kind") or rule.kind)
        _what(draft, rule, kind, currency)
        _rest(draft, rule, kind)
        st.button(_("Try out"), key="rule.try", icon=":material/science:", on_click=_note_try, args=(draft, rule))
        if st.session_state.get(TRIED) == rule_written(draft, rule):
            _tried(actor, rule_written(draft, rule), currency)
        text_box(draft, "reason", _("Why is it changed?"))
        day_box(draft, "effective_from", _("Holds from"), today, today, today)
        st.button(_("Propose the change"), type="primary", key="rule.save", on_click=_note, args=(draft, rule, edition))
        if st.session_state.pop(MISSING, False):
            st.error(_("Something is missing: fill in what the drawer asks for."), icon=":material/edit:")
        st.caption(_("Another person approves it. What the rule proposed before stays as it is."))
        if DEED in st.session_state:
            st.rerun()

    drawer()


def _kept(draft: str, name: str, saved: Any) -> str:  # noqa: ANN401  (whatever the widget holds)
    return prepare(draft, name, saved)


def _who(draft: str, rule: PlanRule, *, is_new: bool) -> None:
    if is_new:
        key = _kept(draft, "code", "")
        st.text_input(
            _("Code: small letters, digits and underscores"), key=key, on_change=keep, args=(key,), max_chars=40
        )
        key = _kept(draft, "title", "")
        st.text_input(_("Name of the rule"), key=key, on_change=keep, args=(key,), max_chars=80)
        key = _kept(draft, "kind", rule.kind)
        st.selectbox(
            _("Kind of measure"), KINDS, key=key, on_change=keep, args=(key,),
            format_func=lambda code: label("control_kind", code),
        )  # fmt: skip
    else:
        st.markdown(f"**{rule_title(rule.code, rule.title)}** · {label('control_kind', rule.kind)}")
        key = _kept(draft, "is_active", rule.is_active)
        st.toggle(_("The rule is followed"), key=key, on_change=keep, args=(key,))
    key = _kept(draft, "levels", list(rule.levels))
    st.pills(
        _("Risk levels"), list(LABELS["risk_level_short"]), selection_mode="multi", key=key, on_change=keep,
        args=(key,), format_func=lambda code: label("risk_level_short", code),
    )  # fmt: skip
    key = _kept(draft, "dimension", rule.dimension or "")
    st.selectbox(
        _("Dimension that drives the score"), ["", *LABELS["dimension"]], key=key, on_change=keep, args=(key,),
        format_func=lambda code: label("dimension", code) if code else _("Any dimension"),
    )  # fmt: skip


def _is_share(fact: str) -> bool:
    return FACTS[fact].unit is FactUnit.RATIO


def _conditions(draft: str, rule: PlanRule, currency: str) -> None:
    """All must hold. One empty line more than there are, so that there is always room for another."""
    st.markdown(f"**{_('Conditions: all must hold')}**")
    key = _kept(draft, "condition_count", min(len(rule.conditions) + 1, MOST_CONDITIONS))
    for place in range(int(st.session_state[key])):
        one = rule.conditions[place] if place < len(rule.conditions) else None
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key=f"rule-condition-{place}"):
            fact_key = _kept(draft, f"fact{place}", one.fact if one else "")
            st.selectbox(
                _("Fact %(n)s") % {"n": place + 1}, ["", *FACTS], key=fact_key, on_change=keep, args=(fact_key,),
                format_func=lambda code: _(FACTS[code].title) if code else _("No condition"),
            )  # fmt: skip
            fact = str(written(draft, f"fact{place}") or "")
            if not fact:
                continue
            sign_key = _kept(draft, f"sign{place}", one.sign if one else AT_LEAST)
            st.selectbox(
                _("Side %(n)s") % {"n": place + 1}, [AT_LEAST, AT_MOST], key=sign_key, on_change=keep,
                args=(sign_key,), format_func=lambda sign: _("or more") if sign == AT_LEAST else _("or less"),
            )  # fmt: skip
            saved = float((one.value * _HUNDRED if _is_share(fact) else one.value) if one else 0)
            value_key = _kept(draft, f"value{place}", saved)
            unit = "%" if _is_share(fact) else currency if FACTS[fact].unit is FactUnit.MONEY else ""
            st.number_input(
                " ".join(filter(None, (_("Value %(n)s") % {"n": place + 1}, unit))), key=value_key, min_value=0.0,
                format="%.0f", on_change=keep, args=(value_key,),
            )  # fmt: skip


def _facts_for(name: str) -> list[str]:
    unit = FactUnit.DAYS if name in ("terms_days", "monitoring_days") else (
        FactUnit.RATIO if name in SHARES else FactUnit.MONEY
    )  # fmt: skip
    return [code for code, one in FACTS.items() if one.unit is unit]


def _what(draft: str, rule: PlanRule, kind: str, currency: str) -> None:
    """Each parameter: a number, or a share of a fact; empty demands nothing."""
    for name in DEMANDS_OF[kind]:
        one = rule.demands.get(name)
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key=f"rule-demand-{name}"):
            of_key = _kept(draft, f"{name}_of", (one.of or "") if one else "")
            st.selectbox(
                _(PARAMETERS[name]), ["", *_facts_for(name)], key=of_key, on_change=keep, args=(of_key,),
                format_func=lambda code: _("A share of: %(fact)s") % {"fact": _(FACTS[code].title)}
                if code else _("A fixed number"),
            )  # fmt: skip
            of = str(written(draft, f"{name}_of") or "")
            is_percent = bool(of) or name in SHARES
            saved = None if one is None else float(one.value * _HUNDRED if is_percent else one.value)
            unit = "%" if is_percent else currency if name in MONEY else _("days")
            key = _kept(draft, f"{name}_value", saved)
            st.number_input(
                with_aside(_(PARAMETERS[name]), unit), key=key, min_value=0.0, format="%.0f", value=None,
                on_change=keep, args=(key,),
            )  # fmt: skip
            if of and name in MONEY:
                key = _kept(draft, f"{name}_least", None if one is None or one.least is None else float(one.least))
                st.number_input(
                    _("At least (%(currency)s)") % {"currency": currency}, key=key, min_value=0.0, format="%.0f",
                    value=None, on_change=keep, args=(key,),
                )  # fmt: skip


def _rest(draft: str, rule: PlanRule, kind: str) -> None:
    if kind != "monitoring":
        roles = [one.value for one in OVERRIDE_ROLES]
        key = _kept(draft, "force", "absolute" if rule.force == "absolute" else rule.override_role or "risk")
        st.selectbox(
            _("An order against it"), [*roles, "absolute"], key=key, on_change=keep, args=(key,),
            format_func=lambda code: _("is denied") if code == "absolute"
            else _("is held for: %(role)s") % {"role": label("role", code)},
        )  # fmt: skip
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for name, title, saved in (
            ("rank", _("Rank among rules of the kind"), rule.rank),
            ("review_days", _("Days until the review"), rule.review_days),
            ("valid_days", _("Days until the end (0: until lifted)"), rule.valid_days or 0),
        ):
            key = _kept(draft, name, saved)
            st.number_input(title, key=key, min_value=0, max_value=1_000, step=1, on_change=keep, args=(key,))


# --- what was written


def _number(draft: str, name: str) -> Decimal | None:
    value = written(draft, name)
    return None if value is None else Decimal(str(value))


def rule_written(draft: str, rule: PlanRule) -> PlanRule:
    """The rule as the form has it. What the form does not show (steps of rounding, upper ends) stays as it was."""
    kind = str(written(draft, "kind") or rule.kind)
    force = str(written(draft, "force") or rule.override_role or "risk")
    valid = int(written(draft, "valid_days") or 0)
    active = written(draft, "is_active")
    return replace(
        rule, code=str(written(draft, "code") or rule.code), title=str(written(draft, "title") or rule.title),
        kind=kind, is_active=True if active is None else bool(active),
        levels=tuple(written(draft, "levels") or ()), dimension=written(draft, "dimension") or None,
        conditions=_conditions_written(draft), demands=_demands_written(draft, rule, kind),
        force="absolute" if force == "absolute" else "overridable",
        override_role=None if force == "absolute" else force, rank=int(written(draft, "rank") or 0),
        review_days=int(written(draft, "review_days") or 0), valid_days=valid or None,
    )  # fmt: skip


def _conditions_written(draft: str) -> tuple[Condition, ...]:
    found = []
    for place in range(MOST_CONDITIONS):
        fact = str(written(draft, f"fact{place}") or "")
        if fact in FACTS:
            value = _number(draft, f"value{place}") or Decimal(0)
            value = value / _HUNDRED if _is_share(fact) else value
            found.append(Condition(fact, str(written(draft, f"sign{place}") or AT_LEAST), value))
    return tuple(found)


def _demands_written(draft: str, rule: PlanRule, kind: str) -> dict[str, Formula]:
    found = {}
    for name in DEMANDS_OF[kind]:
        value = _number(draft, f"{name}_value")
        if value is None:
            continue
        of = str(written(draft, f"{name}_of") or "") or None
        before = rule.demands.get(name)
        share = value / _HUNDRED if of or name in SHARES else value
        kept = before if of and before is not None and before.of == of else None
        found[name] = Formula(
            share, of, _number(draft, f"{name}_least") if of else None, kept.most if kept else None,
            kept.step if kept else None,
        )  # fmt: skip
    return found


def _keep_all(draft: str) -> None:
    for key in [one for one in st.session_state if isinstance(one, str) and one.startswith(f"{draft}:")]:
        keep(key)


def _note(draft: str, rule: PlanRule, edition: int) -> None:
    _keep_all(draft)
    reason = str(written(draft, "reason") or "").strip()
    if not reason or written(draft, "effective_from") is None:
        st.session_state[MISSING] = True
        return
    values = {
        "rule": rule_written(draft, rule), "reason": reason, "effective_from": written(draft, "effective_from"),
        "seen_edition": edition,
    }  # fmt: skip
    note_deed(Deed("propose_rule", values, draft=draft))


# --- the try-out


def _note_try(draft: str, rule: PlanRule) -> None:
    """What is tried is the form as it is now: a later change of it takes the result away."""
    _keep_all(draft)
    st.session_state[TRIED] = rule_written(draft, rule)


def _tried(actor: Actor, wanted: PlanRule, currency: str) -> None:
    try:
        with unit_of_work(actor) as ctx:
            found = try_out(ctx, wanted)
    except RefusedError as error:
        show_error(error)
        return
    st.info(_result(found, currency), icon=":material/science:")
    lines = [
        f"<li>{escape(one.customer_name)} · {escape(label('risk_level_short', one.level))} · "
        f"{escape(format_money(one.open_amount, currency, compact=True))} · "
        f"{escape(demands_text(one.kind, one.demands, currency))}</li>"
        for one in found.examples[:8]
    ]
    if lines:
        st.html(f'<ul class="gl-items">{"".join(lines)}</ul>')


def _result(found: TryOut, currency: str) -> str:
    """What a try-out found, in a few sentences."""
    count = found.count
    parts = [
        ngettext(
            "On today's customers it would propose a measure for %(n)s customer who owes %(money)s.",
            "On today's customers it would propose a measure for %(n)s customers who owe %(money)s.", count.proposed,
        ) % {"n": format_number(count.proposed), "money": format_money(count.money, currency, compact=True)},
        ngettext(
            "It means %(n)s customer in all.", "It means %(n)s customers in all.", count.meant
        ) % {"n": format_number(count.meant)},
        ngettext(
            "%(n)s of them has a measure or a proposal already.", "%(n)s of them have a measure or a proposal already.",
            count.covered,
        ) % {"n": format_number(count.covered)},
    ]  # fmt: skip
    if count.quiet:
        parts.append(
            ngettext("%(n)s was turned down lately.", "%(n)s were turned down lately.", count.quiet)
            % {"n": format_number(count.quiet)}
        )
    if found.now is not None:
        parts.append(
            ngettext(
                "As it is now, it means %(n)s customer.", "As it is now, it means %(n)s customers.", found.now.meant
            )
            % {"n": format_number(found.now.meant)}
        )
    return running_on(parts)
