"""One way of writing: script, width, case, accents and punctuation do not tell names, phones or addresses apart."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC
from pypinyin import lazy_pinyin
from stdnum.cn import uscc as credit_code
from stdnum.exceptions import ValidationError

_TO_SIMPLIFIED = OpenCC("t2s")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_NO_WORD = re.compile(r"[^\w]+|_")
_DIGITS = re.compile(r"\D+")
_LEAST_PHONE_DIGITS, _MOST_PHONE_DIGITS = 7, 11
_LEAST_ADDRESS, _LEAST_ACCOUNT, _LEAST_PERSON = 6, 8, 2
#: What opencc leaves as it is and registers write both ways.
_VARIANTS = str.maketrans(
    {"臺": "台", "凃": "涂", "堃": "坤", "喆": "哲", "淼": "淼", "薡": "鼎", "峯": "峰", "羣": "群"}
)
#: Letters that no decomposition makes plain.
_PLAIN = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})
_DIGIT_WORDS = str.maketrans("一二三四五六七八九〇零", "12345678900")


def folded(text: str) -> str:
    """Half width, Simplified, lower case, without accents; punctuation stays."""
    half = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(one for one in unicodedata.normalize("NFD", half) if not unicodedata.combining(one))
    return str(_TO_SIMPLIFIED.convert(unicodedata.normalize("NFC", plain).translate(_PLAIN))).translate(_VARIANTS)


def has_han(text: str) -> bool:
    """Whether any character is Chinese."""
    return _HAN.search(text) is not None


def is_han(character: str) -> bool:
    """Whether this character is Chinese."""
    return _HAN.match(character) is not None


def squeezed(text: str) -> str:
    """Letters, digits and characters only."""
    return _NO_WORD.sub("", text)


@lru_cache(maxsize=50_000)
def syllables(text: str) -> tuple[str, ...]:
    """The pinyin of each character, without tones; what is no Chinese character stands as it is, one by one."""
    if not text:
        return ()
    found: list[str] = []
    for one in lazy_pinyin(text, errors=lambda other: list(other)):  # type: ignore[arg-type,return-value]
        found.append(one.replace("ü", "v"))
    return tuple(found) if len(found) == len(text) else tuple(text)


def uscc_fault(written: str) -> bool:
    """True for a unified social credit code that can't be right: its length, its letters or its check digit."""
    try:
        credit_code.validate(written)
    except ValidationError:
        return True
    return False


def compact_code(written: str | None) -> str | None:
    """A credit code as it is compared; None where there is none."""
    code = squeezed(unicodedata.normalize("NFKC", written or "")).upper()
    return code or None


def phone_form(written: str | None) -> str | None:
    """The digits that are dialled, without country code or extension; None where they are too few to mean anything."""
    half = unicodedata.normalize("NFKC", written or "")
    digits = _DIGITS.sub("", re.split(r"(?i)ext|转|轉|x|#", half)[0])
    for prefix in ("0086", "86", "00886", "886"):
        if digits.startswith(prefix) and len(digits) > _MOST_PHONE_DIGITS:
            digits = digits.removeprefix(prefix)
            break
    digits = digits.lstrip("0")
    return digits if len(digits) >= _LEAST_PHONE_DIGITS else None


def address_form(written: str | None) -> str | None:
    """An address without what is written or left out at will: blanks, punctuation, 省 市 区, numerals in words."""
    form = re.sub("[省市区號号室楼樓]", "", squeezed(folded(written or ""))).translate(_DIGIT_WORDS)
    return form if len(form) >= _LEAST_ADDRESS else None


def account_form(written: str | None) -> str | None:
    """A bank account's characters."""
    form = squeezed(unicodedata.normalize("NFKC", written or "")).upper()
    return form if len(form) >= _LEAST_ACCOUNT else None


def person_form(written: str | None) -> str | None:
    """A person's name, its words in one order."""
    form = folded(written or "")
    words = [squeezed(form)] if has_han(form) else sorted(word for word in _NO_WORD.split(form) if word)
    name = " ".join(words)
    return name if len(name) >= _LEAST_PERSON else None


def digest(kind: str, form: str) -> str:
    """A link as it is stored: equal for equal forms, and nobody reads a phone or an account out of it."""
    return f"{kind}:{hashlib.sha256(form.encode()).hexdigest()[:20]}"
