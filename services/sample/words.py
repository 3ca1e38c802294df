"""What the people of the sample write: in their assessments, on their warnings, about their scorecards."""

from __future__ import annotations

ASSESSMENT_WORDS: dict[str, str] = {
    "agrees": "与上次评估相比没有新情况，下单、回款和对接人都正常，同意系统评分",
    "agrees_high": "三批货款还没付，电话能通、就是一直拖。系统评分符合实际情况",
    "guarantee": "其母公司5月已为全部未结发票签了保证合同",
    "guarantee_checked": "担保合同已由法务审核：保证金额是未结余额的两倍，有效期至8月底",
    "rumour": "当地两家供应商上周已对其停止供货，这一情况评分里暂时还反映不出来",
    "softer": "该客户以前也拖过款，但每次都付清了；采购负责人刚换，付款审批流程正在调整",
    "quality": "客户以质量有问题为由扣着货款，我方实验室复检没有发现问题",
    "question": "请补充2024年度财务报表\n现在由谁审批付款，审批权限是多少？\n新采购负责人的授权范围是什么？",
    "short_question": "第二仓库是租的还是自有的？",
    "short_answer": "租的，租期到2026年3月，租赁合同已放入合同档案",
    "stock": "核实其提出用作担保的库存是否真的在库",
    "plant": "看第二条生产线是否在开工，并就质量异议与厂长当面核实",
    "plant_seen": "两条生产线只开了一条，单班生产。2号车间的货架空了一半。厂长说争议在交期，不在质量",
    "returned": "比系统评分低两级，只说“向来会付清”不够：请补充付款计划，并说明由谁签字确认",
}
"""What is written in assessments, by what it is about."""

LISTING_WORDS: dict[str, str] = {
    "arrears": "两次书面承诺付款均未兑现，采购负责人不再接电话，五月起仓库已空",
    "illegal": "税务机关查明其两年间虚开进项发票，我司发票不在其中",
    "breach": "两次未经我方同意更改规格，第二批未等检验即投入使用",
    "harm": "媒体与行业协会报道其拖欠工资、厂门被堵，其中一篇提到我司名称",
    "fraud": "两次送货单盖有同一编号印章，承运方否认承运第二批货",
    "question": "请补充原件复印件\n最近一次由谁与客户沟通，对方怎么说？",
    "reply": "客户称已提起复议，愿自八月起分四个月还清全部欠款，但未提供任何书面材料",
    "recommendation": "建议按提议认定：事实无争议，材料齐全，客户申辩未提出可采信的理由",
    "tip": "厂门上了锁，贴有法院封条；门卫说夜里有机器被拉走",
    "aside": "自6月20日起按周还款，还款计划已由财务签字，一个月后再看",
    "wrong": "作为认定依据的发票当时已按期付到我司旧账户，银行今日书面确认",
}
"""What is written when customers are proposed as grey or black; by criterion what the statement says."""
MEASURE_WORDS: dict[str, str] = {
    "secured": "母公司五月出具的保函已覆盖，原件在法务部",
    "fell": "订单减少一半，最早的两张发票已付清",
    "same": "客户拆分订单规避限额，欠款分文未付",
    "paid": "欠款已付清，限额维持到下次对账",
    "mistaken": "法院公告针对的是名称相近的另一家公司，该客户没有问题",
    "cleared": "连续六个月按期付款",
    "suspend": "预留电话无人接听，厂区自周一起停工",
    "watch": "新股东正在更换管理层，完成前每月复查一次",
    "tighter": "本周下了三次订单，每次都刚好低于限额",
    "rule": "去年转坏的新客户，多数欠款超过首批订单的三分之一",
}
"""What is written about measures."""

NOTES: dict[str, str] = {
    "acknowledge_all": "早会上已逐条看过",
    "act_all": "已电话联系客户，客户经理本周上门",
    "assign_all": "按周一例会的分工，分区域跟进",
    "listed": "属实：客户已列入黑灰名单，交易已停，专案组在追讨",
    "confirmed": "属实：客户资金紧张。最早的几张发票付清之前，新订单一律先款后货",
    "mitigated": "电话催收后客户付清了最早的几张发票，其余按周计划还款，目前守约",
    "false_alarm": "不属实：银行晚两天入账，发票已经结清",
}

SNOOZES: tuple[tuple[int, str], ...] = (
    (4, "银行的到账确认周四出来"),
    (10, "7月10日开庭，在此之前没有可做的"),
    (14, "客户答应7月中旬提供半年报"),
)
"""Days after the end on which a warning comes back, and why it sleeps."""

TIPS: tuple[tuple[str, str, str], ...] = (
    ("risk", "high", "我方司机反映，其二厂从6月中旬起就停工了"),
    ("risk", "medium", "代理商听说，另一家供应商从4月起就没收到他们的货款"),
    ("risk2", "medium", "其开户行向我方询证往来情况，似乎在申请新的授信"),
)
"""Who noted it, how grave, and what was heard."""

SCORECARDS: dict[str, tuple[str, str]] = {
    "shadow": ("信用优先版", "加大信用状况和信用评级的权重，先试运行一个月再决定"),
    "draft": ("交易萎缩版", "把交易额持续下降纳入评分，7月会上讨论"),
}
"""Name and purpose of the scorecards that risk management works on."""
#: What is written of matches.
VERDICTS: dict[str, str] = {
    "confirmed": "6 月 12 日登记摘录中的统一社会信用代码一致，只是组织形式写法不同",
    "cleared": "登记信息显示股东和所在城市均不同，成立时间晚九年，是另一家企业",
}
