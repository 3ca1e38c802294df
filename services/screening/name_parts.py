"""A name taken apart: what is its own, and what it shares with thousands (place, line of business, legal form)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from services.screening.normal_forms import folded, has_han, squeezed, syllables
from services.screening.vocabulary import (
    BRANCHES,
    LATIN_FILLERS,
    LATIN_FORMS,
    LATIN_PLACES,
    LATIN_TRADES,
    LEGAL_FORMS,
    LONGEST_TRADE,
    PINYIN_FORMS,
    PROVINCE_OF,
    TRADES,
)

_BRANCH = re.compile(rf"^(.{{3,}}(?:公司|集团|银行|厂|社|院))(.{{0,10}}?)({'|'.join(BRANCHES)})$")
_BEHIND_FORM = re.compile(r"^(.{4,}?(?:有限公司|责任公司|股份公司|集团公司|公司))(?!有限|股份|集团)(.{1,12})$")
_BEHIND = re.compile(
    r"(?:财务|采购|业务|销售|项目|市场|人事|行政|客服|工程|仓储|物流|生产|总)部$|总部$|第?[一二三四五六七八九十\d]+分?(?:店|厂|部|公司)$"
)
#: Behind short names of the stock market: registered abroad, innovation board, depositary receipt.
_MARKET_MARK = re.compile(r"-ky|-dr|-创|[*]")
_BRACKETS = re.compile(r"[(\[（【]([^)\]）】]*)[)\]）】]")
_PLACE_END = (
    "特别行政区",
    "壮族自治区",
    "维吾尔自治区",
    "回族自治区",
    "自治区",
    "自治州",
    "省",
    "市",
    "县",
    "区",
    "州",
)
#: 市 of 市政 and 区 of 区域 end no place.
_DISTRICT = re.compile(
    r"^([\u4e00-\u9fff]{2,3}?)(新区|街道|开发区|市(?![政场民集])|县(?!域)|区(?![域块])|镇|乡(?![村情])|旗(?![舰袍下]))"
    r"(?=[\u4e00-\u9fff]{2})"
)
_LONGEST_PLACE = max(map(len, PROVINCE_OF))
_LEAST_CORE = 2
_ONE_OR_TWO = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")


@dataclass(frozen=True)
class NameParts:
    """The parts, in normal form. A Chinese name has characters in `core`; a Latin one words in `words`."""

    is_han: bool
    places: tuple[str, ...] = ()
    core: str = ""
    trades: tuple[str, ...] = ()
    form: str = ""
    branch: str = ""
    words: tuple[str, ...] = ()
    shared_words: tuple[str, ...] = ()
    whole: str = ""

    @property
    def trade(self) -> str:
        return "".join(self.trades)

    @property
    def letters(self) -> str:
        """The core as it is spelled in Latin letters, in one piece."""
        return "".join(syllables(self.core)) if self.is_han else "".join(self.words)


PINYIN_PLACES = frozenset("".join(syllables(place)) for place in PROVINCE_OF)


@lru_cache(maxsize=100_000)
def parts_of(name: str) -> NameParts:
    """Take a name apart."""
    text = folded(name)
    return _han_parts(text) if has_han(text) else _latin_parts(text)


# --- Chinese names


def _han_parts(text: str) -> NameParts:
    bracketed = [squeezed(inside) for inside in _BRACKETS.findall(text)]
    outer = [one for one in bracketed if one and (_is_place(one) or one in LEGAL_FORMS)]
    if outer:
        text = _BRACKETS.sub(lambda found: "" if squeezed(found[1]) in outer else found[1], text)
    rest, branch = _without_branch(squeezed(_MARKET_MARK.sub("", text)))
    rest, form = _without_form(rest)
    places, rest = _leading_places(rest)
    places += [_place_in(one) for one in outer if _is_place(one)]
    core, trades = _trailing_trades(rest)
    if not places:
        core, places, trades = _place_behind(core, trades)
    for inner in ("集团", "控股"):
        if core.endswith(inner) and len(core) - len(inner) >= _LEAST_CORE:
            core, form = core.removesuffix(inner), form or inner
    if len(core) < _LEAST_CORE:  # 北京银行: nothing is its own but the whole
        core, places, trades = squeezed(_without_form(squeezed(text))[0]), [], ()
    return NameParts(True, tuple(dict.fromkeys(places)), core, trades, form, branch)


def _place_behind(core: str, trades: tuple[str, ...]) -> tuple[str, list[str], tuple[str, ...]]:
    """新月能源石家庄公司, 利博苏州网络公司: the place behind what is the firm's own."""
    bare = core
    for end in _PLACE_END:
        bare = bare.removesuffix(end) if len(bare) - len(end) >= _LEAST_CORE + 2 else bare
    for size in (3, 2):
        place = bare[-size:]
        if place in PROVINCE_OF and len(bare) - size >= _LEAST_CORE:
            own, more = _trailing_trades(bare[:-size])
            return (own, [place], (*more, *trades)) if own else (core, [], trades)
    return core, [], trades


