"""Headlines about customers in three languages: (sentiment -2 to 2, title); `{name}` is the customer's name."""

from __future__ import annotations

Headlines = dict[str, tuple[tuple[int, str], ...]]

KINDS = ("media", "court", "regulator", "peer", "complaint")

BAD: dict[str, Headlines] = {
    "zh_Hans": {
        "media": (
            (-2, "{name}被曝拖欠供应商货款"),
            (-1, "{name}主要产线停产，复产时间未定"),
            (-1, "媒体称{name}拖欠员工工资"),
        ),
        "court": ((-2, "{name}被列为被执行人"), (-2, "法院裁定冻结{name}银行账户"), (-1, "{name}买卖合同纠纷开庭公告")),
        "regulator": ((-1, "{name}因环保问题被责令整改"), (-2, "{name}被列入经营异常名录")),
        "peer": ((-1, "同业反映{name}要求延长账期"), (-2, "同业已对{name}停止赊销")),
        "complaint": ((-1, "供应商投诉{name}拒收货物"), (-1, "下游客户投诉{name}延迟交付")),
    },
    "zh_Hant": {
        "media": ((-2, "{name}遭爆積欠供應商貨款"), (-1, "{name}主要產線停工，復工時間未定")),
        "court": ((-2, "{name}遭聲請強制執行"), (-1, "{name}買賣糾紛開庭公告")),
        "regulator": ((-1, "{name}因環保缺失遭限期改善"),),
        "peer": ((-1, "同業反映{name}要求延長付款天期"), (-2, "同業已停止對{name}賒銷")),
        "complaint": ((-1, "供應商申訴{name}拒收貨物"),),
    },
    "en": {
        "media": ((-2, "{name} in talks with lenders over covenant breach"), (-1, "{name} delays annual report")),
        "court": ((-2, "Winding-up petition filed against {name}"), (-1, "Supplier sues {name} over unpaid goods")),
        "regulator": ((-1, "Customs holds shipments of {name}"),),
        "peer": ((-1, "Freight forwarder moves {name} to cash terms"), (-2, "Peers stop open-account sales to {name}")),
        "complaint": ((-1, "Subcontractor complains of late payment by {name}"),),
    },
}

GOOD: dict[str, Headlines] = {
    "zh_Hans": {
        "media": ((1, "{name}中标省级重点项目"), (2, "{name}新工厂投产"), (0, "{name}参加行业展会")),
        "court": ((1, "{name}诉讼胜诉，账户解除冻结"), (0, "{name}一般劳动争议调解结案")),
        "regulator": ((1, "{name}获评纳税信用A级"), (1, "{name}通过高新技术企业认定")),
        "peer": ((1, "同业评价{name}付款及时"), (0, "同业反映{name}更换采购负责人")),
        "complaint": ((0, "关于{name}售后响应的投诉已和解"),),
    },
    "zh_Hant": {
        "media": ((1, "{name}取得大廠長約訂單"), (2, "{name}新廠啟用"), (0, "{name}參加產業展覽")),
        "court": ((0, "{name}勞資爭議調解成立"),),
        "regulator": ((1, "{name}獲選績優納稅廠商"),),
        "peer": ((1, "同業評價{name}付款準時"), (0, "同業反映{name}更換採購主管")),
        "complaint": ((0, "關於{name}售後服務的申訴已和解"),),
    },
    "en": {
        "media": ((1, "{name} opens new warehouse"), (2, "{name} wins five-year supply contract")),
        "court": ((0, "Claim against {name} withdrawn"),),
        "regulator": ((1, "{name} certified as authorised economic operator"),),
        "peer": ((1, "Peers report prompt payment by {name}"), (0, "{name} changes its auditor")),
        "complaint": ((0, "Warranty complaint about {name} settled"),),
    },
}

SOURCES: dict[str, dict[str, str]] = {
    "zh_Hans": {
        "media": "新闻媒体", "court": "法院公告", "regulator": "监管部门公示", "peer": "同业交流",
        "complaint": "投诉平台",
    },
    "zh_Hant": {
        "media": "新聞媒體", "court": "法院公告", "regulator": "主管機關公示", "peer": "同業交流",
        "complaint": "申訴平台",
    },
    "en": {
        "media": "Trade press", "court": "Court register", "regulator": "Customs notice", "peer": "Trade association",
        "complaint": "Complaint portal",
    },
}  # fmt: skip

STORY: dict[str, tuple[tuple[int, str, int, str], ...]] = {
    "group": (
        (205, "peer", -1, "Freight forwarder moves {name} to cash terms"),
        (160, "media", -2, "Lenders of {name}'s parent discuss standstill"),
        (118, "court", -1, "Supplier sues {name} over unpaid goods"),
    ),
    "affiliate": (
        (190, "peer", -2, "同业已对{name}停止赊销"),
        (176, "court", -2, "法院裁定冻结{name}银行账户"),
    ),
    "mended": ((240, "peer", 1, "同业评价{name}付款及时"), (120, "regulator", 1, "{name}信用修复公示")),
    "wronged": ((38, "media", 1, "{name}承兑汇票经核验真实，相关怀疑已澄清"),),
    "warned_first": ((150, "peer", -1, "同业反映{name}要求延长账期"),),
}
"""Part in the story -> (days before the end, kind, sentiment, title): the signs that Export missed and East did not."""
