"""Which kind of file this looks like, when the chosen one does not fit its headers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from services.imports.kinds import KINDS
from services.imports.mapping import propose_mapping


def likely_kind(headers: Sequence[str], chosen: str, among: Collection[str] = tuple(KINDS)) -> str | None:
    """The kind whose required columns the file all has, and most columns beside; None while the chosen one fits too."""
    found = {name: propose_mapping(kind, headers) for name, kind in KINDS.items() if name in among or name == chosen}
    fitting = {name: len(columns) for name, columns in found.items() if set(KINDS[name].required) <= columns.keys()}
    if chosen in fitting or not fitting:
        return None
    likely = max(fitting, key=lambda name: fitting[name])
    return likely if fitting[likely] > len(found[chosen]) else None
