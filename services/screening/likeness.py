"""How alike two names are, part by part, and what each part adds to the score of 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA, Indel, Levenshtein

from services.screening.name_parts import NameParts, parts_of, spelled
from services.screening.normal_forms import syllables
from services.screening.phonetics import sound
from services.screening.vocabulary import PROVINCE_OF, TWINS


class Agreement(StrEnum):
    """How a part of two names stands to one another."""

    SAME = "same"
    NEAR = "near"
    ONE_SIDE = "one_side"
    NEITHER = "neither"
    OTHER = "other"


@dataclass(frozen=True)
class Likeness:
    """What two names have in common. `core` is 0 to 1; `is_other_script` when pinyin had to stand between them."""

    core: float
    core_length: int
    place: Agreement
    trade: Agreement
    form: Agreement
    is_other_script: bool = False
    is_same_words: bool = False
    differing: int = 0


@dataclass(frozen=True)
class Weights:
    """What parts add to the score. Found on the tuning half of benchmarks/screening.py."""

    core: float = 0.80
    core_power: float = 1.2
    place: float = 0.10
    trade: float = 0.10
    near: float = 0.85
    one_side: float = 0.52
    neither: float = 0.50
    other_place: float = -1.2
    other_trade: float = -1.2
    homophone: float = 0.15
    twin: float = 0.15
    missing: float = 0.57
    leading: float = 0.45
    garbled: float = 0.15
    slip: float = 0.64
    conflict: float = 1.7
    word_missing: float = 0.8
    inside: float = 0.55
    long_core: float = 0.90


WEIGHTS = Weights()
_LEAST_SIMILAR_WORD = 0.72
_LONG_CORE = 4
_OTHER_NUMERAL = 0.75
_ROMAN = frozenset({"ii", "iii", "iv", "vi", "vii", "viii"})


# --- rules


@lru_cache(maxsize=50_000)
def likeness(mine: str, theirs: str, weights: Weights = WEIGHTS) -> Likeness:
    """Compare two names; which is which does not matter."""
    a, b = parts_of(mine), parts_of(theirs)
    if a.is_han and b.is_han:
        return _of_han(a, b, weights)
    if not a.is_han and not b.is_han:
        return _of_latin(a, b, weights)
    return _of_both(a, b) if a.is_han else _of_both(b, a)


def score_parts(found: Likeness, weights: Weights = WEIGHTS) -> tuple[float, float, float]:
    """What core, place and line of business add; their sum, held between 0 and 1, is the score."""
    if found.core == 1 and {found.place, found.trade} <= {Agreement.SAME, Agreement.NEITHER}:
        return weights.core, weights.place, weights.trade
    core = weights.core * found.core**weights.core_power
    place = weights.place * _worth(found.place, weights, weights.other_place)
    trade = weights.trade * _worth(found.trade, weights, weights.other_trade)
    return core, place, trade


def score_of(found: Likeness, weights: Weights = WEIGHTS) -> float:
    """How alike two names are, 0 to 1."""
    return min(1.0, max(0.0, sum(score_parts(found, weights))))


def _worth(agreement: Agreement, weights: Weights, other: float) -> float:
    return {
        Agreement.SAME: 1.0, Agreement.NEAR: weights.near, Agreement.ONE_SIDE: weights.one_side,
        Agreement.NEITHER: weights.neither, Agreement.OTHER: other,
    }[agreement]  # fmt: skip


# --- Chinese with Chinese: characters aligned, each weighing what its part weighs


@dataclass(frozen=True)
class _Line:
    """Characters in one order (place, core, line of business) with the part that each belongs to."""

    text: str
    parts: str


def _line(one: NameParts) -> _Line:
    place = "".join(one.places)
    text = place + one.core + one.trade
    return _Line(text, "p" * len(place) + "c" * len(one.core) + "t" * len(one.trade))


def _of_han(a: NameParts, b: NameParts, weights: Weights) -> Likeness:
    place = _places(a.places, b.places)
    both_placed = bool(a.places and b.places)
    mine, theirs = (_line(_unplaced(one) if both_placed else one) for one in (a, b))
    cost, matched_mine, matched_theirs = _alignment(mine, theirs, weights)
    length = max(len(a.core), len(b.core))
    # One slip in a long name says less against it than one in a short name.
    core = max(0.0, 1 - cost / length * (weights.long_core if length >= _LONG_CORE else 1.0))
    if not both_placed and (a.places or b.places):
        line, matched = (mine, matched_mine) if a.places else (theirs, matched_theirs)
        place = _garbled(line, matched, "p")
    return Likeness(
        core, min(len(a.core), len(b.core)), place, _trades(a, b, (mine, matched_mine), (theirs, matched_theirs)),
        _forms(a, b), differing=round(cost),
    )  # fmt: skip


def _unplaced(one: NameParts) -> NameParts:
    return NameParts(True, (), one.core, one.trades, one.form, one.branch)


def _alignment(mine: _Line, theirs: _Line, weights: Weights) -> tuple[float, list[float], list[float]]:
    """What differs in the cores, and how well each character of both is met."""
    met_mine, met_theirs = [0.0] * len(mine.text), [0.0] * len(theirs.text)
    cost = 0.0
    for step in Levenshtein.opcodes(mine.text, theirs.text):
        tag, a1, a2 = step.tag, step.src_start, step.src_end
        b1, b2 = step.dest_start, step.dest_end
        if tag == "delete":
            cost += _lost(mine, a1, a2, weights)
        elif tag == "insert":
            cost += _lost(theirs, b1, b2, weights)
        else:
            for at, to in zip(range(a1, a2), range(b1, b2), strict=True):
                price = 0.0 if tag == "equal" else _price(mine.text[at], theirs.text[to], weights)
                met_mine[at] = met_theirs[to] = 1 - price
                parts = mine.parts[at] + theirs.parts[to]
                cost += price * (1.0 if parts == "cc" else weights.garbled if "c" in parts else 0.0)
    return cost, met_mine, met_theirs


def _lost(line: _Line, start: int, end: int, weights: Weights) -> float:
    """Of characters that only one name has. Two or three in front may be a place that no list knows."""
    own = [at for at in range(start, end) if line.parts[at] == "c"]
    leads = len(own) in (2, 3) and own[0] == line.parts.index("c") and line.parts.count("c") - len(own) > 1
    return len(own) * (weights.leading if leads else weights.missing)


def _price(one: str, other: str, weights: Weights) -> float:
    """Of one character for another: little where they sound or look the same."""
    if syllables(one) == syllables(other):
        return weights.homophone
    return weights.twin if other in TWINS.get(one, ()) else 1.0


def _garbled(line: _Line, met: list[float], part: str) -> Agreement:
    """A part that only one name shows: its characters may stand, misspelled, in the other's core."""
    shares = [met[at] for at in range(len(line.text)) if line.parts[at] == part]
    return Agreement.NEAR if shares and sum(shares) / len(shares) >= 0.5 else Agreement.ONE_SIDE


