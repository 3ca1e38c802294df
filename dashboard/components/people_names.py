"""What people are called where a record keeps their sign-in name."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.i18n import _
from services.context import SYSTEM, Actor, unit_of_work
from services.users import names_of


class PeopleNames:
    """The names of some people by sign-in name."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def name(self, login: str) -> str:
        """The name; the sign-in name of somebody who is gone."""
        return _("The system") if login == SYSTEM.login else self._names.get(login, login)


def people_names(actor: Actor, logins: Iterable[str]) -> PeopleNames:
    """Read the names of these people."""
    wanted = frozenset(logins)
    with unit_of_work(actor) as ctx:
        return PeopleNames(names_of(ctx, wanted))
