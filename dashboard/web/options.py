"""Streamlit's options, taken from `.streamlit/config.toml` of this project from whatever folder the server is started.

Streamlit itself looks in the working folder, beside the script and in the home folder, and ignores STREAMLIT_*
variables when another server runs it. Here the file of the project is handed over as if each line were a command line
flag, which outranks all of those; then every option is read back.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from streamlit import config

PROJECT = Path(__file__).parents[2]
CONFIG_FILE = PROJECT / ".streamlit" / "config.toml"
_SECTIONS_OF_THEME = frozenset({"sidebar", "light", "dark"})


class WrongOptionsError(RuntimeError):
    """The server would run with other options than those that it was measured and secured with."""


def options_in(text: str) -> dict[str, Any]:
    """The options of a config.toml by dotted name: `{"theme.light.primaryColor": "#2F4B6E", ...}`."""
    found: dict[str, Any] = {}

    def walk(prefix: str, table: dict[str, Any]) -> None:
        for name, value in table.items():
            if isinstance(value, dict) and (not prefix or name in _SECTIONS_OF_THEME):
                walk(f"{prefix}{name}.", value)
            else:
                found[prefix + name] = value

    walk("", tomllib.loads(text))
    return found


def apply_options() -> None:
    """Make the project's options hold in this process.

    Raises:
        WrongOptionsError: the file is missing, or an option does not hold.
    """
    if not CONFIG_FILE.is_file():
        raise WrongOptionsError(f"{CONFIG_FILE} is missing")
    wanted = options_in(CONFIG_FILE.read_text(encoding="utf-8"))
    flags = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in wanted.items()}
    config.get_config_options(force_reparse=True, options_from_flags=flags)
    ensure_options(wanted)


def ensure_options(wanted: dict[str, Any]) -> None:
    """Read every option back.

    Raises:
        WrongOptionsError: one differs. Names all that do.
    """
    given = {name: config.get_option(name) for name in wanted}
    for name, value in given.items():
        if isinstance(wanted[name], dict) and isinstance(value, str):
            given[name] = json.loads(value)
    differing = [
        f"{name} is {given[name]!r} instead of {wanted[name]!r}" for name in wanted if given[name] != wanted[name]
    ]
    if differing:
        raise WrongOptionsError("; ".join(differing))
