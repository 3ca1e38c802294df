"""Views of the triage desk: a person keeps its filters under a name, and may share them with the own department."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from db.models import AppUser, DeskView
from services import access, ledger
from services.context import Context
from services.errors import N_, NotAllowedError, NotFoundError, RefusedError
from services.states import ensure_fresh

#: The filters of the desk as the address names them, in the order in which they are kept.
VIEW_FILTERS = ("mine", "severity", "rule", "department", "state", "held", "due", "snoozed", "search")
MOST_VIEWS, LONGEST_NAME = 20, 60
_LONGEST_VALUE = 100


@dataclass(frozen=True)
class DeskViewRow:
    """A view as its reader sees it. `owner` is None for the reader's own."""

    id: int
    version: int
    name: str
    filters: Mapping[str, str]
    is_shared: bool
    owner: str | None


# --- rules


def kept_filters(given: Mapping[str, str]) -> dict[str, str]:
    """What of an address a view keeps: the filters that are set; no place in the list, no open warning.

    Raises:
        RefusedError: none is set.
    """
    kept = {name: given[name].strip()[:_LONGEST_VALUE] for name in VIEW_FILTERS if given.get(name, "").strip()}
    if not kept:
        raise RefusedError(N_("No filter is set. Set one, then keep the view."))
    return kept


def view_name(written: str) -> str:
    """A name that a view can have.

    Raises:
        RefusedError: it is empty or too long.
    """
    name = " ".join(written.split())
    if not name:
        raise RefusedError(N_("Give the view a name."))
    if len(name) > LONGEST_NAME:
        raise RefusedError(N_("The name of a view has at most %(most)s characters."), most=LONGEST_NAME)
    return name


# --- commands


def keep_view(ctx: Context, name: str, filters: Mapping[str, str], *, is_shared: bool = False) -> DeskViewRow:
    """Keep filters under a name. A view of the same name is written over: it is how a view is changed.

    Raises:
        NotAllowedError, RefusedError: not a person; no name, no filter, too many views.
    """
    access.ensure_may(ctx, "desk_view.keep")
    person = _person(ctx)
    called, kept = view_name(name), kept_filters(filters)
    # The person's row is the lock: two windows can't both count nineteen, nor both add the same name.
    ctx.session.execute(select(AppUser.id).where(AppUser.id == person).with_for_update())
    row = ctx.session.scalar(select(DeskView).where(DeskView.user_id == person, DeskView.name == called))
    if row is None:
        count = ctx.session.scalar(select(func.count()).where(DeskView.user_id == person)) or 0
        if count >= MOST_VIEWS:
            raise RefusedError(N_("You keep %(most)s views already. Remove one first."), most=MOST_VIEWS)
        row = DeskView(
            user_id=person, name=called, filters=kept, department_id=_shared_with(ctx, is_shared=is_shared),
            kept_at=ctx.now, changed_at=ctx.now,
        )  # fmt: skip
        with ledger.change(ctx, "desk_view.kept", row):
            ctx.session.add(row)
    else:
        with ledger.change(ctx, "desk_view.kept", row):
            row.filters, row.department_id = kept, _shared_with(ctx, is_shared=is_shared)
    return _after(row)


def change_view(ctx: Context, view_id: int, version: int, name: str, *, is_shared: bool) -> DeskViewRow:
    """Give the own view another name, share it with the own department, or stop sharing it.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    row = _own(ctx, view_id, version)
    called = view_name(name)
    try:
        with ctx.session.begin_nested(), ledger.change(ctx, "desk_view.changed", row):
            row.name, row.department_id = called, _shared_with(ctx, is_shared=is_shared)
            ctx.session.flush()
    except IntegrityError as error:
        raise RefusedError(N_("You keep a view of this name already."), name=called) from error
    return _after(row)


def remove_view(ctx: Context, view_id: int, version: int) -> None:
    """Remove the own view, also for whom it was shared with.

    Raises:
        NotAllowedError, NotFoundError, StaleError: nothing was changed.
    """
    row = _own(ctx, view_id, version)
    before = ledger.values_of(row)
    ctx.session.delete(row)
    ctx.session.flush()
    ledger.record(ctx, "desk_view.removed", f"desk_view:{view_id}", before=before)


def _own(ctx: Context, view_id: int, version: int) -> DeskView:
    access.ensure_may(ctx, "desk_view.keep")
    person = _person(ctx)
    found = select(DeskView).where(DeskView.id == view_id).with_for_update()
    row = ctx.session.scalar(found.execution_options(populate_existing=True))
    if row is None:
        raise NotFoundError(N_("This view does not exist any more."))
    if row.user_id != person:
        raise NotAllowedError(N_("This is another person's view. Keep it under a name of your own to change it."))
    ensure_fresh(version, row.version)
    return row


def _person(ctx: Context) -> int:
    if ctx.actor.user_id is None:
        raise NotAllowedError(N_("Only a person who is signed in keeps views."))
    return ctx.actor.user_id


def _shared_with(ctx: Context, *, is_shared: bool) -> int | None:
    return ctx.actor.department_id if is_shared else None


def _after(row: DeskView) -> DeskViewRow:
    return DeskViewRow(row.id, row.version, row.name, dict(row.filters), row.department_id is not None, None)


# --- reads


def desk_views(ctx: Context) -> tuple[DeskViewRow, ...]:
    """The reader's own views by name, then those that the department shares.

    Raises:
        NotAllowedError: the actor may not keep views.
    """
    access.ensure_may(ctx, "desk_view.keep")
    if ctx.actor.user_id is None:
        return ()
    is_own = DeskView.user_id == ctx.actor.user_id
    # Whoever moved to another department does not share with the old one any more.
    shared = (DeskView.department_id == ctx.actor.department_id) & (AppUser.department_id == DeskView.department_id)
    found = (
        select(DeskView, AppUser.name)
        .join(AppUser, AppUser.id == DeskView.user_id)
        .where(or_(is_own, shared & AppUser.is_active))
        .order_by(is_own.desc(), DeskView.name, DeskView.id)
    )
    return tuple(
        DeskViewRow(
            row.id, row.version, row.name, dict(row.filters), row.department_id is not None,
            None if row.user_id == ctx.actor.user_id else name,
        )
        for row, name in ctx.session.execute(found)
    )  # fmt: skip
