"""What a name is found by: two names that may be one firm's share at least one key, most others none.

Keys are short texts with a letter for their kind: b two characters in a row (or with one between), p the same by their
sound, r a character with the place, t with the line of business (for short names, where one wrong character leaves no
pair), x the sound of a Latin word, g five letters in a row. A Chinese name has g of its pinyin too: that is where
spellings in Latin letters meet it.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.screening.name_parts import NameParts, parts_of, spelled
from services.screening.normal_forms import (
    account_form,
    address_form,
    compact_code,
    digest,
    person_form,
    phone_form,
    syllables,
)
from services.screening.phonetics import sound

#: Part of every print: a release that makes other keys raises it, and all keys are made again.
EDITION = "1"
_GRAM, _SHORT_CORE, _MOST_LETTERS, _MOST_ASKED = 5, 3, 14, 40
_LEAST_SPOKEN = 3


def keys_of(name: str, *, is_asked: bool = False) -> list[str]:
    """The keys of a name. One that is asked for has more: its place and line of business may stand in Latin letters
    that nothing sets apart."""
    parts = parts_of(name)
    found = set(_han_keys(parts) if parts.is_han else _latin_keys(parts, is_asked=is_asked))
    return sorted(found)


def _han_keys(parts: NameParts) -> Iterable[str]:
    core, sounds = parts.core, syllables(parts.core)
    for step in (1, 2):
        for at in range(len(core) - step):
            yield f"b:{core[at]}{core[at + step]}"
            yield f"p:{sounds[at]}-{sounds[at + step]}"
    if len(core) == 1:
        yield f"b:{core}"
    if len(core) <= _SHORT_CORE:
        for one in core:
            yield from (f"r:{one}{place}" for place in parts.places)
            if parts.trades:
                yield f"t:{one}{parts.trades[0]}"
    yield from _grams(parts.letters[:_MOST_LETTERS])


def _latin_keys(parts: NameParts, *, is_asked: bool) -> Iterable[str]:
    for word in parts.words:
        if len(word) >= _LEAST_SPOKEN:
            yield f"x:{sound(word)}"
        elif word.isdigit():
            yield f"x:{word}"
    letters = spelled(parts)
    yield from _grams(letters[: _MOST_ASKED if is_asked else _MOST_LETTERS])
    for word in parts.words:
        yield from _grams(word[:_MOST_LETTERS])


def _grams(letters: str) -> Iterable[str]:
    if 2 <= len(letters) < _GRAM:
        yield f"g:{letters}"
    for at in range(len(letters) - _GRAM + 1):
        yield f"g:{letters[at : at + _GRAM]}"


def links_of(
    *,
    uscc: str | None = None,
    phone: str | None = None,
    bank_account: str | None = None,
    address: str | None = None,
    legal_representative: str | None = None,
) -> list[str]:
    """What ties a customer to others, as digests."""
    forms = {
        "uscc": compact_code(uscc), "phone": phone_form(phone), "bank_account": account_form(bank_account),
        "address": address_form(address), "legal_representative": person_form(legal_representative),
    }  # fmt: skip
    return [digest(kind, form) for kind, form in forms.items() if form]
