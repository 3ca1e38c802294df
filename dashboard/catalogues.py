"""The translated sentences, read straight from the .po files: there is nothing to compile and nothing to forget."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "locale"
LANGUAGES = ("zh_Hans", "zh_Hant", "en")


class Catalogue:
    """The sentences of one language. A sentence that is not in it stays in English."""

    def __init__(
        self, singular: dict[str, str], plural: dict[str, tuple[str, ...]], form: Callable[[int], int]
    ) -> None:
        self._singular = singular
        self._plural = plural
        self._form = form

    def gettext(self, message: str) -> str:
        """The sentence in this language."""
        return self._singular.get(message, message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The form of the sentence that fits the count."""
        forms = self._plural.get(one)
        if forms is None:
            return one if count == 1 else many
        return forms[self._form(count)]


def po_file(language: str) -> Path:
    """Where the sentences of a language are kept."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> Catalogue:
    """The sentences of one of LANGUAGES, read once a process."""
    file = po_file(language)
    if not file.exists():
        return Catalogue({}, {}, lambda count: 0)
    with file.open("rb") as stream:
        read = read_po(stream, locale=language)
    singular: dict[str, str] = {}
    plural: dict[str, tuple[str, ...]] = {}
    for message in read:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, tuple):
            if all(message.string):
                plural[message.id[0]] = tuple(message.string)
                singular.setdefault(message.id[0], message.string[0])
        elif message.string:
            singular[message.id] = message.string
    return Catalogue(singular, plural, gettext.c2py(read.plural_expr))