def _places(mine: tuple[str, ...], theirs: tuple[str, ...]) -> Agreement:
    if not mine and not theirs:
        return Agreement.NEITHER
    if not mine or not theirs:
        return Agreement.ONE_SIDE
    if set(mine) & set(theirs):
        return Agreement.SAME
    provinces = [{PROVINCE_OF.get(place, place) for place in side} for side in (mine, theirs)]
    if provinces[0] & set(theirs) or provinces[1] & set(mine):
        return Agreement.NEAR
    if any(Levenshtein.distance(one, other) < min(len(one), len(other)) and one not in PROVINCE_OF
           for one in mine for other in theirs):  # fmt: skip
        return Agreement.NEAR
    return Agreement.OTHER


def _trades(
    a: NameParts, b: NameParts, mine: tuple[_Line, list[float]], theirs: tuple[_Line, list[float]]
) -> Agreement:
    if not a.trades and not b.trades:
        return Agreement.NEITHER
    if a.trades == b.trades:
        return Agreement.SAME
    if not a.trades or not b.trades:
        return _garbled(*(mine if a.trades else theirs), "t")
    return _trade_words(a.trades, b.trades, a.trade, b.trade)


def _trade_words(mine: tuple[str, ...], theirs: tuple[str, ...], one: str, other: str) -> Agreement:
    if set(mine) == set(theirs):
        return Agreement.SAME
    shared = len(set(mine) & set(theirs))
    fewer = min(len(mine), len(theirs))
    if shared == fewer:
        return Agreement.NEAR
    similar = Indel.normalized_similarity(one, other)
    return Agreement.NEAR if similar >= 0.6 or (shared and similar >= 0.5) else Agreement.OTHER


def _forms(a: NameParts, b: NameParts) -> Agreement:
    if a.form == b.form:
        return Agreement.SAME if a.form else Agreement.NEITHER
    return Agreement.OTHER if a.form and b.form else Agreement.ONE_SIDE


# --- Latin with Latin: words paired, whatever their order


def _of_latin(a: NameParts, b: NameParts, weights: Weights) -> Likeness:
    mine, theirs = _own_words(a, b), _own_words(b, a)
    core = _words(mine, theirs, weights)
    one, other = "".join(mine), "".join(theirs)
    slips = Levenshtein.distance(one, other)
    if slips <= len(one) // 12:  # run together, or parted
        core = max(core, 1 - slips / max(1, len(one)))
    if _numerals(a.words) != _numerals(b.words):
        core *= _OTHER_NUMERAL
    trade = Agreement.NEITHER
    if a.trades or b.trades:
        trade = _trade_words(a.trades, b.trades, a.trade, b.trade) if a.trades and b.trades else Agreement.ONE_SIDE
        if len(mine) + len(theirs) < len(a.words) + len(b.words) and trade is not Agreement.SAME:
            trade = Agreement.NEAR
    return Likeness(
        core, 3 if min(len(one), len(other)) > 4 else 2, _latin_places(a.places, b.places), trade, _forms(a, b),
        is_same_words=sorted(a.words) == sorted(b.words),
    )  # fmt: skip


