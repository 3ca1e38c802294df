"""Reads that are remembered until their data change.

    @cached_read("metrics", "incentives")
    def overview_figures(ctx: Context, first: date, last: date) -> tuple[Figure, ...]: ...

    figures = overview_figures(current_actor(), first, last)

The key holds the counters of the topics (services/data_versions.py), so a change in any process is seen at the next
read; the business date; and the actor's role and department, so that nobody sees what another may see. Reads that
depend on the person take the login as an argument. Arguments and rows are plain values; rows come back as copies.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache, partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from services.context import Actor, Context, unit_of_work
from services.data_versions import TOPICS, versions

P = ParamSpec("P")
R = TypeVar("R")

KEPT = dt.timedelta(minutes=30)
_MOST = 500


def cached_read(
    *topics: str,
) -> Callable[[Callable[Concatenate[Context, P], R]], Callable[Concatenate[Actor, P], R]]:
    """Remember what a read returns as long as no data of the topics change. Refusals and faults are not remembered."""
    unknown = set(topics) - set(TOPICS)
    if unknown:
        raise ValueError(f"no such topics: {sorted(unknown)}")

    def decorate(read: Callable[Concatenate[Context, P], R]) -> Callable[Concatenate[Actor, P], R]:
        name = f"{read.__module__}.{read.__qualname__}"

        @wraps(read)
        def cached(actor: Actor, *args: P.args, **kwargs: P.kwargs) -> R:
            with unit_of_work(actor) as ctx:
                place = str(ctx.session.get_bind().engine.url)
                scope = (place, ctx.today, actor.role, actor.department_id, versions(ctx, *topics))
                return _store()(name, plain((scope, args, kwargs)), partial(read, ctx, *args, **kwargs))

        return cached

    return decorate


@lru_cache(maxsize=1)
def _store() -> Callable[[str, str, Callable[[], Any]], Any]:
    """Streamlit's cache, made at the first read: before that there is no runtime to keep it."""

    @st.cache_data(ttl=KEPT, max_entries=_MOST, show_spinner=False)
    def remembered(name: str, key: str, _read: Callable[[], Any]) -> Any:  # noqa: ANN401  (any row)
        return _read()

    return remembered


def plain(value: object) -> str:
    """A text that is equal for equal values, whatever the order in which a set or a dict was filled."""
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return "{" + ",".join(sorted(f"{plain(key)}:{plain(item)}" for key, item in value.items())) + "}"
    if isinstance(value, set | frozenset):
        return "<" + ",".join(sorted(map(plain, value))) + ">"
    if isinstance(value, tuple | list):
        return "(" + ",".join(map(plain, value)) + ")"
    if is_dataclass(value) and not isinstance(value, type):
        return type(value).__qualname__ + plain({field.name: getattr(value, field.name) for field in fields(value)})
    return repr(value)
