"""`/healthz`: for load balancers and for people who wonder. Says nothing about the data."""

from __future__ import annotations

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from dashboard.logs import logged_fault
from services.context import unit_of_work
from services.data_versions import versions

_PATIENCE = 5.0


async def healthz(_request: Request) -> JSONResponse:
    """200 when the database answers within five seconds, else 503."""
    try:
        with anyio.fail_after(_PATIENCE):
            await anyio.to_thread.run_sync(_ask_database, abandon_on_cancel=True)
    except Exception as error:
        return JSONResponse({"status": "no database", "fault": logged_fault(error)}, status_code=503)
    return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})


def _ask_database() -> None:
    with unit_of_work() as ctx:
        versions(ctx, "policy")
