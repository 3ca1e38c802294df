"""Names of departments in the reader's language, for filters and rows."""

from __future__ import annotations

from dashboard.cache import cached_read
from dashboard.i18n import NO_VALUE, language
from services.context import Actor, Context
from services.departments import DepartmentRow, departments


@cached_read("imports", "customers")
def _departments(ctx: Context) -> tuple[DepartmentRow, ...]:
    return departments(ctx)


class DepartmentNames:
    """All departments by code, named in the language in use."""

    def __init__(self, rows: tuple[DepartmentRow, ...]) -> None:
        field = f"name_{language().lower()}"
        self._names = {row.code: str(getattr(row, field)) or row.code for row in rows}

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, in the order in which the departments were made."""
        return tuple(self._names)

    def name(self, code: str | None) -> str:
        """The name of a department; its code where it is not known, `—` for none."""
        return NO_VALUE if code is None else self._names.get(code, code)


def department_names(actor: Actor) -> DepartmentNames:
    """The departments as the reader calls them."""
    return DepartmentNames(_departments(actor))
