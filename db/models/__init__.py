"""Every table, by concept."""

from db.models.assessments import InformationRequest, SiteVisit, SiteVisitPhoto
from db.models.controls import Control, ControlPlanEdition
from db.models.customer import (
    Contract,
    ContractEvent,
    CreditReport,
    Customer,
    DunningNotice,
    FinancialStatement,
    Guarantee,
    Invoice,
    InvoiceSettlement,
    Payment,
    PaymentAllocation,
    ReputationEvent,
    SalesOrder,
)
from db.models.decisions import Assessment, CaseDebt, Complaint, EarlyWarning, RecoveryCase, Score
from db.models.gate import GateOrder, GateOverride
from db.models.information import InformationCheck, InformationLimit, InformationStanding, QualityDay
from db.models.listings import Listing, ListingCandidate, ListingEvidence
from db.models.machines import ApiToken, MachineEvent, Webhook, WebhookDelivery
from db.models.notifications import (
    Notification,
    NotificationDelivery,
    NotificationHours,
    NotificationPreference,
    NotificationSending,
    NotificationTarget,
)
from db.models.record import (
    AppSession,
    DataVersion,
    DirtyCustomer,
    ImportBatch,
    ImportChange,
    Job,
    LedgerEntry,
    LedgerSeal,
    MetricContribution,
    MetricRollup,
    SignInAttempt,
)
from db.models.reference import (
    AppUser,
    CustomerKey,
    Department,
    FxRate,
    ImportProfile,
    Incentive,
    IndustryOutlook,
    Scorecard,
    Setting,
    SettingProposal,
    WatchlistEntry,
)
from db.models.scorecards import ScorecardReport, ScorecardSave, ScorecardWork
from db.models.screening import ScreeningMatch, ScreeningName, WatchlistLoad, WatchlistName
from db.models.triage import EarlyWarningHold
from db.models.warning_rules import RuleSimulation, SimulatedSign, WarningRuleEdition

__all__ = [
    "ApiToken", "AppSession", "AppUser", "Assessment", "CaseDebt", "Complaint", "Contract", "ContractEvent", "Control",
    "ControlPlanEdition", "CreditReport", "Customer", "CustomerKey", "DataVersion", "Department", "DirtyCustomer",
    "DunningNotice", "EarlyWarning", "EarlyWarningHold", "FinancialStatement", "FxRate", "GateOrder", "GateOverride",
    "Guarantee", "ImportBatch", "ImportChange", "ImportProfile", "Incentive", "IndustryOutlook", "InformationCheck",
    "InformationLimit", "InformationRequest", "InformationStanding", "Invoice", "InvoiceSettlement", "Job",
    "LedgerEntry", "LedgerSeal", "Listing", "ListingCandidate", "ListingEvidence", "MachineEvent", "MetricContribution",
    "MetricRollup", "Notification", "NotificationDelivery", "NotificationHours", "NotificationPreference",
    "NotificationSending", "NotificationTarget", "Payment", "PaymentAllocation", "QualityDay", "RecoveryCase",
    "ReputationEvent", "RuleSimulation", "SalesOrder", "Score", "Scorecard", "ScorecardReport", "ScorecardSave",
    "ScorecardWork", "ScreeningMatch", "ScreeningName", "Setting", "SettingProposal", "SignInAttempt", "SimulatedSign",
    "SiteVisit", "SiteVisitPhoto", "WarningRuleEdition", "WatchlistEntry", "WatchlistLoad", "WatchlistName", "Webhook",
    "WebhookDelivery",
]  # fmt: skip
