"""Who shares what with whom: two steps from a customer over phone, account, address, legal representative and code.

What very many share (an agent's phone, an office tower) is a hub: it is counted, and leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from services import access
from services.context import Context
from services.customers import customer_by_no
from services.screening.explaining import kind_of
from services.screening.names import lock_screening, refresh_customer_names

#: Shared by more customers than this, a thing ties nobody to anybody.
HUB = 12
STEPS, MOST_NODES = 2, 60
_LINKS = "SELECT customer_id, links FROM screening_name WHERE customer_id = ANY(:ids) ORDER BY customer_id"
_SHARERS = """
SELECT l.link, n.customer_id
  FROM unnest(CAST(:links AS text[])) l(link)
  CROSS JOIN LATERAL (SELECT customer_id FROM screening_name n WHERE n.links @> ARRAY[l.link]
                       ORDER BY customer_id LIMIT :most) n
"""
_COUNT = "SELECT count(*) FROM screening_name n WHERE n.links @> ARRAY[CAST(:link AS text)]"
_NODES = """
SELECT c.customer_id, c.customer_no, c.name, c.risk_level, d.code AS department,
       (SELECT min(l.grade) FROM listing l WHERE l.customer_id = c.customer_id AND l.state = 'confirmed') AS grade
  FROM customer c LEFT JOIN department d ON d.id = c.owner_department_id WHERE c.customer_id = ANY(:ids)
"""


@dataclass(frozen=True)
class RelatedNode:
    """A customer of the network and how many steps it lies from the one asked for."""

    customer_id: int
    customer_no: str
    name: str
    level: str | None
    department: str | None
    grade: str | None
    step: int


@dataclass(frozen=True)
class RelatedEdge:
    """Two customers and the kinds of things that they share."""

    one: int
    other: int
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Hub:
    """Something of the customer's that many share."""

    kind: str
    customers: int


@dataclass(frozen=True)
class Network:
    """A customer's surroundings. `is_cut`: there are more than are shown."""

    center: int
    nodes: tuple[RelatedNode, ...]
    edges: tuple[RelatedEdge, ...]
    hubs: tuple[Hub, ...]
    is_cut: bool


# --- rules


def edges_of(members: Iterable[tuple[str, Sequence[int]]], kept: set[int]) -> tuple[RelatedEdge, ...]:
    """Who is tied to whom by which kinds, of those kept."""
    kinds: dict[tuple[int, int], set[str]] = {}
    for link, customers in members:
        here = sorted(one for one in customers if one in kept)
        for at, one in enumerate(here):
            for other in here[at + 1 :]:
                kinds.setdefault((one, other), set()).add(kind_of(link))
    return tuple(RelatedEdge(*pair, tuple(sorted(found))) for pair, found in sorted(kinds.items()))


# --- reads


def network_of(ctx: Context, customer_no: str) -> Network:
    """The customers that share something with a customer, and those that share something with them.

    Raises:
        NotAllowedError: the actor may not read customers.
        NotFoundError: there is no such customer.
    """
    access.ensure_may(ctx, "customer.read")
    center = customer_by_no(ctx, customer_no).customer_id
    _ensure_known(ctx, center)
    steps: dict[int, int] = {center: 0}
    members: dict[str, list[int]] = {}
    hubs: list[Hub] = []
    edge_of_sight, is_cut = [center], False
    for step in range(1, STEPS + 1):
        found = _members(ctx, edge_of_sight, members)
        if step == 1:
            hubs = _hubs(ctx, found)
        near = sorted({one for link in found if len(found[link]) <= HUB for one in found[link]} - steps.keys())
        room = MOST_NODES - len(steps)
        is_cut = is_cut or len(near) > room
        edge_of_sight = near[: max(0, room)]
        steps |= dict.fromkeys(edge_of_sight, step)
        members |= found
    # What the outermost share among themselves is a tie too.
    members |= _members(ctx, edge_of_sight, members)
    tied = [(link, who) for link, who in members.items() if 1 < len(who) <= HUB]
    return Network(center, _nodes(ctx, steps), edges_of(tied, set(steps)), tuple(hubs), is_cut)


def _ensure_known(ctx: Context, customer_id: int) -> None:
    """The customer asked for stands in the register of names, also a moment after it was brought in."""
    lock_screening(ctx)
    refresh_customer_names(ctx, [customer_id])


def _members(ctx: Context, customers: Sequence[int], known: dict[str, list[int]]) -> dict[str, list[int]]:
    """What these customers have that is not known yet, and who shares it: up to one more than makes a hub."""
    if not customers:
        return {}
    rows = ctx.session.execute(text(_LINKS), {"ids": list(customers)})
    links = sorted({link for row in rows for link in row.links} - known.keys())
    found: dict[str, list[int]] = {}
    for row in ctx.session.execute(text(_SHARERS), {"links": links, "most": HUB + 1}):
        found.setdefault(row.link, []).append(row.customer_id)
    return found


def _hubs(ctx: Context, found: dict[str, list[int]]) -> list[Hub]:
    """Of the customer's own things those that too many share, each with how many."""
    many = sorted(link for link, who in found.items() if len(who) > HUB)
    counts = [(link, int(ctx.session.execute(text(_COUNT), {"link": link}).scalar_one())) for link in many]
    return [Hub(kind_of(link), count) for link, count in counts]


def _nodes(ctx: Context, steps: dict[int, int]) -> tuple[RelatedNode, ...]:
    rows = ctx.session.execute(text(_NODES), {"ids": list(steps)})
    nodes = [
        RelatedNode(one.customer_id, one.customer_no, one.name, one.risk_level, one.department, one.grade,
                    steps[one.customer_id])
        for one in rows
    ]  # fmt: skip
    return tuple(sorted(nodes, key=lambda one: (one.step, one.customer_no)))
