"""Check digits of unified social credit codes (GB 32100-2015), for a whole column at once."""

from __future__ import annotations

import numpy as np
import polars as pl

LENGTH = 18
#: The 31 characters of GB 32100-2015: no I, O, S, V, Z.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = np.array([3**place % 31 for place in range(LENGTH - 1)])
_VALUES = np.zeros(256, dtype=np.int64)
_VALUES[[ord(character) for character in _ALPHABET]] = range(len(_ALPHABET))


def wrong_credit_codes(codes: pl.Series) -> int:
    """How many of the codes are not a valid unified social credit code. Blank ones are not counted.

    tests/rules/test_import_identifiers.py holds it to python-stdnum, which checks one code at a time.
    """
    given = codes.drop_nulls().str.to_uppercase()
    formed = given.filter(given.str.contains(rf"^[0-9ANY]\d{{7}}[{_ALPHABET}]{{10}}$"))
    if not len(formed):
        return len(given)
    text = "".join(formed.to_list()).encode()
    values = _VALUES[np.frombuffer(text, dtype=np.uint8)].reshape(-1, LENGTH)
    expected = (31 - values[:, :-1] @ _WEIGHTS % 31) % 31
    return len(given) - int((expected == values[:, -1]).sum())
