"""How the ledger reads: what an action says, what a field is called, how a value is written. Each word once."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from dashboard.components import gate_ledger_words
from dashboard.components.comparison_words import OUTCOMES
from dashboard.components.control_ledger_words import CONTROL_ACTIONS, CONTROL_GROUPS
from dashboard.components.information_words import FINDINGS, item_words
from dashboard.components.ledger_fields import FIELDS
from dashboard.components.listing_words import LISTING_ACTIONS
from dashboard.components.machine_ledger_words import MACHINE_ACTIONS, MACHINE_GROUPS
from dashboard.components.rule_words import rule_name
from dashboard.components.scorecard_words import place_text
from dashboard.components.setting_words import setting_text
from dashboard.i18n import N_, NO_VALUE, _, format_date, format_datetime, ngettext
from dashboard.labels import LABELS, label
from services.early_warnings import RULES
from services.imports.kinds import KINDS
from services.ledger_reads import LedgerRow
from services.machines.tokens import ACTOR_PREFIX
from services.policy import DEFINITIONS, parsed_setting
from services.policy_settings import BEGINNING, UNITS
from services.scorecards.editing import labels_of

#: What an action says of who did it. `%(who)s` is a name.
ACTIONS: dict[str, str] = {
    "early_warning.raised": N_("%(who)s raised warnings"),
    "early_warning.joined": N_("%(who)s added evidence to a warning"),
    "early_warning.acknowledged": N_("%(who)s acknowledged a warning"),
    "early_warning.acting": N_("%(who)s started acting on a warning"),
    "early_warning.assigned": N_("%(who)s assigned a warning"),
    "early_warning.snoozed": N_("%(who)s snoozed a warning"),
    "early_warning.taken_over": N_("%(who)s took over a warning that somebody else had open"),
    "early_warning.undone": N_("%(who)s undid a decision on a warning"),
    "early_warning.resolved": N_("%(who)s resolved a warning"),
    "early_warning.escalated": N_("%(who)s escalated warnings past their deadline"),
    "warning_rule.changed": N_("%(who)s changed a warning rule"),
    "assessment.drafted": N_("%(who)s drafted an assessment"),
    "assessment.changed": N_("%(who)s changed a draft of an assessment"),
    "assessment.submitted": N_("%(who)s handed in an assessment"),
    "assessment.withdrawn": N_("%(who)s took back a draft of an assessment"),
    "assessment.taken_up": N_("%(who)s took up an assessment for review"),
    "assessment.returned": N_("%(who)s returned an assessment to the business department"),
    "assessment.superseded": N_("%(who)s corrected a grade of the same day"),
    "assessment.finalised": N_("%(who)s finalised an assessment"),
    "assessment.override_ended": N_("%(who)s noted that the override of a level has ended"),
    "information_request.asked": N_("%(who)s asked for more information"),
    "information_request.answered": N_("%(who)s answered a request for information"),
    "information_request.withdrawn": N_("%(who)s withdrew a request for information"),
    "site_visit.ordered": N_("%(who)s ordered a site visit"),
    "site_visit.reported": N_("%(who)s reported a site visit"),
    "site_visit.cancelled": N_("%(who)s cancelled a site visit"),
    "breach.confirmed": N_("%(who)s confirmed that a measure was disobeyed"),
    "breach.excused": N_("%(who)s excused a document against a measure"),
    "screening.ran": N_("%(who)s compared names with those listed"),
    "screening_match.cleared": N_("%(who)s cleared a match: not the same"),
    "screening_match.confirmed": N_("%(who)s confirmed a match: the same"),
    "screening_match.reopened": N_("%(who)s opened a match again"),
    "watchlist.loaded": N_("%(who)s brought a watch list up to date"),
    "listing.proposed": N_("%(who)s proposed a listing"),
    **gate_ledger_words.ACTIONS,
    **LISTING_ACTIONS,
    "case.opened": N_("%(who)s opened a case"),
    "case.moved": N_("%(who)s moved a case on"),
    "incentive.proposed": N_("%(who)s proposed a reward or penalty"),
    "incentive.moved": N_("%(who)s moved a reward or penalty on"),
    "policy.set": N_("%(who)s set a setting"),
    "policy.proposed": N_("%(who)s proposed a value for a setting"),
    "policy.approved": N_("%(who)s approved a value for a setting"),
    "policy.rejected": N_("%(who)s rejected a value for a setting"),
    "policy.withdrawn": N_("%(who)s withdrew a proposed value for a setting"),
    "scorecard.compared": N_("%(who)s had two scorecards compared"),
    "scorecard.fit_asked": N_("%(who)s had a scorecard fitted"),
    "scorecard.activated": N_("%(who)s put a scorecard into force"),
    "scorecard.drafted": N_("%(who)s started a draft of a scorecard"),
    "scorecard.changed": N_("%(who)s changed a draft of a scorecard"),
    "scorecard.undone": N_("%(who)s undid the last save of a scorecard"),
    "scorecard.described": N_("%(who)s described a scorecard"),
    "scorecard.shadowed": N_("%(who)s let a scorecard run in shadow"),
    "scorecard.reopened": N_("%(who)s took a scorecard out of shadow"),
    "scorecard.proposed": N_("%(who)s proposed putting a scorecard into force"),
    "scorecard.rejected": N_("%(who)s turned a proposed scorecard down"),
    "scorecard.withdrawn": N_("%(who)s took a proposed scorecard back"),
    "scorecard.retired": N_("%(who)s retired a scorecard"),
    "score.computed": N_("%(who)s scored customers"),
    "metrics.corrected": N_("%(who)s corrected figures of closed months"),
    "customer.personal_shown": N_("%(who)s looked at personal data"),
    "user.added": N_("%(who)s added a person"),
    "user.activated": N_("%(who)s opened an account again"),
    "user.deactivated": N_("%(who)s closed an account"),
    "user.password_set": N_("%(who)s set a password"),
    "user.language_chosen": N_("%(who)s chose a language"),
    "user.overview_seen": N_("%(who)s looked at the overview"),
    "department.added": N_("%(who)s added a department"),
    "session.started": N_("%(who)s signed in"),
    "session.ended": N_("%(who)s signed out"),
    "session.revoked": N_("%(who)s ended the sessions of a person"),
    "import_profile.saved": N_("%(who)s saved an import profile"),
    "import_profile.deleted": N_("%(who)s deleted an import profile"),
    "export.taken": N_("%(who)s exported data"),
    "information.confirmed": N_("%(who)s looked for news of customers and had nothing to enter"),
    "information.withdrawn": N_("%(who)s took back a look"),
    "information.limit_set": N_("%(who)s set how old a kind of information may be"),
    "desk_view.kept": N_("%(who)s kept a view of the triage desk"),
    "desk_view.changed": N_("%(who)s renamed or shared a view of the triage desk"),
    "desk_view.removed": N_("%(who)s removed a view of the triage desk"),
    "notification.department_chosen": N_("%(who)s chose when a department is sent its messages"),
    "notification.chosen": N_("%(who)s chose how to get notices"),
    "notification.address_added": N_("%(who)s added an address for notices"),
    "notification.address_tested": N_("%(who)s tested an address for notices"),
    "notification.address_removed": N_("%(who)s removed an address for notices"),
    "notification.sending_set": N_("%(who)s set how notices are sent"),
    "notification.tried_again": N_("%(who)s had a message sent again"),
    **CONTROL_ACTIONS,
    **MACHINE_ACTIONS,
}
#: Actions of one group whose second part is open: the kind of file.
GROUP_ACTIONS: dict[str, str] = {"import": N_("%(who)s imported %(what)s"), "export": N_("%(who)s exported %(what)s")}
ANY_ACTION = N_("%(who)s: %(what)s")

#: Groups of actions, for the filter: the part before the dot.
GROUPS: dict[str, str] = {
    "early_warning": N_("Warnings"),
    "warning_rule": N_("Warning rules"),
    "assessment": N_("Assessments"),
    "information_request": N_("Requests for information"),
    "site_visit": N_("Site visits"),
    "score": N_("Scores"),
    "scorecard": N_("Scorecards"),
    "listing": N_("Listings"),
    "breach": N_("Breaches of measures"),
    **gate_ledger_words.GROUPS,
    "listing_candidate": N_("Candidates for a listing"),
    "screening": N_("Screening"),
    "watchlist": N_("Watch lists"),
    "case": N_("Cases"),
    "incentive": N_("Rewards and penalties"),
    "policy": N_("Settings"),
    "metrics": N_("Figures"),
    "customer": N_("Personal data"),
    "import": N_("Imports"),
    "import_profile": N_("Import profiles"),
    "export": N_("Exports"),
    "information": N_("Information"),
    "user": N_("People"),
    "department": N_("Departments"),
    "session": N_("Sign-ins"),
    "notification": N_("Notices"),
    **CONTROL_GROUPS,
    **MACHINE_GROUPS,
    "desk_view": N_("Views of the triage desk"),
}

_VALUE_GROUPS = {
    "severity": "risk_level_short", "level": "risk_level_short", "grade": "grade", "criterion": "criterion",
    "step": "listing_step", "reply_channel": "reply_channel", "listing.ended_as": "listing_end",
    "source": "candidate_source",
    "computed_level": "risk_level_short", "conclusion": "site_visit_conclusion", "stage": "assessment_stage",
    "measure": "incentive_measure", "role": "role", "release_role": "role", "away_decision": "gate_decision",
    "force": "control_force", "override_role": "role",
    "control.ended_as": "control_end",
}  # fmt: skip
_STATE_GROUPS = {
    "early_warning": ("warning_state", "warning_outcome"), "assessment": ("assessment_state", ""),
    "information_request": ("information_request_state", ""), "site_visit": ("site_visit_state", ""),
    "control": ("control_state", ""), "control_plan_edition": ("plan_edition_state", ""),
    "recovery_case": ("case_state", "case_outcome"),
    "incentive": ("incentive_state", ""), "scorecard": ("scorecard_state", ""),
    "gate_order": ("held_order_state", ""), "gate_override": ("override_state", ""),
    "listing": ("listing_state", ""), "listing_candidate": ("candidate_state", ""),
}  # fmt: skip
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST_VALUE = 300


def who_text(row: LedgerRow) -> str:
    """Who did it; the sign-in name of somebody who is gone."""
    if row.actor.startswith(ACTOR_PREFIX):
        return _("The other system %(name)s") % {"name": row.actor.removeprefix(ACTOR_PREFIX)}
    return _("The system") if row.actor == "system" else row.actor_name or row.actor


def action_text(row: LedgerRow, who: str) -> str:
    """What was done, as a sentence. An action that nobody wrote words for is said by its code."""
    if row.action in ACTIONS:
        return _(ACTIONS[row.action]) % {"who": who}
    group, _dot, rest = row.action.partition(".")
    what = _(KINDS[rest].label) if rest in KINDS else rest
    return _(GROUP_ACTIONS.get(group, ANY_ACTION)) % {
        "who": who,
        "what": what if group in GROUP_ACTIONS else row.action,
    }


def _information_value(field: str, value: str) -> str | None:
    """Items and findings by their names."""
    if field == "item":
        return item_words(value)
    return _(FINDINGS[value]) if field == "finding" and value in FINDINGS else None


#: By table: the field whose value says which one it is; elsewhere a file's name.
_NAMED_BY = {"gate_order": "order_no"}


def subject_text(row: LedgerRow) -> str:
    """What it was done to, where the sentence does not say it: a rule, a setting, a person, a file, an order."""
    table, _colon, key = row.subject.partition(":")
    if table == "information":
        return item_words(key)
    if table == "warning_rule" and key in RULES:
        return rule_name(RULES[key])
    if table == "setting":
        return next((_(one.text) for one in DEFINITIONS if one.key == key), key)
    if row.subject_name is not None:
        return "" if table == "app_user" and row.subject_name == row.actor_name else row.subject_name
    return next((str(one.after) for one in row.changes if one.field == _NAMED_BY.get(table, "file")), "")


def field_text(field: str) -> str:
    """The name of a field, or the place on a scorecard; its code where nobody wrote one."""
    if field in FIELDS:
        return _(FIELDS[field])
    return place_text(field, labels_of({}))


def value_text(row: LedgerRow, field: str, value: Any, time_zone: str) -> str:  # noqa: ANN401  (any JSON value)
    """A value as the reader writes it."""
    if value is None:
        return NO_VALUE
    table, _colon, key = row.subject.partition(":")
    if table == "setting" and key in UNITS:
        return _setting_value(key, field, str(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ngettext("%(n)s item", "%(n)s items", len(value)) % {"n": len(value)}
    if isinstance(value, dict):
        text = json.dumps(value, ensure_ascii=False)
        return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
    return _scalar_text(table, field, str(value), time_zone)


def _setting_value(key: str, field: str, value: str) -> str:
    if field == "from":
        day = dt.date.fromisoformat(value)
        return _("from the beginning") if day <= BEGINNING else format_date(day)
    if field not in ("value", "proposed"):
        return value
    return setting_text(UNITS[key], parsed_setting(key, "" if value == str(None) else value))


def _scalar_text(table: str, field: str, value: str, time_zone: str) -> str:
    if table.startswith("information") and (words := _information_value(field, value)):
        return words
    states, outcomes = _STATE_GROUPS.get(table, ("", ""))
    group = (
        {"state": states, "outcome": outcomes}.get(field)
        or _VALUE_GROUPS.get(f"{table}.{field}")
        or _VALUE_GROUPS.get(field, "")
    )
    if group in LABELS:
        return label(group, value)
    if field == "turning_bad" and value in OUTCOMES:
        return _(OUTCOMES[value])
    if _DAY.match(value):
        return _moment_text(value, time_zone)
    return value


def _moment_text(value: str, time_zone: str) -> str:
    try:
        if len(value) == len("2025-06-30"):
            return format_date(dt.date.fromisoformat(value))
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return value
    return format_datetime(moment, time_zone) if moment.tzinfo else value
