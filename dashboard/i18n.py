"""Words, numbers, money and dates in the reader's language: for pages, server routes and the command line.

The language of a piece of work is a ContextVar. `set_language` sets it at the start of every script run; a fragment
that runs alone, in a thread that knows nothing of that run, finds the same language in the session.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Protocol, cast
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.dates import format_skeleton
from babel.lists import format_list
from babel.numbers import get_currency_symbol

from dashboard.catalogues import LANGUAGES, catalogue

Number = int | float | Decimal

FALLBACK = "zh_Hans"
NO_VALUE = "—"
#: Language tags as HTML, HTTP and browsers write them.
TAGS = {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant", "en": "en"}
#: Each language in its own words, and short, for switches.
NAMES = {"zh_Hans": "简体中文", "zh_Hant": "繁體中文", "en": "English"}
SESSION_KEY = "language"

_LOCALES = {"zh_Hans": "zh_Hans_CN", "zh_Hant": "zh_Hant_TW", "en": "en_US"}
_TRADITIONAL = ("hant", "tw", "hk", "mo")
_chosen: ContextVar[str | None] = ContextVar("language", default=None)


class Refusal(Protocol):
    """What a refusal of the services or of the embedded server carries: an English template and what fills it."""

    template: str
    params: dict[str, object]


# --- which language


def known_language(tag: str | None) -> str | None:
    """The language of ours that a tag such as `zh-TW`, `zh_CN.UTF-8` or `en-GB` asks for, or None."""
    parts = (tag or "").split(".")[0].split("@")[0].replace("_", "-").lower().split("-")
    if parts[0] == "en":
        return "en"
    if parts[0] == "zh":
        is_traditional = "hans" not in parts and any(part in _TRADITIONAL for part in parts[1:])
        return "zh_Hant" if is_traditional else "zh_Hans"
    return None


def accepted_language(header: str | None) -> str:
    """The language for a browser's `Accept-Language`: its first choice that we have; English for readers of others."""
    wishes: list[tuple[float, str]] = []
    for item in (header or "").split(","):
        tag, _, quality = item.strip().partition(";q=")
        try:
            wishes.append((float(quality or 1), tag))
        except ValueError:
            continue
    for _quality, tag in sorted(wishes, key=lambda wish: -wish[0]):
        if _quality > 0 and (found := known_language(tag)):
            return found
    return "en" if any(tag.strip("* ") for _, tag in wishes) else FALLBACK


