"""Pairs of names for benchmarks/screening.py: real names under realistic noise, and names that only look alike.

Every maker takes a name apart with its own few lines, not with the product's: what the product takes apart wrongly
shall show. `TUNING` and `HELD_BACK` are recipes: the second one's kinds of noise are never used for tuning.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from opencc import OpenCC
from pypinyin import lazy_pinyin
from rapidfuzz import process
from rapidfuzz.distance import Indel

TRADITIONAL, TAIWAN, SIMPLIFIED = OpenCC("s2t"), OpenCC("s2twp"), OpenCC("t2s")
_NAME = re.compile(
    r"^(?P<place>(?:[^市省县区]{2,3}(?:市|省))?(?:[^市省县区]{2,3}(?:区|县))?)(?P<rest>.*?)"
    r"(?P<form>股份有限公司|有限责任公司|集团有限公司|有限公司|公司|商行|店|厂)?$"
)
_CITIES = """
北京 上海 天津 重庆 广州 深圳 东莞 佛山 惠州 珠海 杭州 宁波 温州 嘉兴 绍兴 台州 南京 苏州 无锡
常州 扬州 徐州 成都 武汉 长沙 合肥 郑州 济南 青岛 烟台 大连 沈阳 西安 昆明 贵阳 南昌 福州 厦门
泉州 石家庄 哈尔滨 长春 太原 兰州 南宁 柳州 桂林 海口 江苏 浙江 广东 山东 河南 河北 湖北 湖南 四川
安徽 江西 福建 陕西 山西 辽宁 云南 贵州 广西 宁夏
""".split()  # noqa: SIM905
_TRADES = """
信息科技 网络科技 生物科技 电子商务 进出口 工程管理 装饰工程 机械设备 环保科技 文化传媒 商贸 贸易 科技
咨询 管理 餐饮 食品 建材 物流 服务
""".split()  # noqa: SIM905
_ENGLISH = {
    "信息": "Information", "网络": "Network", "科技": "Technology", "技术": "Technology", "商贸": "Trading",
    "贸易": "Trading", "进出口": "Import and Export", "工程": "Engineering", "机械": "Machinery", "设备": "Equipment",
    "环保": "Environmental", "文化": "Culture", "传媒": "Media", "咨询": "Consulting", "管理": "Management",
    "餐饮": "Catering", "食品": "Food", "建材": "Building Materials", "物流": "Logistics", "服务": "Service",
    "电子": "Electronic", "装饰": "Decoration", "投资": "Investment", "教育": "Education", "服饰": "Clothing",
    "汽车": "Auto", "销售": "Sales", "建筑": "Construction", "广告": "Advertising", "能源": "Energy",
}  # fmt: skip
#: Lookalikes of the held-back recipe, written without a look at the product's.
_MISREAD = {"华": "毕", "天": "夫", "大": "太", "金": "全", "日": "目", "士": "土", "王": "玉", "木": "本", "力": "刀",
            "人": "入", "千": "干", "中": "申", "永": "水", "正": "止", "新": "薪", "明": "朋", "兴": "举", "海": "诲",
            "佳": "住", "友": "反", "立": "产", "安": "妥", "东": "车", "万": "方", "美": "羡", "星": "昱"}  # fmt: skip
_COMMON = "华东方天海金龙宏达盛世佳美新星力源恒通瑞丰安康博远智慧创联云中科信诚德正大明光润泽嘉禾锦绣百川卓越飞翔鼎立"


@dataclass(frozen=True)
class Pair:
    """Two names, whether one firm bears both, and the kind of noise or of trap."""

    one: str
    other: str
    is_same: bool
    kind: str


@dataclass(frozen=True)
class Cut:
    """A Chinese name as the makers see it."""

    place: str
    core: str
    trade: str
    form: str

    def whole(self) -> str:
        return self.place + self.core + self.trade + self.form


Maker = Callable[[Cut, random.Random], str | None]


def is_held_out(name: str) -> bool:
    """Half of the names, by their hash: no name is in both halves."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 1


