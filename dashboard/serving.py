"""Runs the web application in this process: one worker on one port (docs/operations.md says how to run several)."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable

import uvicorn

from services.errors import N_, RefusedError

PORT = 8501
#: The API is so far above the pages: several `up` on consecutive ports do not meet.
API_STEP = 10
HOST = "127.0.0.1"
#: How long open pages and requests may go on after the server was asked to stop.
GRACE_SECONDS = 5

PORT_TAKEN = N_(
    "Port %(port)s is in use by another program. Stop that program, or choose another port with --port, for example "
    "--port %(other)s."
)
PORT_FORBIDDEN = N_("This account may not open port %(port)s. Choose a port above 1023 with --port.")
NO_SUCH_HOST = N_("This machine has no address %(host)s. Leave --host out, or use 0.0.0.0 to be reached from outside.")


class _Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then call `ready`."""
        await super().startup(sockets)
        if self.started:
            self._ready()


def ensure_free(port: int, host: str = HOST) -> None:
    """Refuse a port that the server could not open.

    Raises:
        RefusedError: the port is taken or not allowed, or the machine has no such address.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _name, address in found:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise RefusedError(PORT_TAKEN, port=port, other=free_port(host)) from error
        if error.errno in {errno.EACCES, errno.EPERM}:
            raise RefusedError(PORT_FORBIDDEN, port=port) from error
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise RefusedError(NO_SUCH_HOST, host=host) from error
        raise


def free_port(host: str = HOST) -> int:
    """A port that nobody uses now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def free_near(port: int, host: str = HOST) -> int:
    """This port, or one that nobody uses now."""
    try:
        ensure_free(port, host)
    except RefusedError:
        return free_port(host)
    return port


def serve_api(
    port: int, host: str = HOST, *, ready: Callable[[], None] = lambda: None, ended: threading.Event | None = None
) -> None:
    """Serve the HTTP API alone until SIGINT or SIGTERM, or until `ended` is set.

    Raises:
        RefusedError: the port can't be opened.
        RuntimeError: the application did not start; the log says why.
    """
    ensure_free(port, host)
    from dashboard.web.api.app import alone

    config = uvicorn.Config(
        alone(),
        host=host,
        port=port,
        workers=1,
        ws="none",
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config, ready)
    if ended is not None:
        threading.Thread(target=_end_with, args=(ended, server), daemon=True).start()
    _run(server, port, host)


def _end_with(ended: threading.Event, server: uvicorn.Server) -> None:
    ended.wait()
    server.should_exit = True


def serve(port: int = PORT, host: str = HOST, *, ready: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGINT or SIGTERM; open requests get a few seconds to end.

    uvicorn opens the port itself: on a socket that it is given, TCP_NODELAY stays off, which costs 40 ms a rerun.

    Raises:
        RefusedError: the port can't be opened.
        RuntimeError: the application did not start; the log says why.
    """
    ensure_free(port, host)
    from dashboard.web.asgi import app

    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        workers=1,
        ws="websockets-sansio",
        ws_ping_interval=30,
        ws_ping_timeout=60,
        ws_max_size=200 * 1024 * 1024,
        ws_per_message_deflate=False,
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    _run(_Server(config, ready), port, host)


def _run(server: _Server, port: int, host: str) -> None:
    try:
        server.run()
    except SystemExit as error:
        ensure_free(port, host)  # somebody may have been faster
        raise RuntimeError("the web application did not start") from error
    if not server.started:
        raise RuntimeError("the web application did not start")
