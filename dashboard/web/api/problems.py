"""What went wrong, as RFC 9457 problem details: a code that stays, and a sentence in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from dashboard.i18n import N_, _, sentence
from dashboard.logs import logged_fault
from services.errors import IllegalMoveError, NotAllowedError, NotFoundError, RefusedError, StaleError
from services.events import OldCursorError, WrongCursorError
from services.machines.tokens import WrongTokenError

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5

#: Every code with its status and title. Codes are never renamed: callers compare them.
CODES: dict[str, tuple[int, str]] = {
    "wrong_token": (401, N_("The token is not accepted")),
    "not_allowed": (403, N_("The token may not do this")),
    "not_found": (404, N_("Not found")),
    "method_not_allowed": (405, N_("This address is not asked like this")),
    "conflict": (409, N_("Somebody was faster")),
    "old_cursor": (410, N_("The cursor is too old")),
    "too_large": (413, N_("The request is too large")),
    "wrong_media_type": (415, N_("The request is not JSON")),
    "not_json": (400, N_("The request can't be read as JSON")),
    "invalid": (422, N_("The request has wrong values")),
    "refused": (422, N_("The request was refused")),
    "too_many": (429, N_("Too many requests")),
    "fault": (500, N_("Something went wrong on our side")),
    "database_away": (503, N_("The database does not answer")),
}
_OF_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "wrong_media_type"}
#: The first that fits: kinds before their kind.
_OF_REFUSAL: tuple[tuple[type[RefusedError], str], ...] = (
    (WrongTokenError, "wrong_token"),
    (NotAllowedError, "not_allowed"),
    (NotFoundError, "not_found"),
    (OldCursorError, "old_cursor"),
    (WrongCursorError, "invalid"),
    (StaleError, "conflict"),
    (IllegalMoveError, "conflict"),
    (RefusedError, "refused"),
)


class ProblemError(Exception):
    """A request that is answered with a problem. `detail` is a sentence in the caller's language."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.code, self.detail, self.errors, self.headers = code, detail, tuple(errors), dict(headers or {})
        super().__init__(code)


def answer(problem: ProblemError) -> JSONResponse:
    """The answer to a request that went wrong."""
    status, title = CODES[problem.code]
    content: dict[str, Any] = {
        "type": f"urn:greyledger:problem:{problem.code}", "title": _(title), "status": status,
        "detail": problem.detail, "code": problem.code,
    }  # fmt: skip
    if problem.errors:
        content["errors"] = [dict(one) for one in problem.errors]
    headers = {"cache-control": "no-store", **problem.headers}
    return JSONResponse(content, status, headers, media_type=MEDIA_TYPE)


def problem_of(error: Exception) -> ProblemError:
    """What an error means to the caller. A fault is in the log under the id that it names."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, RefusedError):
        code = next(code for kind, code in _OF_REFUSAL if isinstance(error, kind))
        headers = {"www-authenticate": 'Bearer realm="Greyledger"'} if code == "wrong_token" else {}
        return ProblemError(code, sentence(error), headers=headers)
    if isinstance(error, HTTPException):
        code = _OF_STATUS.get(error.status_code, "invalid")
        return ProblemError(code, _(CODES[code][1]), headers=error.headers)
    if is_database_away(error):
        logged_fault(error)
        return ProblemError(
            "database_away", _("The database does not answer. Ask again in a few seconds."),
            headers={"retry-after": str(RETRY_SECONDS)},
        )  # fmt: skip
    fault_id = logged_fault(error)
    return ProblemError(
        "fault",
        _("Something went wrong on our side. The log has it under %(id)s.") % {"id": fault_id},
        errors=[{"field": "", "code": fault_id, "message": HTTPStatus(500).phrase}],
    )


def is_database_away(error: BaseException) -> bool:
    """Whether the database could not be asked, by whichever driver: doors know none."""
    names = {type(error).__name__, type(error.__cause__).__name__, type(getattr(error, "orig", None)).__name__}
    return bool(names & {"OperationalError", "InterfaceError", "TimeoutError", "EmbeddedServerError"})
