"""Files about customers and what is known of them: credit, operations, reputation, industry (clause 2.1)."""

from __future__ import annotations

from db.enums import CustomerKind, ReputationKind
from services.errors import N_
from services.imports.columns import CUSTOMER_HEADERS as NUMBERS
from services.imports.columns import (
    Column,
    ColumnType,
    FileKind,
    amount,
    choice,
    currency,
    customer,
    date,
    department,
    integer,
    number,
    ratio,
    text,
)

_COMPANY = {
    "公司": "company", "企业": "company", "企業": "company", "法人": "company", "单位": "company", "單位": "company",
    "机构": "company", "機構": "company", "企业客户": "company", "企業客戶": "company", "corporate": "company",
    "business": "company", "legal person": "company", "organisation": "company", "organization": "company",
    "个人": "individual", "個人": "individual", "自然人": "individual", "个体": "individual", "個體": "individual",
    "个人客户": "individual", "個人客戶": "individual", "person": "individual", "natural person": "individual",
    "private": "individual",
}  # fmt: skip
_REPUTATION = {
    "媒体": "media", "媒體": "media", "新闻": "media", "新聞": "media", "news": "media", "press": "media",
    "法院": "court", "诉讼": "court", "訴訟": "court", "judgment": "court", "lawsuit": "court", "litigation": "court",
    "监管": "regulator", "監管": "regulator", "处罚": "regulator", "處罰": "regulator", "regulatory": "regulator",
    "同行": "peer", "同业": "peer", "同業": "peer", "industry peer": "peer",
    "投诉": "complaint", "投訴": "complaint", "客诉": "complaint",
}  # fmt: skip

CUSTOMERS = FileKind(
    name="customers",
    label=N_("Customers"),
    table="customer",
    columns=(
        number("customer_no", *NUMBERS, required=True),
        text("name", "客户名称", "客戶名稱", "客户名", "客戶名", "名称", "名稱", "公司名称", "公司名稱", "企业名称",
             "企業名稱", "customer name", "company name", "customer", required=True),
        number("uscc", "统一社会信用代码", "統一社會信用代碼", "社会信用代码", "信用代码", "统一信用代码",
               "unified social credit code", "credit code"),
        choice("kind", "客户类型", "客戶類型", "客户性质", "客戶性質", "customer type", "customer kind", "type",
               choices=CustomerKind, synonyms=_COMPANY, blank="company"),
        number("industry_code", "行业代码", "行業代碼", "行业", "行業", "所属行业", "所屬行業", "industry"),
        text("region", "地区", "地區", "区域", "區域", "所在地区", "省份", "area", "province"),
        text("size", "规模", "規模", "企业规模", "企業規模", "company size"),
        department("owner_department", "归属部门", "歸屬部門", "所属部门", "所屬部門", "负责部门", "department",
                   "部门", "部門", "业务部门", "業務部門", target="owner_department_id"),
        text("account_manager", "客户经理", "客戶經理", "业务员", "業務員", "销售员", "sales rep", "salesperson"),
        amount("registered_capital", "注册资本", "註冊資本", "注册资金", minimum=0),
        date("established_on", "成立日期", "成立时间", "成立時間", "established", "founded on", "founded"),
        text("legal_representative", "法定代表人", "法人代表", "法人姓名", "legal rep", is_personal=True),
        number("phone", "电话", "電話", "联系电话", "聯繫電話", "手机", "手機", "telephone", "mobile", "tel",
             is_personal=True),
        text("address", "地址", "注册地址", "註冊地址", "联系地址", "聯繫地址", is_personal=True),
        number("bank_account", "银行账号", "銀行賬號", "银行账户", "銀行帳號", "账号", "iban", "account",
             is_personal=True),
        text("credit_rating", "信用评级", "信用評級", "信用等级", "信用等級", "rating"),
        amount("credit_limit", "信用额度", "信用額度", "授信额度", "授信額度", "limit", minimum=0),
        integer("payment_terms_days", "账期", "賬期", "帳期", "账期天数", "付款天数", "信用期", "payment terms",
                "terms days", minimum=0, maximum=3650),
        date("since", "合作起始日", "合作日期", "建档日期", "建檔日期", "开始合作日期", "customer since",
             "客户建立日期"),
    ),
    identity=("customer_no",),
    conflict=("customer_id",),
    topics=("customers", "metrics"),
    feeds_metrics=True,
    is_versioned=True,
    merges_blanks=True,
)  # fmt: skip