def cut(name: str, trade_name: str = "") -> Cut:
    """Where the file says the trade name, the core is that; else what stands before the line of business."""
    found = _NAME.match(name)
    place, rest, form = (found["place"], found["rest"], found["form"] or "") if found else ("", name, "")
    if trade_name and trade_name in name:
        before, _, after = name.partition(trade_name)
        form_at = after.rfind(form) if form else len(after)
        return Cut(before, trade_name, after[:form_at] if form else after, form)
    city = next((one for one in _CITIES if rest.startswith(one) and len(rest) > len(one) + 1), "")
    rest = rest.removeprefix(city)
    size = next((at for at in range(2, len(rest)) if any(rest[at:].startswith(t) for t in (*_TRADES, *_ENGLISH))), None)
    size = size if size is not None else min(len(rest), 4)
    return Cut(place + city, rest[:size], rest[size:], form)


# --- the same firm


def _replaced(text: str, at: int, by: str) -> str:
    return text[:at] + by + text[at + 1 :]


def _homophones() -> dict[str, str]:
    sounds: dict[str, str] = {}
    for one in (
        _COMMON
        + "宇雨羽语玉育佳家嘉加杰洁捷力立利丽鑫新欣信心辉晖惠慧汇荣融容程成诚城晟盛胜圣明铭名鸣"
        + ("博伯柏泊凯恺楷泰太态鹏朋彭杨扬阳洋瑞睿锐建健剑见文闻雯纹思斯丝诗师世仕士远源园元缘")
    ):
        sound = "".join(lazy_pinyin(one))
        sounds[sound] = sounds.get(sound, "") + one
    return sounds


_SOUNDS = _homophones()


def _homophone(one: Cut, rng: random.Random) -> str | None:
    places = list(range(len(one.core)))
    rng.shuffle(places)
    for at in places:
        others = _SOUNDS.get("".join(lazy_pinyin(one.core[at])), "").replace(one.core[at], "")
        if others:
            return one.place + _replaced(one.core, at, rng.choice(others)) + one.trade + one.form
    return None


def _missing(one: Cut, rng: random.Random) -> str | None:
    middle = one.core + one.trade
    if len(one.core) < 3:
        if len(one.trade) < 2:
            return None
        at = rng.randrange(len(one.core), len(middle))
    else:
        at = rng.randrange(len(middle))
    return one.place + middle[:at] + middle[at + 1 :] + one.form


def _wrong(one: Cut, rng: random.Random) -> str | None:
    """A wrong character somewhere; in the core only where enough is left of it."""
    start = 0 if len(one.core) >= 4 else len(one.core)
    middle = one.core + one.trade
    if start >= len(middle):
        return None
    at = rng.randrange(start, len(middle))
    return one.place + _replaced(middle, at, rng.choice(_COMMON)) + one.form


def _misread(one: Cut, _rng: random.Random) -> str | None:
    at = next((at for at, letter in enumerate(one.core) if letter in _MISREAD), None)
    return None if at is None else one.place + _replaced(one.core, at, _MISREAD[one.core[at]]) + one.trade + one.form


def _bare(place: str) -> str:
    return re.sub("[省市县区]", "", place)


def _pinyin(text: str, rng: random.Random) -> str:
    spelled = [one for one in lazy_pinyin(text) if one.strip()]
    return "".join(spelled) if rng.random() < 0.7 else " ".join(spelled)


def _whole_pinyin(one: Cut, rng: random.Random) -> str | None:
    parts = [_pinyin(part, rng) for part in (_bare(one.place), one.core, one.trade, one.form) if part]
    return " ".join(part.capitalize() for part in parts)


def _english(one: Cut, rng: random.Random) -> str | None:
    trade, words = one.trade, []
    while trade:
        known = next((word for word in sorted(_ENGLISH, key=len, reverse=True) if trade.startswith(word)), None)
        if known is None:
            trade = trade[1:]
            continue
        words.append(_ENGLISH[known])
        trade = trade.removeprefix(known)
    place = _pinyin(_bare(one.place), random.Random(0)).capitalize()
    name = " ".join(part for part in (place, _pinyin(one.core, rng).title(), *words) if part)
    return f"{name} Co., Ltd." if words else None


def _full_width(one: Cut, _rng: random.Random) -> str | None:
    inside = f"（{one.place}）" if one.place else ""
    return f" {one.core}{inside} {one.trade}{one.form}".translate({ord("a") + i: 0xFF41 + i for i in range(26)})


