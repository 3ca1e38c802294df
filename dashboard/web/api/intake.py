"""What is let in at all: bodies up to a size, as JSON that every reader reads alike, in text without tricks.

Refused are numbers that are none (NaN, Infinity), names that come twice, lone surrogates, NUL, and what is nested
deeper than anything that we ask for. Fractions are read exactly, not as floating point.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.i18n import _, accepted_language, using_language
from dashboard.web.api.problems import ProblemError, answer, problem_of

MOST_BYTES = 64 * 1024
MOST_DEPTH = 8
_LONGEST_NUMBER = 60


class Intake:
    """Around the whole application: the caller's language, the limit of a body, and answers to what goes wrong.

    The limit holds while the body streams in, whatever its length was said to be.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and answer for it where it fails."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = False

        async def sent(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        headers = {name.lower(): value for name, value in scope["headers"]}
        with using_language(accepted_language(headers.get(b"accept-language", b"").decode("latin-1"))):
            try:
                _ensure_plain(scope)
                await self.app(scope, _limited(headers, receive), sent)
            except Exception as error:
                if has_begun:
                    raise
                await answer(problem_of(error))(scope, receive, send)


def _ensure_plain(scope: Scope) -> None:
    if "\x00" in scope["path"] or b"%00" in scope.get("query_string", b"") or "\ufffd" in scope["path"]:
        raise ProblemError("invalid", _("The address holds signs that no text has."))


def _limited(headers: dict[bytes, bytes], receive: Receive) -> Receive:
    said = headers.get(b"content-length", b"0")
    if said.isdigit() and int(said[:12]) > MOST_BYTES:
        raise _too_large()
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BYTES:
            raise _too_large()
        return message

    return limited


def _too_large() -> ProblemError:
    detail = _("A request has at most %(kilobytes)s kB.") % {"kilobytes": MOST_BYTES // 1024}
    # The rest is not read: the connection can't be used for another request.
    return ProblemError("too_large", detail, headers={"connection": "close"})


async def json_of(request: Request) -> dict[str, Any]:
    """The object in a request's body.

    Raises:
        ProblemError: it is none, or not JSON, or says that it is something else.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise ProblemError("wrong_media_type", _("Send JSON, and say so: content-type: application/json"))
    content = parsed(await request.body())
    if not isinstance(content, dict):
        raise ProblemError("invalid", _("The request has to be one JSON object."))
    return content


def parsed(body: bytes) -> Any:  # noqa: ANN401  (any JSON value)
    """What a body says.

    Raises:
        ProblemError: it is not the JSON that every reader reads alike.
    """
    if _depth(body) > MOST_DEPTH:
        raise _not_json()
    try:
        content = json.loads(
            body.decode("utf-8"), parse_constant=_no_number, parse_float=_exact, parse_int=_whole,
            object_pairs_hook=_once,
        )  # fmt: skip
        json.dumps(content, ensure_ascii=False, default=str).encode("utf-8")  # fails on lone surrogates
    except (ValueError, RecursionError) as error:
        raise _not_json() from error
    if _holds_nul(content):
        raise _not_json()
    return content


def _not_json() -> ProblemError:
    return ProblemError("not_json", _("The request can't be read as JSON in UTF-8."))


def _depth(body: bytes) -> int:
    """An upper bound of how deep a body is nested: brackets inside of texts count too, which costs nobody anything."""
    deepest = depth = 0
    for sign in body:
        if sign in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in b"]}":
            depth -= 1
    return deepest


def _no_number(_written: str) -> None:
    raise ValueError


def _exact(written: str) -> Decimal:
    number = Decimal(written) if len(written) <= _LONGEST_NUMBER else Decimal("nan")
    if not number.is_finite() or abs(number.adjusted()) > _LONGEST_NUMBER:
        raise ValueError
    return number


def _whole(written: str) -> int:
    if len(written) > _LONGEST_NUMBER:
        raise ValueError
    return int(written)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _holds_nul(content: Any) -> bool:  # noqa: ANN401  (any JSON value)
    if isinstance(content, str):
        return "\x00" in content
    if isinstance(content, dict):
        return any(_holds_nul(one) for pair in content.items() for one in pair)
    return isinstance(content, list) and any(_holds_nul(one) for one in content)
