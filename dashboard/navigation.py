"""The only list of pages: file, title, icon, address, and who may open it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NoReturn
from urllib.parse import urlencode

import streamlit as st

from dashboard.i18n import N_, _
from dashboard.state import DASHBOARD
from services.access import may
from services.context import Actor


@dataclass(frozen=True)
class PageSpec:
    """One page. `title`, `about` and `group` are message ids; `action` is the right that opens it (services.access)."""

    key: str
    file: str
    title: str
    about: str
    icon: str
    url_path: str
    action: str
    group: str
    is_in_menu: bool = True


WATCH, ASSESS, CONTROL = N_("Watch"), N_("Collect and assess"), N_("Control and list")
RECORDS, RULES = N_("Records"), N_("Rules and evidence")

PAGES: Final[tuple[PageSpec, ...]] = (
    PageSpec(
        "overview", "views/overview.py", N_("Overview"),
        N_("The four assessment metrics against target, rewards and penalties, money at risk, and what changed."),
        ":material/monitoring:", "overview", "overview.read", WATCH,
    ),
    PageSpec(
        "early_warnings", "views/early_warnings.py", N_("Warnings"),
        N_("Open warnings in the order to work them, with the reason and the deadline of each."),
        ":material/notifications:", "early_warnings", "early_warning.read", WATCH,
    ),
    PageSpec(
        "information", "views/information.py", N_("Information"),
        N_("What must be known of each customer and is due, forms to bring it in, and how good the data are."),
        ":material/inventory:", "information", "information.read", ASSESS,
    ),
    PageSpec(
        "assessments", "views/assessments.py", N_("Assessments"),
        N_("Propose a level, review it, ask, visit and decide: what is yours to do, the most pressing first."),
        ":material/fact_check:", "assessments", "assessment.read", ASSESS,
    ),
    PageSpec(
        "disagreement", "views/disagreement.py", N_("Disagreement"),
        N_("Initial against final grades: how often they differ, who leans which way, and who was right."),
        ":material/balance:", "disagreement", "assessment.read", ASSESS,
    ),
    PageSpec(
        "controls", "views/controls.py", N_("Measures"),
        N_("Measures against risky customers: what waits, what holds, the rules that propose them, guarantees."),
        ":material/front_hand:", "controls", "control.read", CONTROL,
    ),
    PageSpec(
        "orders", "views/orders.py", N_("Orders"),
        N_("Orders that the gate holds, why, and what is left of each limit; every answer it gave, and who may pass."),
        ":material/shopping_cart_checkout:", "orders", "gate.read", CONTROL,
    ),
    PageSpec(
        "obedience", "views/obedience.py", N_("Obedience"),
        N_("Orders and invoices against the measures of their day: who obeys, what goes against one, what came of it."),
        ":material/rule:", "obedience", "control.read", CONTROL,
    ),
    PageSpec(
        "listings", "views/listings.py", N_("Listings"),
        N_("Grey and black customers: signs that call for it, proposals with their evidence, decisions in time."),
        ":material/person_off:", "listings", "listing.read", CONTROL,
    ),
    PageSpec(
        "screening", "views/screening.py", N_("Screening"),
        N_("Names against listed customers and watch lists, matches to decide on, and who is tied to whom."),
        ":material/travel_explore:", "screening", "screening.ask", CONTROL,
    ),
    PageSpec(
        "customers", "views/customers.py", N_("Customers"),
        N_("All customers with level, arrears and owner; search and filter."),
        ":material/groups:", "customers", "customer.read", RECORDS,
    ),
    PageSpec(
        "customer", "views/customer.py", N_("Customer"),
        N_("One customer: score with its reasons, account, warnings and history."),
        ":material/person_search:", "customer", "customer.read", RECORDS, is_in_menu=False,
    ),
    PageSpec(
        "imports", "views/imports.py", N_("Imports"),
        N_("Bring in files: headers are matched, every wrong row comes back with its reason."),
        ":material/upload_file:", "imports", "import.run", RECORDS,
    ),
    PageSpec(
        "exports", "views/exports.py", N_("Exports"),
        N_("Take files out as the import reads them: one kind or everything, as CSV or XLSX."),
        ":material/download:", "exports", "export.run", RECORDS,
    ),
    PageSpec(
        "scorecards", "views/scorecards.py", N_("Scorecards"),
        N_("What scores are made of: every version with its state, its editor, its shadow run and who approved it."),
        ":material/tune:", "scorecards", "scorecard.read", RULES,
    ),
    PageSpec(
        "scorecard_comparison", "views/scorecard_comparison.py", N_("Scorecards compared"),
        N_("Two scorecards on the company's own history: who changes level, who is caught sooner or missed."),
        ":material/compare_arrows:", "scorecard_comparison", "scorecard.read", RULES, is_in_menu=False,
    ),
    PageSpec(
        "challenger", "views/challenger.py", N_("Fitted scorecard"),
        N_("A scorecard fitted to what became of the company's own customers, beside the one in force."),
        ":material/model_training:", "challenger", "scorecard.read", RULES, is_in_menu=False,
    ),
    PageSpec(
        "policy", "views/policy.py", N_("Policy"),
        N_("The policy as it is applied: every setting with its clause and the day it holds from."),
        ":material/policy:", "policy", "policy.read", RULES,
    ),
    PageSpec(
        "warning_rules", "views/warning_rules.py", N_("Warning rules"),
        N_("What each rule finds and how well it does; changes are tried out on history first."),
        ":material/rule_settings:", "warning_rules", "warning_rule.read", RULES,
    ),
    PageSpec(
        "notifications", "views/notifications.py", N_("Notices"),
        N_("What you were told, and how and when you want to be told."),
        ":material/notifications:", "notifications", "notification.read", RECORDS, is_in_menu=False,
    ),
    PageSpec(
        "machines", "views/machines.py", N_("Other systems"),
        N_("Tokens, webhooks and events by which other systems ask the gate and hear what happened."),
        ":material/hub:", "machines", "api.read", RULES,
    ),
    PageSpec(
        "ledger", "views/ledger.py", N_("Ledger"),
        N_("Who changed what, from what to what, in an order that cannot be altered."),
        ":material/receipt_long:", "ledger", "ledger.read", RULES,
    ),
)  # fmt: skip

_BY_KEY = {spec.key: spec for spec in PAGES}
#: The first screen of a role (SPEC, "Three audiences"); everybody else starts at the overview.
_FIRST_OF_ROLE = {"risk": "early_warnings"}


def page_spec(key: str) -> PageSpec:
    """The page of a key."""
    return _BY_KEY[key]


def pages_of(actor: Actor) -> tuple[PageSpec, ...]:
    """The pages that a person may open."""
    return tuple(spec for spec in PAGES if may(actor, spec.action))


def first_page(actor: Actor) -> PageSpec:
    """The page that a person's work starts on."""
    return page_spec(_FIRST_OF_ROLE.get(actor.role, "overview"))


