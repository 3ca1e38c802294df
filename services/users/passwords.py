"""Passwords: kept as argon2id hashes only (RFC 9106)."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.errors import N_, RefusedError

SHORTEST_PASSWORD = 10
#: Password of every sample user, printed where the sample is: the sample is a show room, not a secret.
SAMPLE_PASSWORD = "greyledger"  # noqa: S105

_hasher = PasswordHasher()
#: Checked when the name is unknown, so that the time taken does not tell who exists.
NOBODYS_HASH = _hasher.hash(secrets.token_urlsafe(16))


def normal_login(login: str) -> str:
    """A name as it is compared and kept: without blanks around, in small letters."""
    return login.strip().casefold()


def hashed(login: str, password: str) -> str:
    """The hash of a password that may be used.

    Raises:
        RefusedError: it is shorter than ten characters, or the sign-in name itself.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise RefusedError(N_("The password needs at least %(count)s characters."), count=SHORTEST_PASSWORD)
    if normal_login(password) == login:
        raise RefusedError(N_("The password can't be the sign-in name."))
    return _hasher.hash(password)


def is_right(stored: str, password: str) -> bool:
    """True when the hash is the password's."""
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def rehashed(stored: str, password: str) -> str:
    """The hash to keep from now on: the same one unless it was made with weaker settings than today's."""
    return _hasher.hash(password) if _hasher.check_needs_rehash(stored) else stored
