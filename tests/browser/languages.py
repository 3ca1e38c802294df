"""What a page says in a language, and which of its words are of another language than the reader's."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dashboard.catalogues import catalogue
from tests.dashboard.chinese import SIMPLIFIED, TRADITIONAL

HAN = re.compile(r"[㐀-鿿]")


def said(language: str, message: str, **values: object) -> str:
    """A sentence of the product as a reader of the language sees it; `message` is its English id."""
    text = catalogue(language).gettext(message)
    return text % values if values else text


def foreign_words(words: Iterable[str], language: str) -> list[str]:
    """Chinese on an English page, Simplified characters on a Traditional one and the other way round."""
    wrong = {"zh_Hans": TRADITIONAL - SIMPLIFIED, "zh_Hant": SIMPLIFIED - TRADITIONAL}
    if language == "en":
        return sorted(one for one in words if HAN.search(one))
    return sorted(one for one in words if wrong[language].intersection(one))
