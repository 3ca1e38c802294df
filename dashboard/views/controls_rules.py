"""The rules of the plan: whom each means and what it proposes, changes that wait, and what following it would do."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.cache import cached_read
from dashboard.components.control_words import force_text, rule_title, what_text, whom_text
from dashboard.i18n import _, format_date, format_money, format_number, ngettext
from dashboard.labels import label
from dashboard.views.controls_drawers import save_button, text_box
from dashboard.views.controls_rule_editor import edit_rule, new_rule
from dashboard.views.controls_selection import Deed, note_deed
from services.access import may
from services.context import Actor, Context, unit_of_work
from services.controls.plan_rules import (
    PlanEdition,
    PlanHistory,
    PlanRule,
    RuleCount,
    definition_of,
    plan_counts,
    plan_history,
)

#: The gravest measure first; rules with a change that waits stand before all.
_ORDER = ("suspension", "trade_limit", "prepayment", "guarantee", "monitoring")


@cached_read("controls", "customers", "policy", "scores", "trade")
def _counts(ctx: Context) -> tuple[RuleCount, ...]:
    """The statement reads every customer of the rules' levels: once for all readers, until something changes."""
    return plan_counts(ctx)


def rules_tab(actor: Actor) -> None:
    """Draw the tab."""
    counts = {one.rule: one for one in _counts(actor)}
    with unit_of_work(actor) as ctx:
        history, today = plan_history(ctx), ctx.today
        currency = ctx.policy_history.on(today).base_currency
    _summary(actor, counts, currency)
    shown = []
    for code in history.codes:
        now, waits = history.on(code, today), history.waiting(code)
        if (one := now or waits) is not None:
            shown.append(((waits is None, _ORDER.index(one.rule.kind), one.rule.rank, code), now, waits))
    shown.sort(key=lambda entry: entry[0])
    for place, now, waits in shown:
        code = place[-1]
        _rule(actor, code, now, waits, counts.get(code), history, currency)


def _summary(actor: Actor, counts: dict[str, RuleCount], currency: str) -> None:
    """What following the plan would do now, and the way to do it."""
    proposed = sum(one.proposed for one in counts.values())
    money = max((one.money for one in counts.values()), default=0)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if proposed:
            st.markdown(
                ngettext(
                    "Followed today, the rules would propose **%(n)s** measure; up to %(money)s is owed by the "
                    "customers of one rule.",
                    "Followed today, the rules would propose **%(n)s** measures; up to %(money)s is owed by the "
                    "customers of one rule.", proposed,
                ) % {"n": format_number(proposed), "money": format_money(money, currency, compact=True)}
            )  # fmt: skip
        else:
            st.markdown(_("The plan is followed: the rules would propose nothing new today."))
        if proposed and may(actor, "control_plan.run"):
            st.button(_("Follow the plan now"), key="plan-follow", on_click=note_deed, args=(Deed("follow_plan"),))
        if may(actor, "control_plan.change") and st.button(_("New rule"), key="plan-new", icon=":material/add:"):
            new_rule(actor)
    st.caption(
        _("The worker follows the plan after scores change and every night. It never proposes what is in force, what "
          "waits, or what was turned down lately, unless the customer's facts grew worse.")
    )  # fmt: skip


def _rule(
    actor: Actor, code: str, now: PlanEdition | None, waits: PlanEdition | None, count: RuleCount | None,
    history: PlanHistory, currency: str,
) -> None:  # fmt: skip
    shown = now or waits
    if shown is None:
        return
    rule = shown.rule
    with st.container(key=f"plan-rule-{code}", horizontal=True, gap="small"):
        st.html(_rule_html(code, rule, count, currency))
        if (
            waits is None
            and may(actor, "control_plan.change")
            and st.button(_("Change the rule"), key=f"plan-change-{code}")
        ):
            edit_rule(actor, rule, history.newest(code))
    if waits is not None:
        _waiting(actor, code, now, waits, currency)
    if len(history.all_of(code)) > 1 and st.toggle(_("Show earlier editions"), key=f"plan-history-{code}"):
        _editions(code, history.all_of(code))


