"""Qiheng Industrial 启衡工业, the invented trading group of the sample: departments, people, industries."""

from __future__ import annotations

from typing import NamedTuple


class SampleDepartment(NamedTuple):
    """One department: `kind` as in db/enums.DepartmentKind; the code is what the import files name."""

    code: str
    kind: str
    name_en: str
    name_zh_hans: str
    name_zh_hant: str


class SampleUser(NamedTuple):
    """One person who can sign in to the sample: role as in SPEC 3, language of the screen."""

    login: str
    name_en: str
    name_zh_hans: str
    name_zh_hant: str
    department: str
    role: str
    language: str


class Industry(NamedTuple):
    """An industry of GB/T 4754-2017 with lines of business for names, and the outlook (0-100) at start and end."""

    code: str
    lines_hans: tuple[str, ...]
    lines_hant: tuple[str, ...]
    lines_en: tuple[str, ...]
    outlook_first: int
    outlook_last: int


COMPANY_NAMES: dict[str, str] = {
    "en": "Qiheng Industrial Group",
    "zh_Hans": "启衡工业集团",
    "zh_Hant": "啟衡工業集團",
}

DEPARTMENTS: tuple[SampleDepartment, ...] = (
    SampleDepartment("NORTH", "business", "North China Sales", "华北事业部", "華北事業部"),
    SampleDepartment("SOUTH", "business", "South China Sales", "华南事业部", "華南事業部"),
    SampleDepartment("EAST", "business", "East China Sales", "华东事业部", "華東事業部"),
    SampleDepartment("WEST", "business", "West China Sales", "西部事业部", "西部事業部"),
    SampleDepartment("EXPORT", "business", "Export", "出口事业部", "出口事業部"),
    SampleDepartment("SERVICE", "business", "Customer Service", "客户服务部", "客戶服務部"),
    SampleDepartment("OPS", "business", "Operations", "运营部", "營運部"),
    SampleDepartment("RISK", "risk", "Risk Management", "风险管理部", "風險管理部"),
    SampleDepartment("LEGAL", "legal", "Legal and Compliance", "法律合规部", "法務合規部"),
    SampleDepartment("FINANCE", "finance", "Finance", "财务部", "財務部"),
    SampleDepartment("AUDIT", "internal_audit", "Internal Audit", "内部审计部", "內部稽核部"),
    SampleDepartment("LEADERSHIP", "leadership", "Leadership", "管理层", "管理層"),
    SampleDepartment("HR", "hr", "Human Resources", "人力资源部", "人力資源部"),
    SampleDepartment("ADMIN", "administration", "Administration", "行政管理部", "行政管理部"),
)

USERS: tuple[SampleUser, ...] = (
    SampleUser("viewer", "Lin Yue", "林悦", "林悅", "ADMIN", "viewer", "zh_Hans"),
    SampleUser("north", "Zhao Qiming", "赵启明", "趙啟明", "NORTH", "business", "zh_Hans"),
    SampleUser("export", "Grace Qiu", "裘思嘉", "裘思嘉", "EXPORT", "business", "en"),
    SampleUser("risk", "Shen Ruoheng", "沈若衡", "沈若衡", "RISK", "risk", "zh_Hans"),
    SampleUser("risk2", "Chen Yu-hsiang", "陈郁翔", "陳郁翔", "RISK", "risk", "zh_Hant"),
    SampleUser("legal", "Han Mingli", "韩明理", "韓明理", "LEGAL", "legal", "zh_Hans"),
    SampleUser("finance", "Lu Wenjing", "陆文静", "陸文靜", "FINANCE", "finance", "zh_Hans"),
    SampleUser("auditor", "Guo Zhengyan", "郭正言", "郭正言", "AUDIT", "auditor", "zh_Hans"),
    SampleUser("leader", "Fang Qiheng", "方启衡", "方啟衡", "LEADERSHIP", "leader", "zh_Hans"),
    SampleUser("hr", "Xu Jiayi", "许佳怡", "許佳怡", "HR", "hr", "zh_Hans"),
    SampleUser("admin", "Martin Ye", "叶明亭", "葉明亭", "ADMIN", "admin", "en"),
)

BUSINESS_SHARES: dict[str, int] = {
    "NORTH": 80, "SOUTH": 84, "EAST": 102, "WEST": 52, "EXPORT": 54, "SERVICE": 34, "OPS": 14,
}  # fmt: skip
"""How many of the 420 customers each business department owns."""

STAFF: dict[str, tuple[str, ...]] = {
    "NORTH": ("赵启明", "孙维岳", "高梦洁", "潘立新", "任晓彤"),
    "SOUTH": ("梁嘉朗", "黄诗敏", "邓伟鸿", "罗子俊", "冯雅雯"),
    "EAST": ("顾承宇", "钱思远", "吴静怡", "朱亦凡", "沈佳颖", "陶书衡"),
    "WEST": ("蒋川", "唐雨桐", "雷振国", "谢蓉"),
    "EXPORT": ("裘思嘉", "庄凯文", "叶安琪", "Daniel Teo"),
    "SERVICE": ("曾小曼", "廖家乐", "熊丽"),
    "OPS": ("卢建平", "田晓峰"),
    "RISK": ("沈若衡", "陈郁翔", "董知行", "温如玉"),
}
"""Who looks after customers and assesses them; the first of a department is the one with a sign-in."""

INDUSTRIES: tuple[Industry, ...] = (
    Industry("C33", ("五金制品", "金属制品", "紧固件"), ("五金製品", "金屬製品"), ("Fasteners", "Metalworks"), 58, 55),
    Industry("C34", ("机械设备", "液压机械", "泵阀", "轴承"), ("機械", "液壓機械", "軸承"),
             ("Machinery", "Hydraulics", "Bearings"), 62, 64),
    Industry("C35", ("矿山设备", "工程机械", "环保设备"), ("環保設備", "工具機"),
             ("Equipment", "Mining Supply"), 55, 49),
    Industry("C36", ("汽车零部件", "汽车配件"), ("汽車零件",), ("Automotive Parts",), 60, 68),
    Industry("C37", ("船舶配件", "轨道配件"), ("船舶配件",), ("Marine Supply",), 54, 63),
    Industry("C38", ("机电设备", "电气", "电机"), ("機電", "電機"), ("Electric", "Motors"), 66, 70),
    Industry("C29", ("橡塑制品", "密封件"), ("橡膠工業",), ("Polymers", "Seals"), 52, 48),
    Industry("C26", ("化工材料", "新材料"), ("化工",), ("Chemicals",), 50, 44),
    Industry("E47", ("建筑工程", "建设工程"), ("營造",), ("Construction",), 44, 21),
    Industry("E48", ("路桥工程", "市政工程"), ("工程",), ("Civil Works",), 50, 34),
    Industry("E49", ("机电安装", "安装工程"), ("機電工程",), ("Installations",), 52, 40),
    Industry("F51", ("物资贸易", "供应链管理", "商贸"), ("貿易", "實業"), ("Trading", "Distribution"), 50, 42),
    Industry("G54", ("物流", "运输"), ("物流",), ("Logistics",), 53, 51),
    Industry("D44", ("热力", "能源科技"), ("能源科技",), ("Energy",), 64, 66),
)  # fmt: skip
