"""Every table, by concept."""

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

__all__ = [
    "AppSession", "AppUser", "Assessment", "CaseDebt", "Complaint", "Contract", "ContractEvent", "CreditReport",
    "Customer", "CustomerKey", "DataVersion", "Department", "DirtyCustomer", "DunningNotice", "EarlyWarning",
    "FinancialStatement", "FxRate", "Guarantee", "ImportBatch", "ImportChange", "ImportProfile", "Incentive",
    "IndustryOutlook", "Invoice", "InvoiceSettlement", "Job", "LedgerEntry", "LedgerSeal", "Listing",
    "MetricContribution", "MetricRollup", "Notification", "NotificationDelivery", "NotificationHours",
    "NotificationPreference", "NotificationSending", "NotificationTarget",
    "Payment", "PaymentAllocation", "RecoveryCase", "ReputationEvent",
    "SalesOrder", "Score", "Scorecard", "Setting", "SettingProposal", "SignInAttempt",
    "WatchlistEntry",
]  # fmt: skip