def _rule_html(code: str, rule: PlanRule, count: RuleCount | None, currency: str) -> str:
    off = "" if rule.is_active else f' <span class="gl-chip">{escape(_("switched off"))}</span>'
    whom, what = whom_text(rule, currency), what_text(rule, currency)
    return (
        f'<div class="gl-rule"><b>{escape(rule_title(code, rule.title))}</b> '
        f'<span class="gl-chip">{escape(label("control_kind", rule.kind))}</span>{off}'
        f"<div>{escape(_('For: %(whom)s') % {'whom': whom})}</div>"
        f"<div>{escape(_('Proposes: %(what)s') % {'what': what})}</div>"
        f'<div class="gl-quiet">{escape(force_text(rule.kind, rule.force, rule.override_role))}</div>'
        f'<div class="gl-quiet">{escape(_days_text(rule))} · {escape(_count_text(count))}</div></div>'
    )


def _days_text(rule: PlanRule) -> str:
    review = ngettext("reviewed after %(n)s day", "reviewed after %(n)s days", rule.review_days) % {
        "n": format_number(rule.review_days)
    }
    if rule.valid_days is None:
        return f"{review} · {_('until it is lifted')}"
    end = ngettext("ends after %(n)s day", "ends after %(n)s days", rule.valid_days)
    return f"{review} · {end % {'n': format_number(rule.valid_days)}}"


def _count_text(count: RuleCount | None) -> str:
    if count is None:
        return _("means nobody today")
    meant = ngettext("means %(n)s customer today", "means %(n)s customers today", count.meant)
    covered = ngettext("%(n)s has a measure or a proposal", "%(n)s have a measure or a proposal", count.covered)
    return (
        f"{meant % {'n': format_number(count.meant)}} · {covered % {'n': format_number(count.covered)}}"
        if count.meant
        else _("means nobody today")
    )


def _waiting(actor: Actor, code: str, now: PlanEdition | None, waits: PlanEdition, currency: str) -> None:
    """A change that waits: what it says, why, and the decision."""
    day = format_date(waits.effective_from)
    lines = [
        _("%(name)s wants it changed from %(day)s on: %(reason)s")
        % {"name": waits.proposer or "", "day": day, "reason": waits.reason}
    ]
    if not waits.rule.is_active:
        lines.append(_("It would be switched off."))
    old = {} if now is None else definition_of(now.rule)
    new = definition_of(waits.rule)
    if any(old.get(name) != new[name] for name in ("levels", "dimension", "conditions")):
        lines.append(_("For: %(whom)s") % {"whom": whom_text(waits.rule, currency)})
    if any(old.get(name) != new[name] for name in ("demands", "force", "override_role")):
        lines.append(_("Proposes: %(what)s") % {"what": what_text(waits.rule, currency)})
    if any(old.get(name) != new[name] for name in ("review_days", "valid_days")):
        lines.append(_days_text(waits.rule))
    st.info("\n\n".join(lines), icon=":material/hourglass_top:")
    with st.container(horizontal=True, gap="small"):
        values = {"edition_id": waits.id, "version": waits.version}
        if waits.proposed_by_id == actor.user_id:
            st.button(
                _("Take the change back"), key=f"plan-withdraw-{code}", on_click=note_deed,
                args=(Deed("withdraw_rule", values),),
            )  # fmt: skip
        elif may(actor, "control_plan.approve"):
            st.button(
                _("Approve the change"), key=f"plan-approve-{code}", type="primary", on_click=note_deed,
                args=(Deed("approve_rule", values),),
            )  # fmt: skip
            if st.button(_("Turn it down"), key=f"plan-reject-{code}"):
                _reject(waits)


def _reject(waits: PlanEdition) -> None:
    @st.dialog(_("Turn the change down"), position="right", icon=":material/block:")
    def drawer() -> None:
        draft = f"plan-reject-{waits.id}"
        text_box(draft, "reason", _("Reason"))
        deed = Deed("reject_rule", {"edition_id": waits.id, "version": waits.version}, draft=draft)
        save_button(_("Turn it down"), deed, ("reason",), ("reason",))

    drawer()


def _editions(code: str, editions: tuple[PlanEdition, ...]) -> None:
    lines = []
    for one in editions:
        who = one.proposer or _("as shipped")
        state = "" if one.id is None else label("plan_edition_state", one.state)
        words = " · ".join(part for part in (who, state, one.reason, one.decision_note or "") if part)
        day = "" if one.id is None else format_date(one.effective_from)
        lines.append(f"<li>{escape(_('Edition %(n)s') % {'n': one.edition})} {escape(day)} · {escape(words)}</li>")
    st.html(f'<ul class="gl-items" id="editions-{escape(code)}">{"".join(lines)}</ul>')