def environment_language() -> str:
    """The language of the command line: `GREYLEDGER_LANG`, else the terminal's, else English."""
    for name in ("GREYLEDGER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return known_language(value) or "en"
    return "en"


def set_language(language: str) -> None:
    """Use a language from here on, in this thread of work, and in the fragments of this page."""
    if language not in LANGUAGES:
        raise ValueError(language)
    _chosen.set(language)
    if (state := _session_state()) is not None:
        state[SESSION_KEY] = language


@contextmanager
def using_language(language: str) -> Iterator[None]:
    """Use a language inside a block only."""
    token = _chosen.set(language)
    try:
        yield
    finally:
        _chosen.reset(token)


def language() -> str:
    """The language in use: one of `zh_Hans`, `zh_Hant`, `en`."""
    if chosen := _chosen.get():
        return chosen
    if (state := _session_state()) is not None and SESSION_KEY in state:
        return str(state[SESSION_KEY])
    return environment_language()


def _session_state() -> dict[str, object] | None:
    """Streamlit's session state inside a page; None on the command line, where Streamlit is not even imported."""
    if "streamlit.runtime.scriptrunner" not in sys.modules:
        return None
    from streamlit import session_state
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    return cast("dict[str, object]", session_state)


# --- words


def _(message: str) -> str:
    """The sentence in the language in use."""
    return catalogue(language()).gettext(message)


#: Params that are themselves message ids: the names of settings and of thresholds.
_NAMED = frozenset({"setting", "threshold", "lower", "upper"})


def filled(template: str, params: Mapping[str, object]) -> str:
    """A sentence of the services (a note, a reason) in the language in use, with its values in it."""
    text = _(template)
    names = params.keys() & _NAMED
    params = {**params, **{name: _(str(params[name])) for name in names}}
    return text % _states_in_words(params) if params else text


def ngettext(one: str, many: str, count: int) -> str:
    """The sentence in the form that fits the count."""
    return catalogue(language()).ngettext(one, many, count)


def N_(message: str) -> str:
    """Mark a sentence for the catalogues; it is translated where it is shown."""
    return message


def sentence(refusal: Refusal) -> str:
    """What a refusal says, in the language in use."""
    return filled(refusal.template, refusal.params)


def _states_in_words(params: Mapping[str, object]) -> Mapping[str, object]:
    """What fills a sentence about a move between two states names them in words, not by their codes."""
    if "wanted" not in params:
        return params
    from dashboard.labels import state_label

    named = params.keys() & {"current", "detail", "wanted"}
    return {**params, **{name: state_label(str(params[name])) for name in named}}


def with_value(name: str, value: str | None) -> str:
    """`Closed: Fully recovered`; either alone where the other is missing."""
    return _("%(name)s: %(value)s") % {"name": name, "value": value} if name and value else name or value or ""


def several(parts: Iterable[str]) -> str:
    """Some of many things, one after another as the language writes them: `A, B, C`, `A、B、C`."""
    between = _locale(language()).list_patterns["standard"]["middle"]
    return between.format("", "").join(parts)


def listed(words: Iterable[str]) -> str:
    """Words as the language lists things: `A, B, and C`, `A、B和C`."""
    return format_list(list(words), locale=_locale(language()))


def one_of(words: Iterable[str]) -> str:
    """Words of which one is meant: `A, B, or C`, `A、B或C`."""
    return format_list(list(words), style="or", locale=_locale(language()))


def quoted(words: str) -> str:
    """Words in the language's quotation marks."""
    return _("“%(words)s”") % {"words": words}


def with_aside(words: str, aside: str) -> str:
    """Words with something beside them, in the language's brackets."""
    return _("%(words)s (%(aside)s)") % {"words": words, "aside": aside}


def running_on(sentences: Iterable[str]) -> str:
    """Whole sentences one after the other: with a space between them where the language has one."""
    return (" " if language() == "en" else "").join(sentences)


# --- numbers


@lru_cache(maxsize=8)
def _locale(name: str) -> Locale:
    return Locale.parse(_LOCALES[name])


def _rounded(value: Number, digits: int) -> Decimal:
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _is_missing(value: Number | None) -> bool:
    return value is None or not Decimal(str(value)).is_finite()


def format_number(value: Number | None, digits: int = 0) -> str:
    """A number with thousands separators and a fixed count of decimals; `—` for none."""
    if value is None or _is_missing(value):
        return NO_VALUE
    rounded = _rounded(value, digits)
    return f"{rounded if rounded else abs(rounded):,}".replace("-", "−")


def format_percent(ratio: Number | None, digits: int = 1) -> str:
    """A ratio (0 to 1) in per cent: 0.824 is `82.4%`."""
    if ratio is None or _is_missing(ratio):
        return NO_VALUE
    return f"{format_number(Decimal(str(ratio)) * 100, digits)}%"


def format_per_mille(value: Number | None, digits: int = 1) -> str:
    """A value that is already per 1,000: 3.1 is `3.1‰`."""
    return NO_VALUE if value is None or _is_missing(value) else f"{format_number(value, digits)}‰"


_STEPS: dict[str, tuple[tuple[int, str], ...]] = {
    "zh_Hans": ((8, "亿"), (4, "万")),
    "zh_Hant": ((8, "億"), (4, "萬")),
    "en": ((9, "B"), (6, "M"), (3, "K")),
}


def format_compact(value: Number | None) -> str:
    """A number in three figures: 1,234,567 is `123万`, `123萬` or `1.23M`. Small ones are whole."""
    if value is None or _is_missing(value):
        return NO_VALUE
    exact = Decimal(str(value))
    size = _three_figures(abs(exact))
    sign = "−" if exact < 0 and size else ""
    for power, unit in _STEPS[language()]:
        if size >= Decimal(10) ** power:
            scaled = size.scaleb(-power)
            digits = max(0, 2 - scaled.adjusted())
            figures = f"{_rounded(scaled, digits):,}"
            return f"{sign}{figures.removesuffix('.00').removesuffix('.0')}{unit}"
    return f"{sign}{_rounded(size, 0):,}"


def _three_figures(size: Decimal) -> Decimal:
    """Rounded to three figures, whole below 10,000, so that 999,950 becomes a million and not 1,000 thousand."""
    if not size:
        return size
    first = {unit[0] for unit in _STEPS[language()]}
    if size < Decimal(10) ** min(first):
        return _rounded(size, 0)
    step = Decimal(1).scaleb(size.adjusted() - 2)
    return (size / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


#: Where Babel would say `CN¥` for the yuan outside the mainland, or the same sign for two currencies.
_SYMBOLS = {"CNY": "¥", "JPY": "JP¥", "TWD": "NT$"}


def currency_symbol(currency: str) -> str:
    """The sign of a currency, which no other has in the same language."""
    if known := _SYMBOLS.get(currency):
        return known
    symbol = get_currency_symbol(currency, locale=_locale(language()))
    return f"{symbol} " if symbol == currency else symbol


def format_money(amount: Number | None, currency: str = "CNY", *, compact: bool = False, digits: int = 2) -> str:
    """An amount of money: `¥1,240,000.00`, or `¥124万` when compact."""
    if amount is None or _is_missing(amount):
        return NO_VALUE
    figures = format_compact(amount) if compact else format_number(amount, digits)
    sign, figures = ("−", figures[1:]) if figures.startswith("−") else ("", figures)
    return f"{sign}{currency_symbol(currency)}{figures}"


# --- dates


def format_date(day: dt.date | None) -> str:
    """A day as the language writes it: `2025年6月30日`, `Jun 30, 2025`."""
    return NO_VALUE if day is None else babel_date(day, "medium", locale=_locale(language()))


def format_month(day: dt.date | None) -> str:
    """The month of a day: `2025年6月`, `Jun 2025`."""
    if day is None:
        return NO_VALUE
    first = dt.datetime(day.year, day.month, 1, tzinfo=dt.UTC)
    return format_skeleton("yMMM", first, locale=_locale(language()))


def format_datetime(moment: dt.datetime | None, time_zone: str = "Asia/Shanghai") -> str:
    """An aware instant on the clocks of a time zone, to the minute."""
    if moment is None:
        return NO_VALUE
    local = moment.astimezone(ZoneInfo(time_zone))
    clock = babel_datetime(local, "HH:mm", locale=_locale(language()))
    return f"{format_date(local.date())} {clock}"


def format_time(moment: dt.datetime | None, time_zone: str = "Asia/Shanghai") -> str:
    """The hour and minute of an aware instant on the clocks of a time zone: `09:41`."""
    if moment is None:
        return NO_VALUE
    return babel_datetime(moment.astimezone(ZoneInfo(time_zone)), "HH:mm", locale=_locale(language()))
