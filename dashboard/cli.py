"""The command line `greyledger`. Exit codes: 0 done, 1 done with rejected rows, 2 wrong use or refused."""

from __future__ import annotations

import importlib
import sys

import typer

from dashboard.i18n import _, sentence
from dashboard.logs import log_file, logged_fault, write_logs
from db.embedded import EmbeddedServerError
from services.errors import RefusedError

REFUSED = 2
#: The modules of `dashboard/commands`, in the order of `greyledger --help`, and the commands that each one's
#: `register(app)` adds: only the module of the command in hand is imported, which is most of what a short one costs.
MODULES: dict[str, tuple[str, ...]] = {
    "server": ("up", "worker", "api"),
    "jobs": ("jobs",),
    "files": ("import",),
    "exports": ("export",),
    "risk": ("score", "warn"),
    "assess": ("assess",),
    "controls": ("controls",),
    "scorecards_history": ("scorecard-compare", "challenger"),
    "warning_rules": ("warn-simulate",),
    "warnings": ("warnings",),
    "metrics": ("metrics", "tally", "aging"),
    "screening": ("screen", "watchlist"),
    "disagreement": ("disagreement",),
    "information": ("information", "quality"),
    "gate": ("gate", "orders"),
    "policy": ("policy",),
    "scorecards": ("scorecard",),
    "ledger": ("ledger",),
    "users": ("user",),
    "machines": ("token",),
    "notices": ("notify",),
    "database": ("db",),
}


def make_app(command: str | None = None) -> typer.Typer:
    """The command line with the commands of the module that has `command`; with all for any other word, or none."""
    app = typer.Typer(
        name="greyledger",
        help=_("Applies a black/grey customer policy: scores, warnings, metrics."),
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(_about)
    wanted = [module for module, commands in MODULES.items() if command in commands] or list(MODULES)
    for module in wanted:
        importlib.import_module(f"dashboard.commands.{module}").register(app)
    return app


def _about() -> None:
    """Several commands, even while there is only one."""


def main() -> None:
    """Run one command; a refusal is one sentence on stderr, a fault an id and a log entry."""
    write_logs(terminal=False)
    try:
        make_app(sys.argv[1] if len(sys.argv) > 1 else None)()
    except (RefusedError, EmbeddedServerError) as error:
        typer.echo(sentence(error), err=True)
        sys.exit(REFUSED)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        typer.echo(_fault(error), err=True)
        sys.exit(REFUSED)


def _fault(error: Exception) -> str:
    fault_id = logged_fault(error)
    if type(error).__name__ == "OperationalError":  # of whichever driver: this door knows none
        return _("The database does not answer. Check DATABASE_URL and that it runs. The log has it under %(id)s.") % {
            "id": fault_id
        }
    return _("Something went wrong: %(kind)s. The log has it under %(id)s: %(file)s") % {
        "kind": type(error).__name__,
        "id": fault_id,
        "file": log_file(),
    }


if __name__ == "__main__":
    main()
