"""One call of a webhook: signed, to an address that may be called, within limits. No database here.

The host is looked up once and the connection goes to the address that was checked, so that a name server can't answer
otherwise in between. Redirects are never followed. Addresses of the machine's own surroundings (link-local, where
clouds keep the credentials of a machine) are never called. Which other hosts may be called is the operator's to say,
on the worker's machine and not in the browser: `GREYLEDGER_WEBHOOK_HOSTS`. Receivers are ERP systems inside the
network as a rule, so private addresses are allowed unless that list leaves them out.
"""

from __future__ import annotations

import datetime as dt
import http.client
import ipaddress
import os
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import SplitResult, urlsplit

from standardwebhooks import Webhook as Signer

from services.errors import N_, RefusedError

#: Patterns by comma, such as "erp.example.com,*.internal.example.com"; empty: any host.
HOSTS_VARIABLE = "GREYLEDGER_WEBHOOK_HOSTS"
CONNECT_SECONDS, ANSWER_SECONDS, CALL_SECONDS = 5.0, 10.0, 15.0
_LONGEST_URL = 500
_NEVER = tuple(
    ipaddress.ip_network(one)
    for one in (
        "0.0.0.0/8", "169.254.0.0/16", "100.100.100.200/32", "224.0.0.0/3", "::/128", "fe80::/10", "fd00:ec2::254/128",
        "fd20:ce::254/128", "ff00::/8",
    )
)  # fmt: skip
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class CallFailedError(RefusedError):
    """The receiver did not take it; `status` where it answered at all."""

    def __init__(self, template: str, status: int | None = None, **params: object) -> None:
        self.status = status
        super().__init__(template, **params)


@dataclass(frozen=True)
class Call:
    """An event on its way to a webhook: everything that the sending needs."""

    delivery_id: int
    url: str
    secret: str
    message_id: str
    body: str


# --- rules


def ensure_callable(url: str) -> SplitResult:
    """The parts of an address that may be a webhook's. Nothing is looked up.

    Raises:
        RefusedError: it may not.
    """
    example = N_("A webhook's address looks like https://erp.example.com/greyledger.")
    if not url or len(url) > _LONGEST_URL or not url.isascii() or any(ord(letter) <= 32 for letter in url):
        raise RefusedError(example)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedError(example) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise RefusedError(example)
    if parts.username or parts.password or parts.fragment:
        raise RefusedError(
            N_("Leave name, password and # out of the address. Calls are signed: that is how they are known.")
        )
    if parts.scheme == "http" and not _is_this_machine(parts.hostname):
        raise RefusedError(N_("Only https is used, except to this machine itself."))
    _ensure_wanted(parts.hostname)
    return parts


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _ensure_wanted(host: str) -> None:
    patterns = [one.strip().lower() for one in os.environ.get(HOSTS_VARIABLE, "").split(",") if one.strip()]
    if patterns and not any(fnmatchcase(host.lower(), one) for one in patterns):
        raise RefusedError(
            N_("%(host)s is not among the hosts that this machine may call (%(variable)s)."),
            host=host, variable=HOSTS_VARIABLE,
        )  # fmt: skip


def is_never_called(address: str) -> bool:
    """Whether an address belongs to the machine's own surroundings."""
    one: Address = ipaddress.ip_address(address.partition("%")[0])
    inner = one.ipv4_mapped if isinstance(one, ipaddress.IPv6Address) else None
    plain = inner or one
    return any(plain.version == network.version and plain in network for network in _NEVER)


def signed_headers(call: Call, now: dt.datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks, by which a receiver knows that we sent it and when."""
    return {
        "webhook-id": call.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(call.secret).sign(call.message_id, now, call.body),
    }


# --- the call


def make_call(call: Call, now: dt.datetime | None = None) -> int:
    """Post a call; the status of the answer that took it (2xx).

    Raises:
        CallFailedError, RefusedError: it was not taken.
    """
    parts = ensure_callable(call.url)
    headers = {
        "content-type": "application/json; charset=utf-8", "user-agent": "Greyledger", "accept": "*/*",
        **signed_headers(call, now or dt.datetime.now(dt.UTC)),
    }  # fmt: skip
    line = _line_to(parts)
    # Time limits of a socket begin anew with every byte: a receiver that drips would hold the sender for hours.
    ending = threading.Timer(CALL_SECONDS, _cut, (line,))
    ending.daemon = True
    try:
        ending.start()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line.request("POST", path, call.body.encode(), headers)
        answer = line.getresponse()  # what it says besides is not read
    except TimeoutError as error:
        raise CallFailedError(
            N_("The receiver did not answer within %(seconds)s seconds."), seconds=int(ANSWER_SECONDS)
        ) from error
    except ssl.SSLError as error:
        raise CallFailedError(N_("The receiver's certificate or encryption can't be trusted.")) from error
    except (OSError, http.client.HTTPException) as error:
        raise CallFailedError(N_("The receiver could not be reached, or broke off.")) from error
    finally:
        ending.cancel()
        line.close()
    if 300 <= answer.status < 400:
        pointed = N_("The receiver pointed elsewhere (%(code)s). Redirects are not followed.")
        raise CallFailedError(pointed, answer.status, code=answer.status)
    if not 200 <= answer.status < 300:
        raise CallFailedError(N_("The receiver answered %(code)s."), answer.status, code=answer.status)
    return answer.status


def _line_to(parts: SplitResult) -> http.client.HTTPConnection:
    """A connection to the address that was looked at, with the name that was asked for."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _looked_up(host, port)
    if parts.scheme == "https":
        line: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=ANSWER_SECONDS, context=ssl.create_default_context()
        )
    else:
        line = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)

    def connected(_wanted: object, _timeout: object, _source: object) -> socket.socket:
        opened = socket.create_connection((address, port), CONNECT_SECONDS)
        opened.settimeout(ANSWER_SECONDS)
        return opened

    line._create_connection = connected  # type: ignore[attr-defined]
    return line


def _looked_up(host: str, port: int) -> str:
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise CallFailedError(N_("There is no host called %(host)s."), host=host) from error
    if any(is_never_called(one) for one in found):
        raise CallFailedError(
            N_("%(host)s is an address of this machine's own surroundings. It is never called."), host=host
        )
    return found[0]


def _cut(line: http.client.HTTPConnection) -> None:
    if line.sock is not None:
        with suppress(OSError):
            line.sock.shutdown(socket.SHUT_RDWR)
