"""Files of trade: contracts and their events, invoices, payments, dunning, orders, guarantees, rates."""

from __future__ import annotations

from db.enums import ContractEventKind, DunningResponse, GuaranteeKind
from services.errors import N_
from services.imports.columns import (
    CONTRACT_HEADERS,
    DUE_BEFORE_ISSUED,
    INVOICE_HEADERS,
    Column,
    ColumnType,
    FileKind,
    Reference,
    amount,
    boolean,
    choice,
    currency,
    customer,
    date,
    integer,
    invoice,
    not_before,
    number,
    ratio,
    text,
)

_EVENTS = {
    "履约": "fulfilled", "履約": "fulfilled", "已履约": "fulfilled", "正常履约": "fulfilled", "完成": "fulfilled",
    "performed": "fulfilled", "completed": "fulfilled",
    "规格变更": "spec_change", "規格變更": "spec_change", "specification change": "spec_change",
    "地点变更": "place_change", "地點變更": "place_change", "交货地变更": "place_change",
    "delivery place change": "place_change",
    "质量问题": "quality", "質量問題": "quality", "品質問題": "quality", "质量": "quality", "quality issue": "quality",
    "其他违约": "other_breach", "其他違約": "other_breach", "违约": "other_breach", "違約": "other_breach",
    "breach": "other_breach",
}  # fmt: skip
_RESPONSES = {
    "无": "none", "無": "none", "未回应": "none", "未回應": "none", "无回应": "none", "no response": "none",
    "no reply": "none",
    "承诺": "promise", "承諾": "promise", "承诺付款": "promise", "承諾付款": "promise", "promised": "promise",
    "争议": "dispute", "爭議": "dispute", "异议": "dispute", "異議": "dispute", "disputed": "dispute",
    "拒绝": "refusal", "拒絕": "refusal", "拒付": "refusal", "拒绝付款": "refusal", "refused": "refusal",
}  # fmt: skip
_GUARANTEES = {
    "保证金": "deposit", "保證金": "deposit", "押金": "deposit", "cash deposit": "deposit",
    "抵押": "mortgage", "不动产抵押": "mortgage", "质押": "pledge", "質押": "pledge",
    "保证": "surety", "保證": "surety", "担保": "surety", "擔保": "surety", "连带责任保证": "surety",
    "guarantor": "surety",
}  # fmt: skip

CONTRACTS = FileKind(
    name="contracts",
    label=N_("Contracts"),
    table="contract",
    columns=(
        number("contract_no", *CONTRACT_HEADERS, required=True),
        customer(),
        date("signed_on", "签订日期", "簽訂日期", "签约日期", "簽約日期", "signed", "contract date", "signing date",
             required=True),
        date("ends_on", "到期日期", "结束日期", "結束日期", "终止日期", "終止日期", "end date", "expiry date", "ends"),
        amount("amount", "合同金额", "合同金額", "合約金額", "金额", "金額", "contract amount", "value"),
        currency(),
    ),
    identity=("contract_no",),
    conflict=("customer_id", "contract_no"),
    topics=("trade",),
    checks=(not_before("ends_on", "signed_on", N_("Ends on a day before it was signed (%(detail)s).")),),
)  # fmt: skip

CONTRACT_EVENTS = FileKind(
    name="contract_events",
    label=N_("Contract events"),
    table="contract_event",
    columns=(
        number("event_no", "事件编号", "事件編號", "事件号", "event number", "event id", required=True),
        Column("contract_no", ColumnType.NUMBER_TEXT, CONTRACT_HEADERS, required=True, target="contract_id",
               reference=Reference.CONTRACT),
        date("occurred_on", "发生日期", "發生日期", "事件日期", "event date", "date", required=True),
        choice("kind", "类型", "類型", "事件类型", "事件類型", "event type", "event kind", "type",
               choices=ContractEventKind, synonyms=_EVENTS, required=True),
        integer("severity", "严重程度", "嚴重程度", "严重性", "嚴重性", minimum=1, maximum=5),
        text("note", "备注", "備註", "说明", "說明", "remark", "remarks", "comment"),
    ),
    identity=("event_no",),
    conflict=("customer_id", "event_no"),
    topics=("trade",),
)  # fmt: skip

INVOICES = FileKind(
    name="invoices",
    label=N_("Invoices"),
    table="invoice",
    columns=(
        number("invoice_no", *INVOICE_HEADERS, required=True),
        customer(),
        number("contract_no", *CONTRACT_HEADERS),
        date("issued_on", "开票日期", "開票日期", "发票日期", "發票日期", "开票日", "invoice date", "issue date",
             "issued", "billing date", required=True),
        date("due_on", "到期日", "到期日期", "应付日期", "應付日期", "付款到期日", "due date", "due",
             "payment due date", required=True),
        amount("amount", "金额", "金額", "发票金额", "發票金額", "含税金额", "价税合计", "invoice amount", "total",
               required=True),
        currency("currency", "invoice currency"),
        boolean("disputed", "争议", "爭議", "是否争议", "是否爭議", "有争议", "有爭議", "is disputed", "dispute",
                target="is_disputed", blank=False),
        date("settled_on", "结清日期", "結清日期", "付清日期", "核销日期", "核銷日期", "settled date", "clear date",
             "paid date", "clearing date", "settled"),
    ),
    identity=("invoice_no",),
    conflict=("customer_id", "invoice_no"),
    topics=("trade", "metrics"),
    checks=(not_before("due_on", "issued_on", DUE_BEFORE_ISSUED),),
    feeds_metrics=True,
)  # fmt: skip

