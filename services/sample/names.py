"""Invented names. Trade names are coined from three syllables or characters, so that none is a known company's."""

from __future__ import annotations

from random import Random

from services.sample.company import Industry

CITIES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "NORTH": (
        ("济南", "山东", "370100"), ("青岛", "山东", "370200"), ("潍坊", "山东", "370700"), ("临沂", "山东", "371300"),
        ("石家庄", "河北", "130100"), ("唐山", "河北", "130200"), ("保定", "河北", "130600"),
        ("天津", "天津", "120100"),
        ("太原", "山西", "140100"), ("大同", "山西", "140200"), ("沈阳", "辽宁", "210100"), ("大连", "辽宁", "210200"),
    ),
    "SOUTH": (
        ("广州", "广东", "440100"), ("佛山", "广东", "440600"), ("东莞", "广东", "441900"), ("中山", "广东", "442000"),
        ("南宁", "广西", "450100"), ("柳州", "广西", "450200"), ("泉州", "福建", "350500"), ("厦门", "福建", "350200"),
        ("长沙", "湖南", "430100"), ("株洲", "湖南", "430200"),
    ),
    "EAST": (
        ("苏州", "江苏", "320500"), ("无锡", "江苏", "320200"), ("常州", "江苏", "320400"), ("南通", "江苏", "320600"),
        ("宁波", "浙江", "330200"), ("温州", "浙江", "330300"), ("台州", "浙江", "331000"), ("嘉兴", "浙江", "330400"),
        ("合肥", "安徽", "340100"), ("芜湖", "安徽", "340200"), ("上海", "上海", "310100"),
    ),
    "WEST": (
        ("成都", "四川", "510100"), ("德阳", "四川", "510600"), ("绵阳", "四川", "510700"), ("重庆", "重庆", "500100"),
        ("西安", "陕西", "610100"), ("宝鸡", "陕西", "610300"), ("昆明", "云南", "530100"), ("贵阳", "贵州", "520100"),
        ("兰州", "甘肃", "620100"),
    ),
}  # fmt: skip
"""Department -> (city, province, GB/T 2260 code). Departments without a region of their own sell everywhere."""

TAIWAN_CITIES = ("臺中", "臺南", "高雄", "桃園", "新竹", "彰化")

COUNTRIES: tuple[tuple[str, str, str], ...] = (
    ("Singapore", "Pte. Ltd.", "USD"), ("Malaysia", "Sdn. Bhd.", "USD"), ("Vietnam", "Co., Ltd.", "USD"),
    ("Thailand", "Co., Ltd.", "USD"), ("Philippines", "Inc.", "USD"), ("United Arab Emirates", "FZE", "USD"),
    ("Mexico", "S.A. de C.V.", "USD"), ("Brazil", "Ltda.", "USD"), ("Australia", "Pty Ltd", "USD"),
    ("Germany", "GmbH", "EUR"), ("Netherlands", "B.V.", "EUR"), ("Italy", "S.r.l.", "EUR"),
    ("Poland", "Sp. z o.o.", "EUR"), ("Spain", "S.L.", "EUR"),
)  # fmt: skip
"""(country, form of company, currency of its invoices)."""

_HANS = (
    "澜骁沐砺钧璟翊曜昶煜泓珩岑樾霁峤锜晗骏屿",
    "屹铎驰策拓禾骞序朔诺湛彦亦弘珂纵翰竣予其",
    "衡岳泽川朗舟邦铭源盛瀚图达信联宏业通和成",
)
_HANT = ("瀾驍曜翊璟鈞碩崴鴻煜晟霽嶠樾", "鐸屹馳拓禾騫諾彥弘珂翰竣", "衡嶽澤川邦銘源盛瀚達聯宏業")
_SYLLABLES = (
    ("Bren", "Hal", "Tor", "Vel", "Kes", "Dor", "Wex", "Lan", "Ost", "Fen", "Cal", "Ald", "Rov", "Sten", "Mur", "Gal"),
    ("a", "o", "i", "u", "en", "ar", "un", "el"),
    ("vik", "holt", "mont", "dale", "gard", "wick", "lund", "mere", "quist", "barra", "tessa", "noor"),
)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹潘范彭鲁韦马方袁柳史唐薛雷贺汤罗毕郝邬安"
_GIVEN = "维思嘉明远志诚文雅静宏建晓雨子书承景安若启亦卓立振国丽敏洁颖凯博睿宁欣怡昊"
_SURNAMES_HANT = "陳林黃張李王吳劉蔡楊許鄭謝郭洪邱曾廖賴徐周葉蘇莊呂江何蕭羅高"
_GIVEN_HANT = "志明家豪淑芬雅婷建宏俊傑怡君美玲文彥柏翰詩涵佳穎冠宇承恩國華"
_GIVEN_EN = ("Adrian", "Bianca", "Carla", "Dmitri", "Elena", "Farid", "Hanna", "Ivan", "Jonas", "Lucia", "Marek",
             "Nadia", "Omar", "Paula", "Ravi", "Sofia", "Tomas", "Wei Ling")  # fmt: skip
_SURNAMES_EN = ("Albers", "Brandt", "Castillo", "Desai", "Engel", "Ferrari", "Goh", "Haddad", "Jansen", "Kowal", "Lim",
                "Moreno", "Nguyen", "Pereira", "Rahman", "Santoso", "Tan", "Weber")  # fmt: skip


def coined(rng: Random, traditional: bool = False) -> str:
    """A trade name of three characters."""
    return "".join(rng.choice(pool) for pool in (_HANT if traditional else _HANS))


def mainland_name(rng: Random, city: str, industry: Industry) -> str:
    """City, trade name, line of business, form: 济南霁屹衡机电设备有限公司."""
    return f"{city}{coined(rng)}{rng.choice(industry.lines_hans)}{'股份' if rng.random() < 0.05 else ''}有限公司"


def taiwan_name(rng: Random, industry: Industry) -> str:
    """A company of Taiwan in Traditional Chinese."""
    return (
        f"{rng.choice(('', rng.choice(TAIWAN_CITIES)))}{coined(rng, True)}{rng.choice(industry.lines_hant)}股份有限公司"
    )


def hongkong_name(rng: Random, industry: Industry) -> str:
    """A company of Hong Kong in Traditional Chinese."""
    return f"{coined(rng, True)}（香港）{rng.choice(industry.lines_hant)}有限公司"


def english_name(rng: Random, industry: Industry, form: str) -> str:
    """A foreign company: coined word, line of business, form of company."""
    word = "".join(rng.choice(pool) for pool in _SYLLABLES)
    return f"{word} {rng.choice(industry.lines_en)} {form}"


def person(rng: Random, traditional: bool = False) -> str:
    """A Chinese personal name."""
    surnames, given = (_SURNAMES_HANT, _GIVEN_HANT) if traditional else (_SURNAMES, _GIVEN)
    return rng.choice(surnames) + "".join(rng.choice(given) for _ in range(rng.choice((1, 2, 2))))


def person_en(rng: Random) -> str:
    """A personal name in Latin letters."""
    return f"{rng.choice(_GIVEN_EN)} {rng.choice(_SURNAMES_EN)}"
