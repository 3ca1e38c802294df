"""What other systems ask: orders, names, customers, figures, events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Coroutine, Set
from typing import Annotated, Any, TypeVar

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from dashboard import answers
from dashboard.i18n import N_
from dashboard.web.api import shapes
from dashboard.web.api.bearers import needs
from dashboard.web.api.intake import json_of
from dashboard.web.api.invalid import problem_of_validation
from dashboard.web.api.problems import answer, problem_of
from db.enums import ApiScope
from services import gate
from services.context import Context, unit_of_work
from services.customer_status import status_of
from services.errors import RefusedError
from services.events import MOST_READ, as_json, events_after
from services.gate import OrderAsked
from services.incentives import tally as tally_of
from services.machines.orders import order_asked
from services.machines.tokens import Bearer
from services.machines.webhooks import webhooks
from services.metrics.figures import figures
from services.metrics.periods import parsed_month
from services.receivables.ageing import ageing
from services.screening import screen


class _SafeRoute(APIRoute):
    """A fault in a route is answered right there; the framework would answer in plain text and raise it once more."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()
        known = {one.alias for one in self.dependant.query_params}

        async def safe(request: Request) -> Response:
            try:
                _ensure_known(request, known)
                return await handler(request)
            except RequestValidationError as error:
                return answer(problem_of_validation(error.errors()))
            except Exception as error:
                return answer(problem_of(error))

        return safe


def _ensure_known(request: Request, known: Set[str]) -> None:
    """A name that is written wrong must not be passed over in silence."""
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise problem_of_validation([{"type": "extra_forbidden", "loc": ("query", name)} for name in unknown])


router = APIRouter(prefix="/v1", route_class=_SafeRoute)
Question = TypeVar("Question", bound=BaseModel)

Gate = Annotated[Bearer, Depends(needs(ApiScope.GATE))]
Screen = Annotated[Bearer, Depends(needs(ApiScope.SCREEN))]
Status = Annotated[Bearer, Depends(needs(ApiScope.STATUS))]
Metrics = Annotated[Bearer, Depends(needs(ApiScope.METRICS))]
Events = Annotated[Bearer, Depends(needs(ApiScope.EVENTS))]
Anyone = Annotated[Bearer, Depends(needs(None))]

From = Annotated[shapes.Month, Query(alias="from", description="First month, as 2025-01.")]
To = Annotated[shapes.Month, Query(alias="to", description="Last month, as 2025-06.")]
_BY = "month, department, both by comma, or neither"
By = Annotated[str, Query(pattern="^((month|department)(,(month|department))?)?$", description=_BY)]
AsOf = Annotated[shapes.Day | None, Query(description="Only what was known at the end of this day.")]
OrderNo = Annotated[str, Path(max_length=100, min_length=1, pattern="^[^\\x00]+$")]


async def answered(holder: Bearer, question: Callable[[Context], Any]) -> JSONResponse:
    """The answer to a question, asked in a thread and a transaction of its own."""

    def run() -> Any:  # noqa: ANN401  (any JSON value)
        with unit_of_work(holder.actor) as ctx:
            return question(ctx)

    return JSONResponse(await anyio.to_thread.run_sync(run), headers={"cache-control": "no-store"})