PAYMENTS = FileKind(
    name="payments",
    label=N_("Payments"),
    table="payment",
    columns=(
        number("payment_no", "回款单号", "回款單號", "收款单号", "收款單號", "付款单号", "回款编号", "流水号", "流水號",
               "payment number", "payment id", "receipt no", required=True),
        customer(),
        invoice(),
        date("paid_on", "回款日期", "收款日期", "付款日期", "到账日期", "到帳日期", "payment date", "paid date", "paid",
             "received on", "date", required=True),
        amount("amount", "回款金额", "回款金額", "收款金额", "收款金額", "金额", "金額", "payment amount",
               "paid amount", required=True),
        currency(),
        text("channel", "渠道", "回款方式", "收款方式", "付款方式", "支付方式", "payment method", "method"),
    ),
    identity=("payment_no",),
    conflict=("customer_id", "payment_no"),
    topics=("trade", "metrics"),
    feeds_metrics=True,
)  # fmt: skip

DUNNING = FileKind(
    name="dunning",
    label=N_("Dunning notices"),
    table="dunning_notice",
    columns=(
        number("dunning_no", "催收编号", "催收編號", "催收单号", "催收單號", "催款单号", "dunning number", "notice no",
               required=True),
        customer(),
        invoice(),
        date("sent_on", "催收日期", "发送日期", "發送日期", "发出日期", "催款日期", "sent date", "notice date",
             "date", required=True),
        text("channel", "渠道", "催收方式", "催款方式", "方式", "method"),
        choice("response", "客户回应", "客戶回應", "回应", "回應", "反馈", "回饋", "answer", "reply",
               choices=DunningResponse, synonyms=_RESPONSES),
        date("promised_on", "承诺付款日", "承諾付款日", "承诺日期", "承諾日期", "承诺付款日期", "promise date",
             "promised date"),
    ),
    identity=("dunning_no",),
    conflict=("customer_id", "dunning_no"),
    topics=("trade", "metrics"),
    feeds_metrics=True,
)  # fmt: skip

ORDERS = FileKind(
    name="orders",
    label=N_("Orders"),
    table="sales_order",
    columns=(
        number("order_no", "订单号", "訂單號", "订单编号", "訂單編號", "order number", "order id", "so number",
               required=True),
        customer(),
        date("ordered_on", "下单日期", "下單日期", "订单日期", "訂單日期", "order date", "date", required=True),
        amount("amount", "订单金额", "訂單金額", "金额", "金額", "order amount", "total", required=True),
        currency(),
        integer("terms_days", "账期天数", "賬期天數", "账期", "賬期", "帳期", "payment terms", "payment terms days",
                minimum=0, maximum=3650),
    ),
    identity=("order_no",),
    conflict=("customer_id", "order_no"),
    topics=("trade",),
)  # fmt: skip

GUARANTEES = FileKind(
    name="guarantees",
    label=N_("Guarantees"),
    table="guarantee",
    columns=(
        number("guarantee_no", "担保编号", "擔保編號", "担保号", "guarantee number", "guarantee id", required=True),
        customer(),
        choice("kind", "担保类型", "擔保類型", "担保方式", "擔保方式", "类型", "類型", "guarantee type", "type",
               choices=GuaranteeKind, synonyms=_GUARANTEES, required=True),
        amount("value", "担保金额", "擔保金額", "担保价值", "擔保價值", "价值", "金额", "amount",
               required=True, minimum=0),
        currency(),
        date("valid_from", "生效日期", "起始日期", "有效期起", "start date", "effective date"),
        date("expires_on", "到期日期", "到期日", "失效日期", "有效期至", "expiry date", "expires", "end date"),
    ),
    identity=("guarantee_no",),
    conflict=("customer_id", "guarantee_no"),
    topics=("trade",),
    checks=(not_before("expires_on", "valid_from", N_("Expires on a day before it is valid (%(detail)s).")),),
)  # fmt: skip

FX_RATES = FileKind(
    name="fx_rates",
    label=N_("Exchange rates"),
    table="fx_rate",
    columns=(
        currency(required=True),
        date("as_of", "日期", "生效日期", "汇率日期", "匯率日期", "date", "rate date", required=True),
        ratio("rate", "汇率", "匯率", "折算率", "exchange rate", minimum="0.000001", maximum="999999.999999",
              required=True),
    ),
    identity=("currency", "as_of"),
    conflict=("currency", "as_of"),
    topics=("trade", "metrics"),
    is_of_customer=False,
    feeds_metrics=True,
    business_may=False,
)  # fmt: skip
