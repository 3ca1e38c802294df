"""What HTTP costs the order gate: `python -m benchmarks.api [CALLS]` (default 5,000).

Starts `greyledger api` on the database in use and asks over one kept connection, beside the same questions in this
process and one indexed SELECT over the same pool. Nothing is kept: questions have no order number. The customers are
500 of those there are.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import text

from dashboard.serving import free_port
from services.context import SYSTEM, unit_of_work
from services.gate import OrderAsked, ask
from services.machines.tokens import make_token, revoke_token

_CUSTOMERS = "SELECT customer_no FROM customer_key ORDER BY customer_id % 9973, customer_id LIMIT 500"


def _timed(calls: int, work: Callable[[int], object]) -> list[float]:
    taken = []
    for number in range(calls):
        began = time.perf_counter()
        work(number)
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


def _line(name: str, taken: list[float]) -> str:
    parts = (f"p{part:g} {taken[min(len(taken) - 1, int(len(taken) * part / 100))]:.2f}" for part in (50, 90, 99, 99.9))
    return f"{name:<34} {'  '.join(parts)}  max {taken[-1]:.2f} ms"


def _connection(port: int) -> http.client.HTTPConnection:
    for _ in range(200):
        line = http.client.HTTPConnection("127.0.0.1", port)
        try:
            line.connect()
        except OSError:
            time.sleep(0.1)
            continue
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line
    raise SystemExit("greyledger api did not start")


def main(calls: int) -> None:
    """Print the distributions."""
    with unit_of_work() as ctx:
        numbers = list(ctx.session.execute(text(_CUSTOMERS)).scalars())
        made = make_token(ctx, f"bench-{int(time.time())}", ["gate"], days=1, per_minute=1_000_000)
    port = free_port()
    command = [sys.executable, "-m", "dashboard.cli", "api", "--attended", "--port", str(port)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE)
    headers = {"authorization": f"Bearer {made.secret}", "content-type": "application/json"}
    try:
        line = _connection(port)

        def asked(method: str, path: str, body: str | None = None) -> None:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            content = answer.read()
            if answer.status != 200:
                raise SystemExit(content.decode())

        def over_http(number: int) -> None:
            customer = numbers[number % len(numbers)]
            asked("POST", "/v1/gate", json.dumps({"customer_no": customer, "amount": 100 + number}))

        def in_process(number: int) -> None:
            with unit_of_work(SYSTEM) as ctx:
                ask(ctx, OrderAsked(numbers[number % len(numbers)], Decimal(100 + number)))

        def one_select(number: int) -> None:
            with unit_of_work() as ctx:
                found = text("SELECT customer_id FROM customer_key WHERE customer_no = :no")
                ctx.session.execute(found, {"no": numbers[number % len(numbers)]}).one()

        for work in (over_http, in_process, one_select):
            _timed(200, work)  # warm
        print(f"{calls} calls, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        for name, work in (
            ("one indexed SELECT", one_select),
            ("HTTP alone (GET /v1/token)", lambda _number: asked("GET", "/v1/token")),
            ("the gate in process", in_process),
            ("the gate over HTTP", over_http),
        ):
            print(_line(name, _timed(calls, work)))
    finally:
        assert server.stdin is not None
        server.stdin.close()
        server.wait(30)
        with unit_of_work() as ctx:
            revoke_token(ctx, made.row.id)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
