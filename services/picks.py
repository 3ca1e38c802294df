"""Records that a person chose in a list, to decide on all of them or none: as they were seen, and why one can't be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.errors import RefusedError


@dataclass(frozen=True)
class Pick:
    """A customer's record as the person saw it."""

    customer_id: int
    id: int
    version: int


@dataclass(frozen=True)
class PickRefusal:
    """Why one of the chosen can't take the step: a message id and its params."""

    customer_id: int
    id: int
    customer_no: str | None
    template: str
    params: Mapping[str, object]


class PicksRefusedError(RefusedError):
    """A decision on many was refused as a whole; `refusals` says why, row by row. Nothing was changed.

    `template` names how many were `refused` of the `chosen`.
    """

    def __init__(self, template: str, refusals: Sequence[PickRefusal], chosen: int) -> None:
        self.refusals = tuple(refusals)
        super().__init__(template, refused=len(refusals), chosen=chosen)