def menu(actor: Actor) -> dict[str, list[st.Page]]:
    """The menu in the language in use.

    The first page is hidden and leads on to the role's own, so that addresses are the same for everybody. Pages that
    the role may not open keep their address too, and say so there.
    """
    groups: dict[str, list[st.Page]] = {
        "": [st.Page(DASHBOARD / "views/home.py", title="Greyledger", default=True, visibility="hidden")]
    }
    for spec in PAGES:
        is_allowed = may(actor, spec.action)
        page = st.Page(
            DASHBOARD / spec.file if is_allowed else _not_allowed,
            title=_(spec.title),
            icon=spec.icon,
            url_path=spec.url_path,
            help=_(spec.about),
            visibility="visible" if spec.is_in_menu and is_allowed else "hidden",
        )
        groups.setdefault(_(spec.group), []).append(page)
    return groups


def _not_allowed() -> None:
    """What a page shows to somebody whose role may not open it."""
    st.title(_("Not open to your role"))
    st.info(_("Your role does not allow this. Ask your administrator which role you need."), icon=":material/lock:")


def open_page(key: str, **query: str) -> NoReturn:
    """Go to a page of the menu: `open_page("customer", customer="C-1001")`."""
    st.switch_page(file_of(key), query_params=query)


def file_of(key: str) -> str:
    """The file of a page, for `st.page_link`."""
    return str(DASHBOARD / page_spec(key).file)


def address_of(key: str, **query: str) -> str:
    """The address of a page, for links: `/customer?customer=C-1001`."""
    return f"/{page_spec(key).url_path}" + (f"?{urlencode(query)}" if query else "")
