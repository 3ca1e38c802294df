"""Files of the company's own decisions and their history: complaints, assessments, listings, cases, incentives."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from db.enums import (
    AssessmentStage,
    AssessmentState,
    CaseOutcome,
    CaseState,
    ComplaintCause,
    Criterion,
    Grade,
    IncentiveKind,
    IncentiveMeasure,
    IncentiveState,
    ListingState,
    RiskLevel,
)
from services.errors import N_
from services.imports.columns import (
    Check,
    Column,
    ColumnType,
    FileKind,
    Lifecycle,
    Reference,
    amount,
    boolean,
    choice,
    currency,
    customer,
    date,
    department,
    invoice,
    not_before,
    number,
    ratio,
    text,
)

CONFIRMED, REJECTED = "confirmed", "rejected"
_CASE_HEADERS = ("专案编号", "專案編號", "案件编号", "案件編號", "案号", "案號", "case number", "case id", "case")
_CAUSES = {
    "黑灰客户管理": "blackgrey_management", "黑灰客戶管理": "blackgrey_management", "黑灰管理": "blackgrey_management",
    "black/grey management": "blackgrey_management", "其他": "other", "其它": "other", "others": "other",
}  # fmt: skip
_STAGES = {
    "初评": "initial", "初評": "initial", "初步评估": "initial", "初次评估": "initial", "first": "initial",
    "最终": "final", "最終": "final", "复评": "final", "復評": "final", "複評": "final", "终评": "final",
    "終評": "final",
    "review": "final",
}  # fmt: skip
_LEVELS = {
    "低": "low", "低风险": "low", "低風險": "low", "中": "medium", "中风险": "medium", "中風險": "medium",
    "中等": "medium",
    "高": "high", "高风险": "high", "高風險": "high",
    "极高": "critical", "極高": "critical", "极高风险": "critical", "極高風險": "critical", "very high": "critical",
}  # fmt: skip
_CRITERIA = {
    "恶意拖欠": "arrears", "惡意拖欠": "arrears", "拖欠": "arrears", "malicious arrears": "arrears",
    "欺诈": "fraud", "欺詐": "fraud", "诈骗": "fraud", "詐騙": "fraud", "违约": "breach", "違約": "breach",
    "违法违规": "illegal", "違法違規": "illegal", "违法": "illegal", "違法": "illegal",
    "重大负面影响": "harm", "重大負面影響": "harm", "负面影响": "harm", "負面影響": "harm",
}  # fmt: skip
_GRADES = {
    "灰": "grey", "灰名单": "grey", "灰名單": "grey", "灰色": "grey", "灰色客户": "grey", "灰客户": "grey",
    "gray": "grey",
    "黑": "black", "黑名单": "black", "黑名單": "black", "黑色": "black", "黑色客户": "black", "黑客户": "black",
}  # fmt: skip
_DECISIONS = {
    "认定": "confirmed", "認定": "confirmed", "确认": "confirmed", "確認": "confirmed", "通过": "confirmed",
    "通過": "confirmed", "approved": "confirmed", "listed": "confirmed",
    "驳回": "rejected", "駁回": "rejected", "否决": "rejected", "不认定": "rejected", "不認定": "rejected",
    "denied": "rejected",
}  # fmt: skip
_OUTCOMES = {
    "全部追回": "recovered", "已追回": "recovered", "追回": "recovered", "部分追回": "partly_recovered",
    "partially recovered": "partly_recovered", "核销": "written_off", "核銷": "written_off", "坏账核销": "written_off",
    "write off": "written_off", "不成立": "unfounded", "撤销": "unfounded", "撤銷": "unfounded",
}  # fmt: skip
_INCENTIVES = {
    "奖励": "reward",
    "獎勵": "reward",
    "惩罚": "penalty",
    "懲罰": "penalty",
    "处罚": "penalty",
    "處罰": "penalty",
}
_MEASURES = {
    "奖金": "bonus", "獎金": "bonus", "荣誉证书": "certificate", "榮譽證書": "certificate", "证书": "certificate",
    "晋升": "promotion", "晉升": "promotion", "表彰": "commendation",
    "批评教育": "criticism", "批評教育": "criticism", "批评": "criticism", "通报批评": "criticism",
    "扣发奖金": "bonus_deduction", "扣發獎金": "bonus_deduction", "绩效降级": "downgrade", "績效降級": "downgrade",
    "降级": "downgrade", "解除劳动合同": "dismissal", "解除勞動合同": "dismissal", "辞退": "dismissal",
}  # fmt: skip
_REWARDS = [
    IncentiveMeasure.BONUS,
    IncentiveMeasure.CERTIFICATE,
    IncentiveMeasure.PROMOTION,
    IncentiveMeasure.COMMENDATION,
]


def assessment_state(_columns: Collection[str]) -> pl.Expr:
    """Both grades of the past are final: a file of history asks nobody for a review (SPEC 4)."""
    return pl.lit(AssessmentState.FINAL.value)


def listing_state(columns: Collection[str]) -> pl.Expr:
    """Confirmed, rejected, or restored since."""
    state = pl.col("decision")
    if "restored_on" not in columns:
        return state
    return pl.when(pl.col("restored_on").is_not_null()).then(pl.lit(ListingState.RESTORED.value)).otherwise(state)


def _listing_keeps(columns: Collection[str]) -> frozenset[tuple[str, str]]:
    """A file that says nothing of restorations takes none back."""
    return frozenset() if "restored_on" in columns else frozenset({(ListingState.RESTORED.value, CONFIRMED)})


def case_state(columns: Collection[str]) -> pl.Expr:
    """Closed with a closing day, else still recovering."""
    recovering = pl.lit(CaseState.RECOVERING.value)
    if "closed_on" not in columns:
        return recovering
    return pl.when(pl.col("closed_on").is_not_null()).then(pl.lit(CaseState.CLOSED.value)).otherwise(recovering)


def _case_keeps(columns: Collection[str]) -> frozenset[tuple[str, str]]:
    """A file knows only open and closed; it does not move a case that is at an earlier step."""
    open_states = {CaseState.OPEN, CaseState.INVESTIGATING}
    kept = open_states if "closed_on" in columns else open_states | {CaseState.CLOSED}
    return frozenset((state.value, CaseState.RECOVERING.value) for state in kept)


COMPLAINTS = FileKind(
    name="complaints",
    label=N_("Complaints"),
    table="complaint",
    columns=(
        number("complaint_no", "投诉编号", "投訴編號", "投诉单号", "投訴單號", "complaint number", "complaint id",
               required=True),
        customer(),
        date("received_on", "投诉日期", "投訴日期", "受理日期", "收到日期", "received", "date received", "date",
             required=True),
        choice("cause", "投诉原因", "投訴原因", "原因", "reason",
               choices=ComplaintCause, synonyms=_CAUSES, required=True),
        department("department", "部门", "部門", "责任部门", "責任部門", "被投诉部门", target="department_id"),
        date("closed_on", "结案日期", "結案日期", "办结日期", "辦結日期", "关闭日期", "closed", "date closed"),
        boolean("upheld", "是否属实", "是否屬實", "属实", "屬實", "是否成立", "成立", "is upheld", "founded",
                target="is_upheld"),
    ),
    identity=("complaint_no",),
    conflict=("customer_id", "complaint_no"),
    topics=("customers", "metrics"),
    checks=(not_before("closed_on", "received_on", N_("Closed on a day before it was received (%(detail)s).")),),
    feeds_metrics=True,
)  # fmt: skip

ASSESSMENTS = FileKind(
    name="assessments",
    label=N_("Assessments"),
    table="assessment",
    columns=(
        customer(),
        date("assessed_on", "评估日期", "評估日期", "assessment date", "assessed", "date", required=True),
        choice("stage", "评估阶段", "評估階段", "阶段", "階段", "评估类型", choices=AssessmentStage, synonyms=_STAGES,
               required=True),
        choice("level", "风险等级", "風險等級", "等级", "等級", "risk level",
               choices=RiskLevel, synonyms=_LEVELS, required=True),
        ratio("score", "评分", "評分", "得分", "分数", "分數", "risk score", minimum="0", maximum="100"),
        department("department", "评估部门", "評估部門", "部门", "部門", target="department_id", required=True),
        text("assessor", "评估人", "評估人", "评估员", "assessed by"),
    ),
    identity=("customer_id", "assessed_on", "stage"),
    conflict=("customer_id", "assessed_on", "stage"),
    topics=("customers", "metrics"),
    lifecycle=Lifecycle(assessment_state),
    made_here="assessor_id",
    standing="NOT {t}is_superseded AND ({t}state = 'final' OR {t}assessor_id IS NULL)",
    feeds_metrics=True,
    is_versioned=True,
    business_may=False,
)  # fmt: skip

LISTINGS = FileKind(
    name="listings",
    label=N_("Listings"),
    table="listing",
    columns=(
        number("listing_no", "认定编号", "認定編號", "名单编号", "名單編號", "listing number", "listing id",
               required=True),
        customer(),
        choice("criterion", "认定标准", "認定標準", "标准", "標準",
               choices=Criterion, synonyms=_CRITERIA, required=True),
        choice("grade", "认定等级", "認定等級", "等级", "等級", "黑灰等级", "名单类型",
               choices=Grade, synonyms=_GRADES, required=True),
        date("trigger_on", "触发日期", "觸發日期", "触发日", "觸發日", "trigger date", "trigger", required=True),
        date("listed_on", "列入日期", "列入时间", "列入時間", "listing date", "listed"),
        choice("decision", "认定结果", "認定結果", "决定", "決定", "结果", "結果", choices=(CONFIRMED, REJECTED),
               synonyms=_DECISIONS, required=True, target=""),
        date("decided_on", "认定日期", "認定日期", "决定日期", "決定日期", "decision date", "decided", required=True),
        date("restored_on", "修复日期", "修復日期", "恢复日期", "恢復日期", "移出日期", "restoration date", "restored"),
        department("department", "部门", "部門", "提出部门", "提出部門", target="department_id"),
    ),
    identity=("listing_no",),
    conflict=("customer_id", "listing_no"),
    topics=("customers", "metrics"),
    checks=(
        not_before("restored_on", "decided_on", N_("Restored on a day before the decision (%(detail)s).")),
        Check("restored_on", frozenset({"restored_on", "decision"}),
              pl.col("restored_on").is_not_null() & (pl.col("decision") == REJECTED),
              N_("A listing that was rejected can't be restored.")),
    ),
    lifecycle=Lifecycle(
        listing_state,
        moves={"proposed": frozenset({"confirmed", "rejected"}), "confirmed": frozenset({"restored"})},
        kept=_listing_keeps,
    ),
    feeds_metrics=True,
    is_versioned=True,
    business_may=False,
)  # fmt: skip

CASES = FileKind(
    name="cases",
    label=N_("Cases"),
    table="recovery_case",
    columns=(
        number("case_no", *_CASE_HEADERS, required=True),
        customer(),
        date("opened_on", "立案日期", "开案日期", "開案日期", "成立日期", "open date", "opened", required=True),
        date("closed_on", "结案日期", "結案日期", "关闭日期", "close date", "closed"),
        choice("outcome", "结案结果", "結案結果", "结果", "結果", "result", choices=CaseOutcome, synonyms=_OUTCOMES),
        department("lead_department", "牵头部门", "牽頭部門", "主办部门", "主辦部門", "负责部门", "部门", "department",
                   target="lead_department_id"),
    ),
    identity=("case_no",),
    conflict=("customer_id", "case_no"),
    topics=("customers", "metrics"),
    checks=(not_before("closed_on", "opened_on", N_("Closed on a day before it was opened (%(detail)s).")),),
    lifecycle=Lifecycle(case_state, moves={"recovering": frozenset({"closed"})}, kept=_case_keeps),
    feeds_metrics=True,
    is_versioned=True,
    business_may=False,
)  # fmt: skip

CASE_DEBTS = FileKind(
    name="case_debts",
    label=N_("Case debts"),
    table="case_debt",
    columns=(
        Column("case_no", ColumnType.NUMBER_TEXT, _CASE_HEADERS, required=True, target="case_id",
               reference=Reference.CASE),
        invoice(required=True),
        date("added_on", "纳入日期", "納入日期", "加入日期", "added date", "date", required=True),
        amount("amount", "债权金额", "債權金額", "欠款金额", "欠款金額", "金额", "金額", "debt", "balance",
               required=True, minimum=0),
    ),
    identity=("customer_id", "case_id", "invoice_id"),
    conflict=("customer_id", "case_id", "invoice_id"),
    topics=("customers", "metrics"),
    feeds_metrics=True,
    business_may=False,
)  # fmt: skip

INCENTIVES = FileKind(
    name="incentives",
    label=N_("Rewards and penalties"),
    table="incentive",
    columns=(
        number("incentive_no", "奖惩编号", "獎懲編號", "incentive number", "incentive id", required=True),
        choice("kind", "奖惩", "獎懲", "奖惩类型", "獎懲類型", "类型", "類型", "type", choices=IncentiveKind,
               synonyms=_INCENTIVES, required=True),
        choice("measure", "奖惩方式", "獎懲方式", "方式", "措施",
               choices=IncentiveMeasure, synonyms=_MEASURES, required=True),
        department("department", "部门", "部門", target="department_id", required=True),
        text("person", "人员", "人員", "姓名", "员工", "員工", "employee"),
        amount("amount", "金额", "金額", "奖惩金额"),
        currency(),
        date("decided_on", "决定日期", "決定日期", "日期", "decision date", "date", required=True),
        text("reason", "原因", "事由", "理由", required=True),
    ),
    identity=("incentive_no",),
    conflict=("incentive_no",),
    topics=("incentives",),
    checks=(
        Check("measure", frozenset({"kind", "measure"}),
              (pl.col("kind") == IncentiveKind.REWARD) != pl.col("measure").is_in(_REWARDS),
              N_("This measure does not fit “%(detail)s”."), detail="kind"),
    ),
    lifecycle=Lifecycle(lambda _columns: pl.lit(IncentiveState.EXECUTED.value)),
    is_of_customer=False,
    is_versioned=True,
    business_may=False,
)  # fmt: skip