def _without_branch(text: str) -> tuple[str, str]:
    """A branch or a department behind the name is the same firm."""
    found = _BRANCH.match(text)
    if found is not None:
        return found[1], found[2] + found[3]
    found = _BEHIND_FORM.match(text)
    if found is not None:
        return found[1], found[2]
    bare = _BEHIND.sub("", text)
    return (bare, text.removeprefix(bare)) if len(bare) >= _LEAST_CORE and bare != text else (text, "")


def _without_form(text: str) -> tuple[str, str]:
    form = ""
    for _again in range(3):
        for one in LEGAL_FORMS:
            keeps = len(text) - len(one)
            if text.endswith(one) and keeps >= (_LEAST_CORE if len(one) > 1 else _LEAST_CORE + 1):
                if len(one) == 1 and any(text.endswith(word) for word in TRADES if len(word) > 1):
                    continue
                text, form = text[:keeps], one + form
                break
        else:
            break
    return text, form


def _leading_places(text: str) -> tuple[list[str], str]:
    places: list[str] = []
    for _again in range(4):
        place, length = _place_at_start(text, is_first=not places)
        if not length or len(text) - length < 1:
            break
        if place:
            places.append(place)
        text = text[length:]
    return places, text


def _place_at_start(text: str, *, is_first: bool) -> tuple[str, int]:
    """The place that a text begins with ("" for a district nobody keeps a list of), and how long it is written."""
    for size in range(min(_LONGEST_PLACE, len(text)), 1, -1):
        if text[:size] in PROVINCE_OF:
            end = next((one for one in _PLACE_END if text[size:].startswith(one)), "")
            # 海南州某 is rare, 南京区… rarer: what follows belongs to the place only where a name is left.
            return text[:size], size + (len(end) if len(text) - size - len(end) >= _LEAST_CORE else 0)
    found = _DISTRICT.match(text)
    if found is None or len(text) - found.end() < _LEAST_CORE:
        return "", 0
    return (found[1] if is_first else ""), found.end()


def _is_place(text: str) -> bool:
    return bool(_place_in(text))


def _place_in(text: str) -> str:
    bare = text
    for end in _PLACE_END:
        bare = bare.removesuffix(end) if len(bare) - len(end) >= _LEAST_CORE else bare
    return bare if bare in PROVINCE_OF else ""


def _trailing_trades(text: str) -> tuple[str, tuple[str, ...]]:
    trades: list[str] = []
    while True:
        for size in range(min(LONGEST_TRADE, len(text)), 1, -1):
            if text[-size:] in TRADES and (len(text) - size >= _LEAST_CORE or len(text) == size):
                trades.insert(0, text[-size:])
                text = text[:-size]
                break
        else:
            return text, tuple(trades)
        if not text:
            return text, tuple(trades)


# --- Latin names


def _latin_parts(text: str) -> NameParts:
    joined = re.sub(r"(?<=\b[a-z])[.](?=[a-z]\b)|[.'’`]", "", text.replace("&", " and "))
    words = _joined_initials(_ONE_OR_TWO.findall(joined))
    places, core, trades, shared, forms = [], [], [], [], []
    for at, word in enumerate(words):
        if (at or (len(word) > 2 and len(words) > 1)) and (word in LATIN_FORMS or word in PINYIN_FORMS):
            forms.append(word)
        elif word in LATIN_FILLERS:
            continue
        elif word in LATIN_TRADES:
            trades.append(LATIN_TRADES[word])
            shared.append(word)
        elif word in LATIN_PLACES or word in PINYIN_PLACES:
            places.append(word)
        else:
            core.append(word)
    if not core:
        core = [word for word in words if word not in LATIN_FORMS and word not in LATIN_FILLERS] or words
        places, trades, shared = [], [], []
    return NameParts(
        False, tuple(places), "", tuple(trades), " ".join(forms), "", tuple(core), tuple(shared), "".join(words)
    )  # fmt: skip


def _joined_initials(words: list[str]) -> list[str]:
    """S A, L T D: a legal form that was written with blanks."""
    found: list[str] = []
    at = 0
    while at < len(words):
        size = next((size for size in (4, 3, 2) if len(words[at]) == 1 and at
                     and all(len(one) == 1 for one in words[at : at + size])
                     and "".join(words[at : at + size]) in LATIN_FORMS), 1)  # fmt: skip
        found.append("".join(words[at : at + size]))
        at += size
    return found


def spelled(parts: NameParts, forms: tuple[str, ...] = ()) -> str:
    """All of a Latin name's letters in one piece but its legal form, also where that is in pinyin."""
    letters = parts.letters if parts.trades or parts.form else parts.whole
    for form in (*PINYIN_FORMS, *forms):
        if letters.endswith(form) and len(letters) > len(form) + 1:
            return letters.removesuffix(form)
    return letters
