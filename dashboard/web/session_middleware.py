"""The gate: nothing but the sign-in page and Streamlit's own scripts is served to somebody who is not signed in.

Pure ASGI, because websockets have to pass it too. It takes away what a browser claims to be, and puts in what the
session says: the login, and the hash of the session's token, which stays the same while the session lasts.
"""

from __future__ import annotations

from urllib.parse import quote

import anyio.to_thread
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from dashboard import signed_in
from dashboard.feedback import fault_text
from dashboard.i18n import using_language
from dashboard.logs import logged_fault
from dashboard.state import SESSION_COOKIE
from dashboard.web.cookies import language_of
from services.context import Actor
from services.users import token_hash

#: As `[server.trustedUserHeaders]` in .streamlit/config.toml names them.
USER_HEADER = "x-greyledger-user"
SESSION_HEADER = "x-greyledger-session"
_IDENTITY = _USER, _SESSION = (USER_HEADER.encode(), SESSION_HEADER.encode())
ACTOR = "greyledger.actor"
#: Open to everybody. /static/ holds Streamlit's published scripts and nothing of ours.
_OPEN_PATHS = frozenset({"/sign-in", "/sign-out", "/language", "/appearance", "/healthz", "/favicon.png"})
_OPEN_FOLDERS = ("/static/", "/assets/")


class SessionGate:
    """Asks for a session in front of every HTTP request and websocket."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through with its identity, or answer for it."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": [one for one in scope["headers"] if one[0].lower() not in _IDENTITY]}
        if scope["path"].startswith(_OPEN_FOLDERS):
            await self.app(scope, receive, send)
            return
        is_open = scope["path"] in _OPEN_PATHS
        connection = HTTPConnection(scope)
        try:
            session, actor = await _signed_in(connection)
        except Exception as error:
            if not is_open:
                await _fault(connection, error)(scope, receive, send)
                return
            session, actor = None, None
        scope[ACTOR] = actor
        if actor is not None and session is not None:
            identity = [(_USER, actor.login.encode()), (_SESSION, session.hex().encode())]
            scope["headers"] = [*scope["headers"], *identity]
        elif not is_open:
            await _refusal(connection)(scope, receive, send)
            return
        await self.app(scope, receive, send)


async def _signed_in(connection: HTTPConnection) -> tuple[bytes | None, Actor | None]:
    token = connection.cookies.get(SESSION_COOKIE)
    if not token:
        return None, None
    session = token_hash(token)
    return session, await anyio.to_thread.run_sync(signed_in.actor_of, session)


def _refusal(connection: HTTPConnection) -> ASGIApp:
    """A page leads to the sign-in page; anything else is refused."""
    if connection.scope["type"] == "websocket":
        return WebSocketClose(code=1008)
    is_page = connection.scope["method"] in {"GET", "HEAD"} and "text/html" in connection.headers.get("accept", "")
    if not is_page:
        return PlainTextResponse("Not signed in", status_code=401)
    path, query = connection.url.path, connection.url.query
    back = path + (f"?{query}" if query else "")
    return RedirectResponse("/sign-in" + (f"?next={quote(back, safe='')}" if back != "/" else ""), status_code=303)


def _fault(connection: HTTPConnection, error: Exception) -> ASGIApp:
    """The database cannot be asked who this is: nobody gets in."""
    fault_id = logged_fault(error)
    if connection.scope["type"] == "websocket":
        return WebSocketClose(code=1011)
    with using_language(language_of(connection, None)):
        response: Response = PlainTextResponse(fault_text(fault_id), status_code=503, headers={"Retry-After": "5"})
    return response