TUNING: dict[str, Maker] = {
    "traditional": lambda one, _: TRADITIONAL.convert(one.whole()),
    "simplified": lambda one, _: SIMPLIFIED.convert(one.whole()),
    "form added": lambda one, _: None if one.form else one.whole() + "股份有限公司",
    "form dropped": lambda one, _: one.place + one.core + one.trade if one.form else None,
    "form changed": lambda one, rng: one.place + one.core + one.trade + rng.choice(
        [form for form in ("有限责任公司", "股份有限公司", "有限公司", "集团有限公司") if form != one.form]),
    "place dropped": lambda one, _: one.core + one.trade + one.form if one.place and one.trade else None,
    "trade dropped": lambda one, _: one.place + one.core + one.form if one.trade and one.place else None,
    "trade shortened": lambda one, _: one.place + one.core + one.trade[:2] + one.form if len(one.trade) > 3 else None,
    "homophone": _homophone,
    "character missing": _missing,
    "pinyin": _whole_pinyin,
    "full width": _full_width,
    "branch": lambda one, rng: one.whole() + rng.choice(_CITIES) + "分公司" if one.form.endswith("公司") else None,
}  # fmt: skip


def _place_in_another_way(one: Cut, _rng: random.Random) -> str | None:
    bare = _bare(one.place)
    if bare not in _CITIES:
        return None
    return (bare if one.place != bare else bare + "市") + one.core + one.trade + one.form


def _doubled(one: Cut, rng: random.Random) -> str | None:
    first = rng.choice([_homophone, TUNING["form dropped"], TUNING["place dropped"]])(one, rng)
    return None if first is None else TAIWAN.convert(first)


HELD_BACK: dict[str, Maker] = {
    "wrong character": _wrong,
    "misread character": _misread,
    "English": _english,
    "Taiwan words": lambda one, _: TAIWAN.convert(one.whole()),
    "place in another way": _place_in_another_way,
    "two at once": _doubled,
    "swapped": lambda one, _: one.core + one.place + one.trade + one.form if one.place and one.trade else None,
    "group": lambda one, _: one.place + one.core + "集团" + one.trade + one.form if one.trade else None,
    "department behind": lambda one, rng: one.whole() + rng.choice(["财务部", "（总部）", "-采购", " 第二分店"]),
}


# --- another firm


def _other_core(one: Cut, rng: random.Random) -> str | None:
    return one.place + "".join(rng.sample(_COMMON, len(one.core))) + one.trade + one.form if one.trade else None


def _one_other_character(one: Cut, rng: random.Random) -> str | None:
    if not 2 <= len(one.core) <= 3:
        return None
    at = rng.randrange(len(one.core))
    sound = lazy_pinyin(one.core[at])
    other = rng.choice([char for char in _COMMON if lazy_pinyin(char) != sound])
    return one.place + _replaced(one.core, at, other) + one.trade + one.form


def _sibling(one: Cut, rng: random.Random) -> str | None:
    others = [trade for trade in _TRADES if not set(trade) & set(one.trade)]
    return one.place + one.core + rng.choice(others) + one.form if one.trade else None


def _other_place(one: Cut, rng: random.Random) -> str | None:
    others = [city for city in _CITIES[:40] if city not in one.place]
    return rng.choice(others) + one.core + one.trade + one.form if _bare(one.place) in _CITIES[:40] else None


TRAPS: dict[str, Maker] = {
    "another core": _other_core,
    "one other character": _one_other_character,
    "sibling": _sibling,
    "elsewhere": _other_place,
}


def han_pairs(names: list[tuple[str, str]], makers: dict[str, Maker], seed: int) -> list[Pair]:
    """For each name two kinds of noise and two traps, drawn; and the nearest other real name."""
    rng = random.Random(seed)
    pairs = []
    everybody = [name for name, _trade_name in names]
    for name, trade_name in names:
        one = cut(name, trade_name)
        for table, is_same in ((makers, True), (TRAPS, False)):
            kinds = list(table)
            rng.shuffle(kinds)
            made = [(kind, table[kind](one, rng)) for kind in kinds]
            good = [(kind, other) for kind, other in made if other and other != name]
            pairs += [Pair(name, other, is_same, kind) for kind, other in good[:2]]
        pairs += nearest(name, everybody)
    return pairs


def nearest(name: str, everybody: list[str]) -> list[Pair]:
    """The other real name that is written most alike: another firm."""
    found = process.extract(name, everybody, scorer=Indel.normalized_similarity, limit=2)
    others = [other for other, _score, _at in found if SIMPLIFIED.convert(other) != SIMPLIFIED.convert(name)]
    return [Pair(name, others[0], is_same=False, kind="nearest real name")] if others else []
