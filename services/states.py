"""The two guards in front of every change of state (SPEC 4)."""

from __future__ import annotations

from collections.abc import Mapping, Set

from services.errors import N_, IllegalMoveError, StaleError

Transitions = Mapping[str, Set[str]]


def ensure_transition(transitions: Transitions, current: str, wanted: str) -> None:
    """Refuse a move that the lifecycle does not allow.

    Raises:
        IllegalMoveError: `wanted` does not follow `current`.
    """
    if wanted not in transitions.get(current, frozenset()):
        raise IllegalMoveError(
            N_("This record is %(current)s and can't become %(wanted)s. Reload to see where it stands."),
            current=current,
            wanted=wanted,
        )


def ensure_fresh(seen_version: int, version: int) -> None:
    """Refuse an act on a record that changed since it was shown.

    Raises:
        StaleError: the versions differ.
    """
    if seen_version != version:
        raise StaleError(N_("Somebody changed this record while you were looking at it. Reload and decide again."))
