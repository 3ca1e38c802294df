"""Every table, by concept."""

from db.models.assessments import InformationRequest, SiteVisit, SiteVisitPhoto
from db.models.controls import Control
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
from db.models.decisions import Assessment, CaseDebt, Complaint, EarlyWarning, Listing, RecoveryCase, Score
from db.models.desk_views import DeskView
from db.models.gate import GateOrder
from db.models.information import InformationCheck, InformationLimit, InformationStanding, QualityDay
from db.models.notifications import (
    Notification,
    NotificationDelivery,
    NotificationDepartment,
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
from db.models.reminders import Reminder
from db.models.scorecards import ScorecardReport, ScorecardSave, ScorecardShadow, ScorecardWork
from db.models.triage import EarlyWarningHold
from db.models.warning_rules import RuleSimulation, SimulatedSign, WarningRuleEdition

__all__ = [
    "AppSession", "AppUser", "Assessment", "CaseDebt", "Complaint", "Contract", "ContractEvent", "Control",
    "CreditReport", "Customer", "CustomerKey", "DataVersion", "Department", "DeskView", "DirtyCustomer",
    "DunningNotice", "EarlyWarning", "EarlyWarningHold", "FinancialStatement", "FxRate", "GateOrder", "Guarantee",
    "ImportBatch", "ImportChange", "ImportProfile", "Incentive", "IndustryOutlook", "InformationCheck",
    "InformationLimit", "InformationRequest", "InformationStanding", "Invoice", "InvoiceSettlement", "Job",
    "LedgerEntry", "LedgerSeal", "Listing", "MetricContribution", "MetricRollup", "Notification",
    "NotificationDelivery", "NotificationDepartment", "NotificationHours", "NotificationPreference",
    "NotificationSending", "NotificationTarget", "Payment", "PaymentAllocation", "QualityDay", "RecoveryCase",
    "Reminder", "ReputationEvent", "RuleSimulation", "SalesOrder", "Score", "Scorecard", "ScorecardReport",
    "ScorecardSave", "ScorecardShadow", "ScorecardWork", "Setting", "SettingProposal", "SignInAttempt", "SimulatedSign",
    "SiteVisit", "SiteVisitPhoto", "WarningRuleEdition", "WatchlistEntry",
]  # fmt: skip
