"""`greyledger up`, `worker` and `api`: everything that a user needs, started and stopped together."""

from __future__ import annotations

import os
import signal
import sys
import threading
import webbrowser
from typing import Annotated

import typer

from dashboard import serving
from dashboard.i18n import _
from dashboard.labels import label
from dashboard.logs import write_logs
from db.embedded import status, stop
from services.context import unit_of_work


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("up", help=_("Start everything: database, worker, web. Ctrl-C stops it."))(up)
    app.command("worker", help=_("Do the work that waits: warnings, refreshes, seals."))(worker)
    app.command("api", help=_("Answer other systems over HTTP, without any pages."))(api)


def up(
    port: Annotated[
        int, typer.Option(help=_("Port of the web pages; 0 takes a free one."), envvar="GREYLEDGER_PORT")
    ] = 8501,
    host: Annotated[str, typer.Option(help=_("Address to listen on; 0.0.0.0 lets others in."))] = serving.HOST,
    sample: Annotated[
        bool, typer.Option("--sample", help=_("Load the sample portfolio into an empty database."))
    ] = False,
    api_port: Annotated[
        int | None, typer.Option(help=_("Port of the HTTP API for other systems; the pages' port and ten without."))
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help=_("Do not open a browser."))] = False,
) -> None:
    """Start everything: database, worker, web. Ctrl-C stops it."""
    from dashboard.worker_process import WorkerProcess

    write_logs(terminal=True)
    signal.signal(signal.SIGTERM, _interrupt)
    port = port or serving.free_port(host)
    serving.ensure_free(port, host)
    if api_port is None:
        api_port = serving.free_near(port + serving.API_STEP, host)
    serving.ensure_free(api_port, host)
    is_ours = not os.environ.get("DATABASE_URL") and not status().is_running
    attended = WorkerProcess()
    # A process of its own: a busy page must not make an order wait.
    asked = WorkerProcess(("-m", "dashboard.cli", "api", "--attended", "--port", str(api_port), "--host", host), "API")
    try:
        _prepare_database(sample=sample)
        attended.start()
        asked.start()
        serving.serve(port, host, ready=lambda: _announce(port, host, api_port, open_browser=not no_open))
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        asked.stop()
        attended.stop()
        if is_ours:
            stop()
    typer.echo(_("Greyledger has stopped. Nothing that was saved is lost."))


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _prepare_database(*, sample: bool) -> None:
    from db.upgrade import upgrade

    typer.echo(_("Preparing the database ..."))
    upgrade()
    if sample:
        from services.sample.loading import load_sample

        typer.echo(_("Loading the sample portfolio, unless the database holds something already ..."))
        load_sample()


def _address(port: int, host: str) -> str:
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104  (what was asked for)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _announce(port: int, host: str, api_port: int, *, open_browser: bool) -> None:
    """The addresses, and who may sign in."""
    from services.users import nobody_may_sign_in, sample_sign_ins

    address = _address(port, host)
    with unit_of_work() as ctx:
        people, is_nobody = sample_sign_ins(ctx), nobody_may_sign_in(ctx)
    typer.echo("\n" + _("Greyledger is ready: %(address)s") % {"address": address})
    typer.echo(_("For other systems: %(address)s") % {"address": f"{_address(api_port, host)}/v1/docs"} + "\n")
    if people:
        typer.echo(_("Sample sign-ins, all with the password %(password)s:") % {"password": people[0].password})
        width = max(len(one.login) for one in people)
        for one in people:
            typer.echo(f"  {one.login:<{width}}  {label('role', one.role)} · {one.name}")
    elif is_nobody:
        typer.echo(_("Nobody may sign in yet. In another terminal:"))
        typer.echo("  greyledger user add admin --role admin --department ADMIN --department-kind administration")
    typer.echo("\n" + _("Ctrl-C stops it."))
    if open_browser and _has_screen():
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _has_screen() -> bool:
    """Whether somebody sits in front of this machine: on a server, a text browser would take over the terminal."""
    if not sys.stdout.isatty():
        return False
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def worker(
    attended: Annotated[bool, typer.Option("--attended", hidden=True, help="Stop when the input is closed.")] = False,
) -> None:
    """Do the work that waits: warnings, refreshes, seals. Any number of workers may run."""
    from dashboard.notice_letters import letter
    from services.jobs.worker import run_worker

    write_logs(terminal=not attended)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: ended.set())
    if attended:
        threading.Thread(target=_await_end_of_input, args=(ended,), daemon=True).start()
    run_worker(ended, letter)


def api(
    port: Annotated[
        int, typer.Option(help=_("Port of the HTTP API; 0 takes a free one."), envvar="GREYLEDGER_API_PORT")
    ] = serving.PORT + serving.API_STEP,
    host: Annotated[str, typer.Option(help=_("Address to listen on; 0.0.0.0 lets others in."))] = serving.HOST,
    attended: Annotated[bool, typer.Option("--attended", hidden=True, help="Stop when the input is closed.")] = False,
) -> None:
    """Answer other systems over HTTP, without any pages."""
    write_logs(terminal=not attended)
    port, ended = port or serving.free_port(host), threading.Event()
    if attended:
        threading.Thread(target=_await_end_of_input, args=(ended,), daemon=True).start()
    address = f"{_address(port, host)}/v1/docs"

    def ready() -> None:
        if not attended:
            typer.echo(_("For other systems: %(address)s") % {"address": address})

    serving.serve_api(port, host, ready=ready, ended=ended)


def _await_end_of_input(ended: threading.Event) -> None:
    """The process that started this one holds the other end; when it dies, whatever way, this one must not stay."""
    while sys.stdin.buffer.read(1):
        pass
    ended.set()
