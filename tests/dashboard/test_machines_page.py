"""The page of other systems, with every button used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from dashboard.cli import make_app
from services.context import unit_of_work
from services.events import publish
from services.machines.delivering import deliver_next
from services.machines.tokens import bearer_of, make_token
from services.machines.webhooks import add_webhook
from tests.people import add_person, stand_still
from tests.services.receivers import hook_receiver

APP = str(Path(__file__).parents[2] / "dashboard" / "app.py")
Opened = Callable[..., AppTest]


@pytest.fixture
def opened(database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Opened:
    monkeypatch.setenv("GREYLEDGER_HOME", str(tmp_path))
    stand_still()
    for role in ("admin", "auditor"):
        add_person(role, role, language="en")

    def opened(login: str, **query: str) -> AppTest:
        monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", login)
        app = AppTest.from_file(APP, default_timeout=60).run()
        app.query_params.clear()
        for name, value in query.items():
            app.query_params[name] = value
        app = app.switch_page("views/machines.py").run()
        assert [one.value for one in app.exception] == []
        return app

    return opened


def html(app: AppTest) -> str:
    return " ".join(str(one.value) for one in app.get("html"))


def one_value(statement: str) -> Any:
    with unit_of_work() as ctx:
        return ctx.session.execute(text(statement)).scalar_one()


def test_a_token_is_made_shown_once_and_revoked(opened: Opened) -> None:
    app = opened("admin")
    assert app.markdown[0].value.startswith("No other system is connected yet.")
    app.text_input(key="machines-token-name").set_value("erp orders")
    app.button_group(key="machines-token-scopes").set_value(["gate", "events"])
    app.number_input(key="machines-token-days").set_value(30)
    app.button(key="machines-token-make").click().run()
    assert "up to 40 letters" in app.error[0].value
    assert app.text_input(key="machines-token-name").value == "erp orders"
    app.text_input(key="machines-token-name").set_value("erp-orders")
    app.button(key="machines-token-make").click().run()
    secret = app.code[0].value
    with unit_of_work() as ctx:
        assert bearer_of(ctx, secret).actor.login == "api:erp-orders"
    assert "erp-orders" in html(app)
    assert app.text_input(key="machines-token-name").value == ""
    app.button(key="machines-secret-kept").click().run()
    assert len(app.code) == 0
    assert app.markdown[0].value == "1 token is in use. 0 webhooks are called."
    app.button(key="machines-revoke-1").click().run()
    assert one_value("SELECT revoked_by FROM api_token") == "admin"
    assert "by admin" in html(app)


def test_webhooks_from_their_first_day_to_their_last(opened: Opened) -> None:
    with hook_receiver() as hook:
        app = opened("admin", tab="webhooks")
        app.text_input(key="machines-webhook-url").set_value("http://erp.example.com/")
        app.multiselect(key="machines-webhook-kinds").set_value(["gate.settled"])
        app.button(key="machines-webhook-add").click().run()
        assert "Only https is used" in app.error[0].value
        app.text_input(key="machines-webhook-url").set_value(hook.url)
        app.button(key="machines-webhook-add").click().run()
        assert app.code[0].value.startswith("whsec_")
        app.button(key="machines-secret-kept").click().run()
        app.multiselect(key="machines-kinds-1").set_value(["gate.settled", "gate.held"])
        app.button(key="machines-set-kinds-1").click().run()
        assert one_value("SELECT kinds FROM webhook") == ["gate.held", "gate.settled"]
        app.button(key="machines-renew-1").click().run()
        assert app.code[0].value.startswith("whsec_")
        with unit_of_work() as ctx:
            publish(ctx, "gate.settled", payload={"order_no": "O-1", "state": "released", "settled_on": None})
        deliver_next()
        app = opened("admin", tab="calls", state="sent")
        assert "gate.settled" in html(app)
        assert "answer 200 in" in html(app)
        app.button(key="machines-again-1").click().run()
        assert one_value("SELECT state FROM webhook_delivery") == "queued"
        deliver_next()
        assert len(hook.bodies) == 2
        app = opened("admin", tab="webhooks")
        app.button(key="machines-pause-1").click().run()
        assert one_value("SELECT is_active FROM webhook") is False
        app.button(key="machines-pause-1").click().run()
        assert one_value("SELECT is_active FROM webhook") is True
        app.button(key="machines-remove-1").click().run()
        assert one_value("SELECT removed_at IS NOT NULL FROM webhook") is True
        assert "There is no webhook yet" in app.info[0].value


def test_events_lately_and_how_to_ask(opened: Opened) -> None:
    with unit_of_work() as ctx:
        for day in (29, 30):
            payload = {"listing_no": f"L-{day}", "criterion": "fraud", "decided_on": dt.date(2025, 6, day)}
            publish(ctx, "listing.rejected", payload=payload)
    app = opened("admin", tab="events")
    table = html(app)
    assert table.index("L-30") < table.index("L-29")
    app.selectbox(key="machines-kind").set_value("gate.held").run()
    assert "Nothing happened" in app.info[0].value
    app = opened("admin", tab="examples")
    assert all("/v1/" in one.value for one in app.code)
    assert len(app.code) == 6


def test_auditors_read_and_change_nothing(opened: Opened) -> None:
    with unit_of_work() as ctx:
        make_token(ctx, "erp", ["gate"])
        add_webhook(ctx, "https://erp.example.com/hook", ["gate.held"])
    for tab in ("", "webhooks", "calls", "events", "examples"):
        app = opened("auditor", **({"tab": tab} if tab else {}))
        assert [one.key for one in app.button if str(one.key).startswith("machines-")] == []


def test_tokens_from_the_command_line(database: str) -> None:
    def run(*words: str) -> str:
        done = CliRunner().invoke(make_app("token"), ["token", *words])
        assert done.exception is None
        return done.stdout

    secret = run("add", "erp", "--scope", "gate,status", "--days", "10").strip()
    with unit_of_work() as ctx:
        assert {one.value for one in bearer_of(ctx, secret).scopes} == {"gate", "status"}
    assert '"hint": "' + secret[:8] in run("list", "--json")
    assert "erp" in run("list")
    assert "opens nothing any more" in run("revoke", "erp")
    assert '"revoked_by": "system"' in run("list", "--json")