def _own_words(one: NameParts, other: NameParts) -> tuple[str, ...]:
    """The words of a name's own; not those that are a slip of a common word of the other."""
    common = (*other.shared_words, *other.places, *other.form.split())
    kept = tuple(
        word for word in one.words
        if not (len(word) > 2 and any(Levenshtein.distance(word, known) <= 1 + len(known) // 8 for known in common))
    )  # fmt: skip
    return kept or one.words


def _numerals(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for word in words if word.isdigit() or word in _ROMAN)


def _latin_places(mine: tuple[str, ...], theirs: tuple[str, ...]) -> Agreement:
    if not mine and not theirs:
        return Agreement.NEITHER
    if not mine or not theirs:
        return Agreement.ONE_SIDE
    return Agreement.SAME if set(mine) & set(theirs) else Agreement.OTHER


def _words(mine: tuple[str, ...], theirs: tuple[str, ...], weights: Weights) -> float:
    """1 less what is unlike: pairs of words by how unlike they are, words against words, words that one side lacks."""
    pairs = sorted(
        (
            (_word_likeness(one, other, weights), at, to)
            for at, one in enumerate(mine)
            for to, other in enumerate(theirs)
        ),
        reverse=True,
    )
    left_mine, left_theirs = set(range(len(mine))), set(range(len(theirs)))
    lost = 0.0
    for similar, at, to in pairs:
        if similar < _LEAST_SIMILAR_WORD:
            break
        if at in left_mine and to in left_theirs:
            left_mine.discard(at)
            left_theirs.discard(to)
            lost += (1 - similar) * (_weight(mine[at]) + _weight(theirs[to]))
    over_mine, over_theirs = sum(_weight(mine[at]) for at in left_mine), sum(_weight(theirs[to]) for to in left_theirs)
    # A second given name that one side leaves out is usual; a word against a word is not.
    is_inside = min(len(mine), len(theirs)) > 1 and not (left_mine and left_theirs)
    lack = weights.word_missing * (weights.inside if is_inside else 1.0)
    lost += weights.conflict * 2 * min(over_mine, over_theirs) + lack * abs(over_mine - over_theirs)
    whole = sum(map(_weight, mine)) + sum(map(_weight, theirs))
    return max(0.0, 1 - lost / whole) if whole else 0.0


def _weight(word: str) -> float:
    """Long words are rarer than short ones."""
    return min(1.0, 0.25 + len(word) / 6)


def _word_likeness(one: str, other: str, weights: Weights) -> float:
    if one == other:
        return 1.0
    if len(one) == 1 or len(other) == 1:
        return 0.75 if one[0] == other[0] else 0.0
    if one.isdigit() or other.isdigit():
        return 0.0
    length = max(len(one), len(other))
    slips = OSA.distance(one, other)
    edited = 1 - slips / length * (weights.slip if slips <= 1 + length // 6 else 1.0)
    if edited >= 0.5 and min(len(one), len(other)) >= 4 and sound(one) == sound(other):
        edited = max(edited, 0.92)
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= 4 and longer.startswith(shorter):
        edited = max(edited, 0.85)
    return edited


# --- Chinese with Latin: the Chinese name as it is spelled


def _of_both(han: NameParts, latin: NameParts) -> Likeness:
    letters, place = spelled(latin, ("".join(syllables(han.form)),) if han.form else ()), _spelled_places(han, latin)
    core, trade_letters = han.letters, "".join(syllables(han.trade))
    trade = Agreement.ONE_SIDE if han.trades or latin.trades else Agreement.NEITHER
    if latin.trades and han.trades:
        trade = _trade_words(han.trades, latin.trades, han.trade, latin.trade)
        trade = Agreement.ONE_SIDE if trade is Agreement.OTHER and set(latin.trade) & set(han.trade) else trade
    for spelling in ("".join(syllables("".join(han.places))), *("".join(syllables(one)) for one in han.places)):
        if spelling and letters.startswith(spelling) and len(letters) > len(spelling) + 1:
            letters, place = letters.removeprefix(spelling), Agreement.SAME
            break
    if trade_letters and letters.endswith(trade_letters) and len(letters) > len(trade_letters) + 1:
        letters, trade = letters.removesuffix(trade_letters), Agreement.SAME
    similar = max(
        Levenshtein.normalized_similarity(letters, core),
        Levenshtein.normalized_similarity(letters, core + trade_letters) if trade_letters else 0.0,
    )
    return Likeness(similar, len(han.core), place, trade, Agreement.NEITHER, is_other_script=True)


def _spelled_places(han: NameParts, latin: NameParts) -> Agreement:
    spelled_ones = {"".join(syllables(place)) for place in han.places}
    provinces = {"".join(syllables(PROVINCE_OF.get(place, place))) for place in han.places}
    if not spelled_ones and not latin.places:
        return Agreement.NEITHER
    if not spelled_ones or not latin.places:
        return Agreement.ONE_SIDE
    if spelled_ones & set(latin.places):
        return Agreement.SAME
    return Agreement.NEAR if provinces & set(latin.places) or "china" in latin.places else Agreement.OTHER
