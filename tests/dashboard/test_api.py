"""The HTTP API as another system sees it: answers, refusals in words, and what is not let in."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from dashboard.cli import make_app
from dashboard.web.api import bearers, routes
from dashboard.web.api.intake import MOST_BYTES
from db.enums import ApiScope
from services.context import Context, unit_of_work
from services.events import publish
from services.gate import away
from services.machines.tokens import revoke_token, token_by_name
from services.scoring import ensure_default_scorecard, score_customers
from tests.dashboard.api_machines import Machine, token_for
from tests.people import stand_still
from tests.services.makers import ago, make_customer, make_department, make_invoice

JUNE = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def company(module_database: str) -> str:
    """Two departments with one customer each; C-1 is 100 days overdue."""
    stand_still()
    with unit_of_work(now=JUNE) as ctx:
        for code, number in (("NORTH", "C-1"), ("SOUTH", "A/B 2")):
            make_customer(ctx, number, owner_department_id=make_department(ctx, code).id)
        north = ctx.session.execute(_by_number("C-1")).scalar_one()
        make_invoice(ctx, north, ago(100), 900)
        ensure_default_scorecard(ctx)
        score_customers(ctx, ctx.today)
    return token_for("all", *ApiScope)


def _by_number(customer_no: str) -> Any:
    from sqlalchemy import select

    from db.models import Customer

    return select(Customer).where(Customer.customer_no == customer_no)


@pytest.fixture
def machine(company: str) -> Iterator[Machine]:
    bearers.forget_all()
    away._away_until = 0.0
    yield Machine(company)
    bearers.forget_all()


def test_the_gate_answers_and_answers_the_same_again(machine: Machine) -> None:
    order = {"customer_no": "A/B 2", "amount": 1200.5, "order_no": "O-1", "terms_days": 30}
    status, first = machine.post("/v1/gate", order)
    assert (status, first["decision"], first["is_repeated"], first["limit_left"]) == (200, "allow", False, None)
    status, again = machine.post("/v1/gate", order)
    assert (status, again["decision"], again["is_repeated"]) == (200, "allow", True)
    assert machine.get("/v1/gate/O-1") == (200, again | {"as_of": machine.get("/v1/gate/O-1")[1]["as_of"]})
    status, refused = machine.post("/v1/gate", order | {"amount": 7})
    assert (status, refused["code"]) == (422, "refused")
    assert "was asked before with other values" in refused["detail"]
    with unit_of_work() as ctx:
        entry = ctx.session.execute(_entries("gate.answered")).scalars().all()
    assert entry == ["api:all"]


def _entries(action: str) -> Any:
    from sqlalchemy import select

    from db.models import LedgerEntry

    return select(LedgerEntry.actor).where(LedgerEntry.action == action)


def test_a_customers_status(machine: Machine) -> None:
    status, one = machine.get("/v1/customers/C-1/status")
    assert status == 200
    assert (one["level"], one["since"], one["source"], one["department"]) == (
        "critical",
        "2025-06-30",
        "floor",
        "NORTH",
    )
    assert one["money_at_risk"] == {
        "currency": "CNY", "open_amount": 900, "overdue_amount": 900, "overdue_count": 1, "worst_days": 100,
        "unconverted_count": 0,
    }  # fmt: skip
    assert one["listing"] == {"grade": None, "listings": []}
    assert one["freshness"]["scored_on"] == "2025-06-30"
    assert any(why["indicator"] == "overdue_days_now" for why in one["why"])
    assert machine.get("/v1/customers/A%2FB 2/status")[1]["customer_no"] == "A/B 2"


def test_a_name_is_screened(machine: Machine) -> None:
    question = {"name": "Nobody & Sons"}
    assert machine.post("/v1/screen", question) == (200, question | {"threshold": 0.8, "matches": []})


@pytest.mark.parametrize(
    ("path", "query", "command"),
    [
        ("/v1/metrics", {"from": "2025-01", "to": "2025-06", "by": "month"},
         ["metrics", "--from", "2025-01", "--to", "2025-06", "--by", "month"]),
        ("/v1/tally", {"from": "2025-01", "to": "2025-06"}, ["tally", "--from", "2025-01", "--to", "2025-06"]),
        ("/v1/aging", {}, ["aging"]),
        ("/v1/aging", {"by": "department", "as_of": "2025-06-28"},
         ["aging", "--by", "department", "--as-of", "2025-06-28"]),
    ],
)  # fmt: skip
def test_figures_are_those_of_the_command(
    machine: Machine, path: str, query: dict[str, str], command: list[str]
) -> None:
    printed = CliRunner().invoke(make_app(command[0]), [*command, "--json"])
    assert machine.get(path, **query) == (200, json.loads(printed.stdout))


def test_events_since_a_cursor(machine: Machine) -> None:
    start = machine.get("/v1/events", after="latest")[1]["next"]
    with unit_of_work(now=JUNE) as ctx:
        _listing(ctx, "L-1")
    status, page = machine.get("/v1/events", after=start)
    (event,) = page["events"]
    assert (status, page["has_more"], page["next"]) == (200, False, event["cursor"])
    assert event == {
        "id": event["id"], "type": "listing.rejected", "timestamp": "2025-06-30T04:00:00Z", "customer_no": None,
        "data": {"listing_no": "L-1", "criterion": "fraud", "decided_on": "2025-06-30"}, "cursor": event["cursor"],
    }  # fmt: skip
    assert machine.get("/v1/events", after=page["next"])[1]["events"] == []
    assert machine.get("/v1/events", after=start, kinds="gate.held")[1]["events"] == []
    for query, problem in (
        ({"after": "x"}, (422, "invalid")), ({"kinds": "x"}, (422, "refused")), ({"limit": 0}, (422, "invalid")),
        ({"after": "ZTEuOTk5OTk"}, (410, "old_cursor")),
    ):  # fmt: skip
        status, content = machine.get("/v1/events", **query)
        assert (status, content["code"]) == problem


def _listing(ctx: Context, number: str) -> None:
    payload = {"listing_no": number, "criterion": "fraud", "decided_on": dt.date(2025, 6, 30)}
    publish(ctx, "listing.rejected", payload=payload)


def test_what_a_token_is_and_which_webhooks_there_are(machine: Machine) -> None:
    status, one = machine.get("/v1/token")
    assert (status, one["name"], one["scopes"], one["per_minute"]) == (
        200, "all", ["events", "gate", "metrics", "screen", "status"], 6000,
    )  # fmt: skip
    assert machine.get("/v1/webhooks") == (200, [])


# --- who may not


def test_without_a_token_nobody_is_answered_and_wrong_ones_are_slowed_down(company: str) -> None:
    bearers.forget_all()
    for secret in (None, "glk_wrong", "x" * 300):
        status, problem = Machine(secret).get("/v1/token")
        assert (status, problem["code"]) == (401, "wrong_token")
    answer = Machine(None).client.get("/v1/token")
    assert answer.headers["www-authenticate"] == 'Bearer realm="Greyledger"'
    assert answer.headers["content-type"] == "application/problem+json"
    statuses = [Machine("glk_wrong").get("/v1/token")[0] for _ in range(bearers.WRONG_PER_MINUTE)]
    assert statuses[-1] == 429
    # Somebody behind the same address whose token is known is still answered.
    bearers.forget_all()


def test_expired_and_revoked_tokens(company: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bearers.forget_all()
    ended, revoked = Machine(token_for("ended", "gate", days=1)), Machine(token_for("revoked", "gate"))
    assert ended.get("/v1/token")[0] == revoked.get("/v1/token")[0] == 200
    with unit_of_work() as ctx:
        revoke_token(ctx, token_by_name(ctx, "revoked").id)
    assert revoked.get("/v1/token")[0] == 200  # for a moment more
    monkeypatch.setattr(bearers, "KEPT_SECONDS", 0.0)
    bearers.forget_all()
    assert revoked.get("/v1/token")[0] == 401
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
    with unit_of_work(now=later) as ctx:
        assert not token_by_name(ctx, "ended").is_usable(ctx.now)


def test_a_token_opens_its_scopes_only_and_its_departments_customers(company: str) -> None:
    bearers.forget_all()
    north = Machine(token_for("north", "status", department="NORTH"))
    assert north.get("/v1/customers/C-1/status")[0] == 200
    status, problem = north.get("/v1/customers/A%2FB 2/status")
    assert (status, problem["code"], problem["detail"]) == (404, "not_found", "No customer has the number A/B 2.")
    status, problem = north.get("/v1/metrics", **{"from": "2025-01", "to": "2025-02"})
    assert (status, problem["code"]) == (403, "not_allowed")
    assert problem["detail"] == "This needs a token with the scope metrics."


def test_too_many_questions_wait(company: str) -> None:
    bearers.forget_all()
    slow = Machine(token_for("slow", "gate", per_minute=3))
    answers = [slow.client.get("/v1/token", headers=slow.headers) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60
    assert answers[3].json()["code"] == "too_many"


# --- what is not let in


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "not_json"),
        (b"\xff", 400, "not_json"),
        (b'{"amount": NaN}', 400, "not_json"),
        (b'{"amount": 1e999999999}', 400, "not_json"),
        (b'{"amount": ' + b"9" * 5000 + b"}", 400, "not_json"),
        (b'{"customer_no": "a\\u0000"}', 400, "not_json"),
        (b'{"customer_no": "\\ud800"}', 400, "not_json"),
        (b'{"amount": 1, "amount": 2}', 400, "not_json"),
        (b"[" * 20000 + b"]" * 20000, 400, "not_json"),
        (b"[]", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b" " * (MOST_BYTES + 1), 413, "too_large"),
    ],
)
def test_what_is_no_question(machine: Machine, body: bytes, status: int, code: str) -> None:
    found, problem = machine.post("/v1/gate", body)
    assert (found, problem["code"]) == (status, code)


def test_a_body_that_does_not_say_its_size_is_limited_while_it_streams(machine: Machine) -> None:
    sent = []

    def stream() -> Iterator[bytes]:
        for _ in range(100):
            sent.append(1)
            yield b" " * 8192

    headers = {**machine.headers, "content-type": "application/json"}
    answer = machine.client.post("/v1/gate", content=stream(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_another_media_type(machine: Machine) -> None:
    status, problem = machine.post("/v1/gate", b"a=1", "application/x-www-form-urlencoded")
    assert (status, problem["code"]) == (415, "wrong_media_type")


def test_wrong_fields_are_named(machine: Machine) -> None:
    status, problem = machine.post(
        "/v1/gate", {"amount": "12", "terms_days": True, "currency": "euro", "dry_run": 1, "colour": "red"}
    )
    assert (status, problem["code"]) == (422, "invalid")
    assert {(one["field"], one["code"]) for one in problem["errors"]} == {
        ("customer_no", "missing"), ("amount", "value_error"), ("terms_days", "value_error"),
        ("currency", "string_pattern_mismatch"), ("dry_run", "bool_type"), ("colour", "extra_forbidden"),
    }  # fmt: skip
    assert problem["errors"][0]["message"] == "This field is missing."
    for query in ({}, {"from": "2025-13", "to": "2025-01"}, {"from": "2025-02", "to": "2025-01"}):
        assert machine.get("/v1/metrics", **query)[0] == 422


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/gate/%00", "/v1/customers/x/status", "/v1/gate/unknown"])
def test_what_is_not_there(machine: Machine, path: str) -> None:
    status, problem = machine.get(path)
    assert (status, problem["code"]) == ((422, "invalid") if "%00" in path else (404, "not_found"))
    assert machine.client.delete("/v1/gate", headers=machine.headers).status_code == 405


def test_an_unknown_customer_is_no_allow(machine: Machine) -> None:
    status, problem = machine.post("/v1/gate", {"customer_no": "X-9", "amount": 1})
    assert (status, problem["code"]) == (404, "not_found")
    assert problem["detail"] == "There is no customer with the number X-9."


# --- when something is broken


def test_without_its_database_the_gate_holds_and_the_rest_says_so(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert machine.get("/v1/token")[0] == 200
    monkeypatch.setattr(bearers, "KEPT_SECONDS", 0.0)

    def broken(*_args: object, **_more: object) -> Any:
        raise OperationalError("SELECT", {}, Exception("gone"))

    for place in (bearers, routes, away):
        monkeypatch.setattr(place, "unit_of_work", broken)
    status, answer = machine.post("/v1/gate", {"customer_no": "C-1", "amount": 1})
    assert (status, answer["decision"], answer["is_from_snapshot"]) == (200, "hold", True)
    failed = machine.client.get("/v1/webhooks", headers=machine.headers)
    assert (failed.status_code, failed.json()["code"], failed.headers["retry-after"]) == (503, "database_away", "5")


def test_a_fault_has_an_id_and_tells_nothing(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> Any:
        raise KeyError("secret detail")

    monkeypatch.setattr(routes.answers, "webhook_rows", broken)
    status, problem = machine.get("/v1/webhooks")
    assert (status, problem["code"]) == (500, "fault")
    assert problem["errors"][0]["code"] in problem["detail"]
    assert "secret" not in json.dumps(problem)


# --- the document, and the process


def test_the_document_and_its_page_come_from_here(machine: Machine) -> None:
    status, document = Machine(None).get("/v1/openapi.json")
    assert (status, document["openapi"]) == (200, "3.1.0")
    assert set(document["paths"]) == {
        "/v1/gate", "/v1/gate/{order_no}", "/v1/screen", "/v1/customers/{customer_no}/status", "/v1/metrics",
        "/v1/tally", "/v1/aging", "/v1/events", "/v1/webhooks", "/v1/token",
    }  # fmt: skip
    page = machine.client.get("/v1/docs").text
    assert "http" not in page
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js", "favicon-32x32.png"):
        assert f"/v1/docs/{name}" in page
        assert machine.client.get(f"/v1/docs/{name}").status_code == 200
    assert machine.client.get("/v1/docs/index.html").status_code == 404
    assert machine.client.get("/v1", follow_redirects=False).headers["location"] == "/v1/docs"


def test_the_application_needs_none_of_the_pages() -> None:
    code = "import sys, dashboard.cli, dashboard.web.api.app; print({'streamlit', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_sentences_come_in_the_callers_language(machine: Machine) -> None:
    said = {
        language: Machine(None, language).get("/v1/token")[1]["code"] for language in ("en", "zh-Hans", "zh-Hant", "fr")
    }
    assert set(said.values()) == {"wrong_token"}
