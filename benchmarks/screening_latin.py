"""Pairs of Latin names for benchmarks/screening.py, made from a sanctions list's organisations and persons."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from benchmarks.screening_pairs import Pair, nearest

_FORMS = re.compile(
    r"(?i),?\s*\b(co\.?,? ltd\.?|company|limited|ltd\.?|inc\.?|llc|s\.a\.|gmbh|corporation|corp\.?|co\.)(?=\s|$)"
)
_TRADES = ("TRADING", "SHIPPING", "ENGINEERING", "TRAVEL", "MINING", "FOODS", "INSURANCE", "TEXTILES")
_SHORT = {"COMPANY": "CO.", "LIMITED": "LTD", "CORPORATION": "CORP", "INTERNATIONAL": "INTL", "TRADING": "TRDG",
          "INDUSTRIES": "IND", "ENGINEERING": "ENGG", "AND": "&", "GENERAL": "GEN"}  # fmt: skip
_OTHER_WORDS = ("ORION", "CEDAR", "MERIDIAN", "FALCON", "ZENITH", "BALTIC", "SAHARA", "LOTUS", "PIONEER", "HORIZON")
#: How one name is spelled from one alphabet to the next.
_SPELLINGS = (("KH", "H"), ("OU", "U"), ("EE", "I"), ("AH", "A"), ("Q", "K"), ("AL-", "EL "), ("DJ", "J"), ("SH", "CH"),
              ("Y", "I"), ("W", "V"), ("C", "K"), ("TS", "Z"), ("II", "Y"), ("O", "U"))  # fmt: skip
Maker = Callable[[str, random.Random], str | None]


def _places(name: str) -> list[int]:
    """Letters of words of four and more: a slip in "CO" is no slip in a name."""
    return [at for word in re.finditer(r"[A-Z]{4,}", name) for at in range(word.start(), word.end())]


def _typo(name: str, rng: random.Random) -> str | None:
    places = _places(name)
    if not places:
        return None
    at = rng.choice(places)
    kind = rng.randrange(3)
    if kind == 0:
        return name[:at] + rng.choice("AEIORSTN") + name[at + 1 :]
    return name[:at] + name[at + 1 :] if kind == 1 else name[: at + 1] + name[at] + name[at + 1 :]


def _transposed(name: str, rng: random.Random) -> str | None:
    places = [at for at in _places(name) if at + 1 in set(_places(name)) and name[at] != name[at + 1]]
    if not places:
        return None
    at = rng.choice(places)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _shortened(name: str, _rng: random.Random) -> str | None:
    return " ".join(_SHORT.get(word, word) for word in name.split())


def _swapped(name: str, rng: random.Random) -> str | None:
    if "," in name:
        last, _, first = name.partition(", ")
        return f"{first} {last}"
    words = name.split()
    if len(words) < 3:
        return None
    at = rng.randrange(len(words) - 1)
    return " ".join([*words[:at], words[at + 1], words[at], *words[at + 2 :]])


def _word_missing(name: str, rng: random.Random) -> str | None:
    words = name.split()
    if len(words) < 4:
        return None
    at = rng.randrange(1, len(words))
    return " ".join(words[:at] + words[at + 1 :])


def _spelled(name: str, rng: random.Random) -> str | None:
    kinds = [(old, new) for old, new in _SPELLINGS if old in name[1:]]
    if not kinds:
        return None
    old, new = rng.choice(kinds)
    return name[0] + name[1:].replace(old, new, 1)


TUNING: dict[str, Maker] = {
    "form dropped": lambda name, _: _FORMS.sub("", name).strip(" ,") or None,
    "form added": lambda name, _: None if "," in name or _FORMS.search(name) else name + " LTD",
    "typo": _typo,
    "swapped": _swapped,
    "lower case": lambda name, _: name.title(),
    "punctuation": lambda name, _: re.sub(r"[-.,']", " ", name),
}
HELD_BACK: dict[str, Maker] = {
    "spelled in another way": _spelled,
    "transposed": _transposed,
    "shortened": _shortened,
    "word missing": _word_missing,
    "run together": lambda name, rng: _run_together(name, rng),
}


def _run_together(name: str, rng: random.Random) -> str | None:
    words = name.split()
    if len(words) < 3 or "," in name:
        return None
    at = rng.randrange(len(words) - 1)
    return " ".join([*words[:at], words[at] + words[at + 1], *words[at + 2 :]])


def _other_word(name: str, rng: random.Random) -> str | None:
    words = name.split()
    long = [at for at, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    if not long or len(words) < 2:
        return None
    at = long[0]
    return " ".join([*words[:at], rng.choice(_OTHER_WORDS), *words[at + 1 :]])


def _other_trade(name: str, rng: random.Random) -> str | None:
    known = next((word for word in name.split() if word in _TRADES), None)
    return None if known is None else name.replace(known, rng.choice([one for one in _TRADES if one != known]))


TRAPS: dict[str, Maker] = {"another word": _other_word, "sibling": _other_trade}


def latin_pairs(names: list[str], makers: dict[str, Maker], seed: int) -> list[Pair]:
    """For each name two kinds of noise, a trap, and the nearest other entry."""
    rng = random.Random(seed)
    pairs = []
    for name in names:
        for table, is_same, most in ((makers, True, 2), (TRAPS, False, 1)):
            kinds = list(table)
            rng.shuffle(kinds)
            made = [(kind, table[kind](name, rng)) for kind in kinds]
            good = [(kind, other) for kind, other in made if other and other != name]
            pairs += [Pair(name, other, is_same, kind) for kind, other in good[:most]]
        pairs += nearest(name, names)
    return pairs
