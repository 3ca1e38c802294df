"""How a Latin word sounds, roughly: spellings of one name in several tongues fall together."""

from __future__ import annotations

import re
from functools import lru_cache

_STEPS = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"sch|tsch|tch|ch|sh|zh|cz|sz", "x"), (r"ph", "f"), (r"th|dh", "t"), (r"kh|gh|ck|q|c|g", "k"), (r"w", "v"),
        (r"b(?=$)", "p"), (r"dj|j|y(?=[aeiou])", "j"), (r"z", "s"), (r"d(?=$)", "t"), (r"[aeiouyh]+", "a"),
        (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """The sound of a word: its first letter's and its consonants; vowels only at the start."""
    for pattern, by in _STEPS:
        word = pattern.sub(by, word)
    return word[:1] + word[1:].replace("a", "")
