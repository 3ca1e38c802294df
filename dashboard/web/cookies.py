"""Reading what a browser sends, before any framework has looked at it."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from dashboard.i18n import accepted_language, known_language
from dashboard.state import APPEARANCE_COOKIE, LANGUAGE_COOKIE
from services.context import Actor

APPEARANCES = ("system", "light", "dark")
_YEAR = 365 * 24 * 3600


def is_secure(connection: HTTPConnection) -> bool:
    """True over https (behind a proxy that says so, too): cookies then never travel in the clear."""
    return connection.url.scheme in {"https", "wss"}


def language_of(connection: HTTPConnection, actor: Actor | None) -> str:
    """The person's own language, else the cookie's, else the browser's."""
    own = known_language(actor.language) if actor else None
    chosen = own or known_language(connection.cookies.get(LANGUAGE_COOKIE))
    return chosen or accepted_language(connection.headers.get("accept-language"))


def appearance_of(connection: HTTPConnection) -> str:
    """`light` or `dark` as chosen in this browser, else `system`."""
    chosen = connection.cookies.get(APPEARANCE_COOKIE, "")
    return chosen if chosen in APPEARANCES else "system"


def keep(response: Response, connection: HTTPConnection, name: str, value: str) -> None:
    """Keep a choice in this browser for a year."""
    response.set_cookie(name, value, max_age=_YEAR, httponly=True, secure=is_secure(connection), samesite="lax")


def is_from_here(connection: HTTPConnection) -> bool:
    """True unless the request was sent from another site's page (cross-site request forgery)."""
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
    return urlsplit(origin).netloc == connection.headers.get("host")


def local_address(address: str | None) -> str:
    """An address of this site to go back to: path and query only, so that nobody is led to another site."""
    parts = urlsplit(address or "")
    path = parts.path
    if not path.startswith("/") or path.startswith("//") or "\\" in path or any(ord(letter) < 32 for letter in path):
        return "/"
    return f"{path}?{parts.query}" if parts.query else path


def page_before(connection: HTTPConnection) -> str:
    """The page of this site that a form was sent from."""
    referer = connection.headers.get("referer")
    if referer is None or urlsplit(referer).netloc != connection.headers.get("host"):
        return "/"
    return local_address(referer)