FINANCIALS = FileKind(
    name="financials",
    label=N_("Financial statements"),
    table="financial_statement",
    columns=(
        customer(),
        date("period_end", "报告期末", "報告期末", "期末日期", "报表日期", "報表日期", "报告期", "period",
             required=True),
        amount("revenue", "营业收入", "營業收入", "收入", "销售收入", "turnover", "sales"),
        amount("net_profit", "净利润", "淨利潤", "net income", "profit"),
        amount("total_assets", "总资产", "總資產", "资产总额", "资产总计", "assets"),
        amount("total_liabilities", "总负债", "總負債", "负债总额", "负债合计", "liabilities"),
        amount("current_assets", "流动资产", "流動資產", "流动资产合计"),
        amount("current_liabilities", "流动负债", "流動負債", "流动负债合计"),
        amount("operating_cash_flow", "经营现金流", "經營現金流", "经营活动现金流", "经营活动现金流量净额",
               "cash flow"),
        currency(),
    ),
    identity=("customer_id", "period_end"),
    conflict=("customer_id", "period_end"),
    topics=("customers",),
)  # fmt: skip

CREDIT_REPORTS = FileKind(
    name="credit_reports",
    label=N_("Credit reports"),
    table="credit_report",
    columns=(
        customer(),
        date("reported_on", "报告日期", "報告日期", "查询日期", "查詢日期", "report date", "date", required=True),
        Column("source", ColumnType.NUMBER_TEXT, ("来源", "來源", "机构", "機構", "征信机构", "agency", "provider"),
               target="source", blank=""),
        text("rating", "评级", "評級", "信用评级", "信用評級", "信用等级", "credit rating"),
        integer("overdue_count", "逾期次数", "逾期次數", "逾期笔数", "逾期筆數", minimum=0, maximum=1_000_000_000),
        amount("overdue_amount", "逾期金额", "逾期金額", minimum=0),
        integer("enforcement_count", "被执行次数", "被執行次數", "执行案件数", "被执行案件数",
                minimum=0, maximum=1_000_000_000),
    ),
    identity=("customer_id", "reported_on", "source"),
    conflict=("customer_id", "reported_on", "source"),
    topics=("customers",),
)  # fmt: skip

REPUTATION_EVENTS = FileKind(
    name="reputation_events",
    label=N_("Reputation events"),
    table="reputation_event",
    columns=(
        number("event_no", "事件编号", "事件編號", "事件号", "event number", "event id", required=True),
        customer(),
        date("occurred_on", "发生日期", "發生日期", "事件日期", "event date", "date", required=True),
        text("source", "来源", "來源", "媒体来源"),
        choice("kind", "类型", "類型", "事件类型", "事件類型", "event type", "event kind", "type",
               choices=ReputationKind, synonyms=_REPUTATION),
        integer("sentiment", "情感", "情感倾向", "情感傾向", "舆情倾向", "輿情傾向", "tone", minimum=-2, maximum=2),
        text("title", "标题", "標題", "headline", "subject"),
        text("url", "链接", "鏈接", "連結", "网址", "網址", "link"),
    ),
    identity=("event_no",),
    conflict=("customer_id", "event_no"),
    topics=("customers",),
)  # fmt: skip

INDUSTRY_OUTLOOKS = FileKind(
    name="industry_outlooks",
    label=N_("Industry outlooks"),
    table="industry_outlook",
    columns=(
        number("industry_code", "行业代码", "行業代碼", "行业", "行業", "industry", required=True),
        date("as_of", "截至日期", "日期", "评估日期", "評估日期", "date", required=True),
        ratio("outlook", "景气度", "景氣度", "行业景气", "行業景氣", "行业前景", minimum="0", maximum="100"),
        ratio("trend", "趋势", "趨勢", "行业趋势", "市场趋势", minimum="-2", maximum="2"),
        ratio("policy", "政策", "政策影响", "政策影響", "政策导向", minimum="-2", maximum="2"),
        ratio("default_rate", "违约率", "違約率", "行业违约率", minimum="0", maximum="1"),
    ),
    identity=("industry_code", "as_of"),
    conflict=("industry_code", "as_of"),
    topics=("customers",),
    is_of_customer=False,
    business_may=False,
)  # fmt: skip

WATCHLIST = FileKind(
    name="watchlist",
    label=N_("Watch list"),
    table="watchlist_entry",
    columns=(
        number("entry_no", "条目编号", "條目編號", "编号", "編號", "entry number", "entry id", "ent num",
               required=True),
        text("name", "名称", "名稱", "姓名", "entity name", "主体名称", required=True),
        text("aliases", "别名", "別名", "曾用名", "aka", "alias"),
        number("uscc", "统一社会信用代码", "統一社會信用代碼", "社会信用代码", "unified social credit code"),
        number("source", "来源", "來源", "名单来源", "名單來源", "list", required=True),
        date("listed_on", "列入日期", "列入時間", "列入时间", "发布日期", "listing date", "date"),
    ),
    identity=("source", "entry_no"),
    conflict=("source", "entry_no"),
    topics=("customers",),
    is_of_customer=False,
    business_may=False,
)  # fmt: skip
