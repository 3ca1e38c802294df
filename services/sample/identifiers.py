"""Identity numbers that are well formed and nobody's: right check digits, in ranges that nobody hands out."""

from __future__ import annotations

from random import Random

_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015: the 31 characters of a unified social credit code (no I, O, S, V, Z)."""
_ORGANISATION_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
UNASSIGNED_PREFIX = "MW"
"""Organisation codes begin with a series that the registry has not opened: no code here belongs to a company."""


def organisation_check(body: str) -> str:
    """The check character of GB 11714 for the eight characters of an organisation code (X stands for ten)."""
    weighted = zip(body, _ORGANISATION_WEIGHTS, strict=True)
    check = 11 - sum(_ORGANISATION_LETTERS.index(letter) * weight for letter, weight in weighted) % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def credit_code_check(body: str) -> str:
    """The check character of GB 32100-2015 for the first 17 characters: weights are the powers of 3 modulo 31."""
    total = sum(_CODE_LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return _CODE_LETTERS[-total % 31]


def credit_code(region: str, number: int) -> str:
    """The unified social credit code of company `number` in the region (GB/T 2260, six digits): 18 characters."""
    body = f"{UNASSIGNED_PREFIX}{number:06d}"
    code = f"91{region}{body}{organisation_check(body)}"
    return code + credit_code_check(code)


def phone(rng: Random) -> str:
    """An 11-digit mobile number of a range (12x) that no operator has."""
    return f"12{rng.randrange(10**9):09d}"


def phone_abroad(rng: Random) -> str:
    """A number of the country code +999, which is not assigned."""
    return f"+999 {rng.randrange(10**4):04d} {rng.randrange(10**4):04d}"


def bank_account(rng: Random) -> str:
    """A 19-digit account number that begins with zeros, as none of a bank does: it must stay text."""
    return f"0000{rng.randrange(10**15):015d}"
