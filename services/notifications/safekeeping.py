"""Addresses and passwords are secrets: encrypted in the database, with a key that the database does not hold.

The key is `GREYLEDGER_SECRET_KEY`, or the file `secret.key` in the home folder, made at the first use. Several keys by
comma: the first encrypts, all decrypt, so that a key can be replaced. A backup of the database alone opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from db.embedded import home_folder
from services.errors import N_, RefusedError

KEY_VARIABLE = "GREYLEDGER_SECRET_KEY"
KEY_FILE = "secret.key"


class LostKeyError(RefusedError):
    """A secret was encrypted with a key that this machine does not have."""


def sealed(plain: str) -> str:
    """A text as it is kept."""
    return _ring(_keys()).encrypt(plain.encode()).decode()


def opened(kept: str) -> str:
    """The text that was kept.

    Raises:
        LostKeyError: the key is another one.
    """
    try:
        return _ring(_keys()).decrypt(kept.encode()).decode()
    except InvalidToken as error:
        raise LostKeyError(
            N_(
                "This address was stored with another secret key. Give the web server and the worker the same key, "
                "or add the address again."
            )
        ) from error


def fingerprint(plain: str) -> str:
    """Equal for equal texts, and useless without the key: finds an address that is there already."""
    return hmac.new(_keys().split(",")[-1].encode(), plain.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=4)
def _ring(keys: str) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key.strip()) for key in keys.split(",")])
    except ValueError as error:
        raise LostKeyError(N_("The secret key is not usable. Make one with: greyledger notify key")) from error


def new_key() -> str:
    """A key for `GREYLEDGER_SECRET_KEY`."""
    return Fernet.generate_key().decode()


def _keys() -> str:
    return os.environ.get(KEY_VARIABLE, "").strip() or _key_of_file(home_folder() / KEY_FILE)


def _key_of_file(path: Path) -> str:
    """The key in the file; made where there is none, readable by its owner only, by one of several processes."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(new_key())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()
