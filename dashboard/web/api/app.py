"""The application: alone in a process of its own (`greyledger api`), and behind `/v1` of the pages' port.

Questions are asked in threads (services are synchronous, and so is their database driver), at most THREADS at once in
a process of its own: each holds one connection, and more of them would only wait for the interpreter. The token is
looked up before, on the event loop, from memory as a rule: a question takes one hop to a thread.
"""

from __future__ import annotations

from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.web.api import pages
from dashboard.web.api.intake import Intake
from dashboard.web.api.problems import CODES, MEDIA_TYPE, answer, problem_of
from dashboard.web.api.routes import router
from dashboard.web.api.shapes import Problem
from dashboard.web.health import healthz
from dashboard.web.security_headers import SecurityHeaders, content_security_policy

ROOT = "/v1"
VERSION = "1.0.0"
THREADS = 8
_ABOUT = (
    "Order gate, screening, customer status, metrics and events for other systems. Send a token made by an "
    "administrator: `Authorization: Bearer glk_...`. Errors are application/problem+json (RFC 9457) with a stable "
    "`code`; sentences come in the language of Accept-Language (en, zh-Hans, zh-Hant)."
)
_ANYWHERE = (401, 403, 404, 413, 422, 429, 500, 503)
_WITH_BODY = (400, 415)


def make_api() -> FastAPI:
    """The application without what stands around it."""
    api = FastAPI(
        title="Greyledger", version=VERSION, description=_ABOUT, docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    api.include_router(router)
    api.add_api_route(f"{ROOT}/openapi.json", lambda: JSONResponse(document(api)), include_in_schema=False)
    pages.add_to(api)
    api.add_exception_handler(HTTPException, _failed)
    return api


async def _failed(_request: Request, error: Exception) -> Response:
    return answer(problem_of(error))


def document(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document: with the token, and with the problems that any question may meet."""
    if api.openapi_schema is not None:
        return api.openapi_schema
    made = get_openapi(
        title=api.title, version=api.version, description=api.description, routes=api.routes, openapi_version="3.1.0"
    )
    schemas = made["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = Problem.model_json_schema()
    made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"token": []}]
    for path in made["paths"].values():
        for operation in path.values():
            _add_problems(operation)
    api.openapi_schema = made
    return made


def _add_problems(operation: dict[str, Any]) -> None:
    titles = dict(CODES.values())
    statuses = [*_ANYWHERE, *(_WITH_BODY if "requestBody" in operation else ())]
    if operation["operationId"].startswith("events"):
        statuses.append(410)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status in sorted(statuses):
        operation["responses"][str(status)] = {"description": titles[status], "content": content}


class MachineDoor:
    """In front of the pages: `/v1` is for machines, with tokens and without cookies; everything else passes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.api = app, machines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on to whom it is for."""
        is_ours = scope["type"] == "http" and (scope["path"] == ROOT or scope["path"].startswith(f"{ROOT}/"))
        await (self.api if is_ours else self.app)(scope, receive, send)


machines = Intake(make_api())


def alone() -> ASGIApp:
    """The application of a process that has no pages: with its own headers and health."""
    return SecurityHeaders(_Alone(machines), content_security_policy(()))


class _Alone:
    """`/v1`, `/healthz`, and problems for everything else."""

    def __init__(self, api: ASGIApp) -> None:
        self.api = api
        self.health = Route("/healthz", healthz)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        if scope["type"] == "http" and scope["path"] == "/healthz":
            await self.health.handle(scope, receive, send)
        else:
            await self.api(scope, receive, send)