def _body(shape: type[BaseModel]) -> dict[str, Any]:
    """What the OpenAPI document says of a body that we read ourselves."""
    content = {"application/json": {"schema": shape.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


async def _asked(request: Request, shape: type[Question]) -> Question:
    content = await json_of(request)
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        raise problem_of_validation(error.errors()) from error


@router.post("/gate", response_model=shapes.GateAnswered, openapi_extra=_body(shapes.GateQuestion), tags=["gate"])
async def ask_gate(request: Request, holder: Gate) -> JSONResponse:
    """Allow, hold or deny an order, and why. Idempotent by order number."""
    one = await _asked(request, shapes.GateQuestion)
    order = OrderAsked(
        one.customer_no, one.amount, one.currency, one.terms_days, one.order_no, one.dry_run, one.prepaid_amount
    )
    said = await anyio.to_thread.run_sync(gate.answered, holder.actor, order)
    return JSONResponse(answers.gate_answer(said), headers={"cache-control": "no-store"})


def _gate(ctx: Context, order: OrderAsked) -> dict[str, Any]:
    return answers.gate_answer(gate.ask(ctx, order))


@router.get("/gate/{order_no:path}", response_model=shapes.GateAnswered, tags=["gate"])
async def ask_gate_again(order_no: OrderNo, holder: Gate) -> JSONResponse:
    """What an order number has by now: the first answer, or what people decided since."""
    return await answered(holder, lambda ctx: _gate(ctx, order_asked(ctx, order_no)))


@router.post(
    "/screen", response_model=shapes.ScreenAnswered, openapi_extra=_body(shapes.ScreenQuestion), tags=["screening"]
)
async def screen_name(request: Request, holder: Screen) -> JSONResponse:
    """Listed customers and watch-list entries that resemble a name, the likeliest first, and why."""
    one = await _asked(request, shapes.ScreenQuestion)

    def question(ctx: Context) -> Any:  # noqa: ANN401
        found = screen(ctx, one.name, uscc=one.uscc, limit=one.limit)
        return answers.screening_answer(one.name, ctx.policy_history.on(ctx.today).screening_threshold, found)

    return await answered(holder, question)


@router.get("/customers/{customer_no:path}/status", response_model=shapes.StatusAnswered, tags=["customers"])
async def customer_status(
    customer_no: Annotated[str, Path(min_length=1, max_length=100, pattern="^[^\\x00]+$")], holder: Status
) -> JSONResponse:
    """A customer's level, score and why; listing, measures, money at risk, and how fresh all of it is."""
    return await answered(holder, lambda ctx: answers.status_answer(status_of(ctx, customer_no)))


@router.get("/metrics", response_model=list[shapes.MetricRow], tags=["figures"])
async def metrics(first: From, last: To, holder: Metrics, by: By = "", as_of: AsOf = None) -> JSONResponse:
    """The four assessment metrics over whole months, as `greyledger metrics --json`."""

    def question(ctx: Context) -> Any:  # noqa: ANN401
        day = None if as_of is None else _day(as_of)
        return answers.metric_rows(figures(ctx, *_span(first, last), by=_listed(by), as_of=day))

    return await answered(holder, question)


@router.get("/tally", response_model=list[shapes.TallyRow], tags=["figures"])
async def tally(first: From, last: To, holder: Metrics, by: By = "") -> JSONResponse:
    """Rewards and penalties by kind and measure, as `greyledger tally --json`."""
    return await answered(holder, lambda ctx: answers.tally_rows(tally_of(ctx, *_span(first, last), by=_listed(by))))


@router.get("/aging", response_model=shapes.AgeingRow | list[shapes.AgeingRow], tags=["figures"])
async def aging(
    holder: Metrics, as_of: AsOf = None, by: Annotated[str, Query(pattern="^(department)?$")] = ""
) -> JSONResponse:
    """Open and overdue receivables at the end of a day, as `greyledger aging --json`."""

    def question(ctx: Context) -> Any:  # noqa: ANN401
        found = ageing(ctx, ctx.today if as_of is None else _day(as_of), by_department=bool(by))
        return answers.ageing_answer(found, is_grouped=bool(by))

    return await answered(holder, question)


@router.get("/events", response_model=shapes.EventsAnswered, tags=["events"])
async def events(
    holder: Events,
    after: Annotated[str | None, Query(max_length=60, description="`next` of the last answer, or `latest`.")] = None,
    kinds: Annotated[str, Query(max_length=400, description="Only these, by comma.")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_READ)] = 100,
) -> JSONResponse:
    """What happened since a cursor, in order and without a gap."""
    wanted = _listed(kinds)
    return await answered(holder, lambda ctx: answers.events_answer(events_after(ctx, after, wanted, limit)))


@router.get("/webhooks", response_model=list[shapes.WebhookShown], tags=["events"])
async def list_webhooks(holder: Events) -> JSONResponse:
    """The webhooks there are; administrators change them in the browser."""
    return await answered(holder, lambda ctx: answers.webhook_rows(webhooks(ctx)))


@router.get("/token", response_model=shapes.TokenShown, tags=["token"])
async def token(holder: Anyone) -> JSONResponse:
    """What the token in use may do, and until when."""
    return JSONResponse(
        {
            "name": holder.actor.name, "scopes": sorted(holder.scopes), "department": holder.actor.department_code,
            "per_minute": holder.per_minute, "expires_at": as_json(holder.expires_at),
        }
    )  # fmt: skip


def _listed(written: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in written.split(",") if part.strip()))


def _day(written: str) -> dt.date:
    return dt.date.fromisoformat(written)


def _span(first: str, last: str) -> tuple[dt.date, dt.date]:
    months = parsed_month(first), parsed_month(last)
    if months[1] < months[0]:
        raise RefusedError(N_("The last month lies before the first."))
    return months
