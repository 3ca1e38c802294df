"""The bell and the page of notices, with every button used."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from dashboard.cli import make_app
from dashboard.notice_letters import letter
from services.context import unit_of_work
from services.jobs.worker import work_one
from services.notifications import notify
from tests.dashboard.opening import Opened, opener
from tests.people import add_person, stand_still
from tests.services.receivers import hook_receiver, mail_receiver

TOP = [{"customer": "Sunrise Ltd", "customer_no": "C1", "rule": "overdue_60", "money": "1240000"}]


@pytest.fixture
def opened(database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Opened:
    monkeypatch.setenv("GREYLEDGER_HOME", str(tmp_path))
    stand_still()
    for role in ("admin", "risk"):
        add_person(role, role, language="en")

    return opener(monkeypatch, "notifications")


def tell(count: int = 2, **more: Any) -> None:
    with unit_of_work(now=dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC)) as ctx:
        params = {"count": count, "money": "1240000", "top": TOP}
        department = ctx.session.execute(text("SELECT id FROM department WHERE code = 'RISK'")).scalar_one()
        notify(ctx, "warnings_raised", "w", department=department, params=params, link="early_warnings", **more)


def html(app: AppTest) -> str:
    return " ".join(str(one.value) for one in app.get("html"))


def one_value(statement: str) -> Any:
    with unit_of_work() as ctx:
        return ctx.session.execute(text(statement)).scalar_one()


def test_the_bell_counts_and_a_notice_opens_its_page_and_is_read(opened: Opened) -> None:
    tell()
    tell(1)
    app = opened("risk")
    assert [one.label for one in app.get("page_link")] == ["2"]
    assert "2 notices wait for you" in [one.value for one in app.markdown]
    assert "2 new warnings for your department" in html(app)
    assert "Sunrise Ltd · 60 days past due · ¥1.24M" in html(app)
    app.button(key="glopen-notice-1").click().run()
    assert app.title[0].value == "Warnings"
    assert one_value("SELECT count(*) FROM notification WHERE read_at IS NULL") == 1
    app = opened("risk")
    assert [one.key for one in app.button if str(one.key).startswith("glopen")] == [
        "glopen-notice-2", "glopen-notice-1"
    ]  # fmt: skip
    app.toggle(key="notices-unread").set_value(True).run()
    assert [one.key for one in app.button if str(one.key).startswith("glopen")] == ["glopen-notice-2"]
    app.button(key="notices-all-read").click().run()
    assert one_value("SELECT count(*) FROM notification WHERE read_at IS NULL") == 0
    assert "You have read everything." in app.info[0].value
    assert [one.label for one in app.get("page_link")] == ["Notices"]


def test_nobody_reads_anothers_notices(opened: Opened) -> None:
    tell()
    assert "Nothing waits for you" in [one.value for one in opened("admin").markdown]


def test_choices_are_kept_and_a_wrong_time_keeps_what_was_written(opened: Opened) -> None:
    app = opened("risk", tab="choices")
    app.selectbox(key="notices-mode-warnings_raised-email").set_value("digest")
    app.text_input(key="notices-quiet-from").set_value("20:30")
    app.text_input(key="notices-quiet-until").set_value("25:99")
    app.selectbox(key="notices-digest-hour").set_value(9)
    app.button(key="notices-choices-save").click().run()
    assert app.error[0].value == "“25:99” is not a time. Write it as 22:00."
    assert app.text_input(key="notices-quiet-from").value == "20:30"
    assert one_value("SELECT count(*) FROM notification_preference") == 0
    app.text_input(key="notices-quiet-until").set_value("06:30")
    app.button(key="notices-choices-save").click().run()
    assert [one.value for one in app.error] == []
    with unit_of_work() as ctx:
        kept = ctx.session.execute(text("SELECT kind, medium, mode FROM notification_preference")).all()
        hours = ctx.session.execute(text("SELECT quiet_from, quiet_until, digest_hour FROM notification_hours")).one()
    assert [tuple(row) for row in kept] == [("warnings_raised", "email", "digest")]
    assert tuple(hours) == (dt.time(20, 30), dt.time(6, 30), 9)


def test_a_mail_address_is_added_tested_used_and_removed(opened: Opened) -> None:
    with mail_receiver() as box:
        app = opened("admin", tab="sending")
        app.text_input(key="sending-host").set_value("127.0.0.1")
        app.number_input(key="sending-port").set_value(box.port)
        app.selectbox(key="sending-security").set_value("none")
        app.text_input(key="sending-from").set_value("gl@example.com")
        app.text_input(key="sending-url").set_value("https://gl.example.com/")
        app.checkbox(key="sending-private").check()
        app.button(key="sending-save").click().run()
        assert [one.value for one in app.error] == []
        app = opened("risk", tab="addresses")
        app.text_input(key="address-written").set_value("risk")
        app.button(key="address-add").click().run()
        assert "should look like this: name@example.com" in app.error[0].value
        assert app.text_input(key="address-written").value == "risk"
        app.text_input(key="address-written").set_value("risk@example.com")
        app.button(key="address-add").click().run()
        assert "E-mail: r…@example.com" in html(app)
        assert "Not in use yet" in html(app)
        app.button(key="address-test-1").click().run()
        assert [one.value for one in app.error] == []
        assert "In use. Nothing was sent here yet." in html(app)
        tell(is_urgent=True)
        assert work_one(compose=letter, names={"send_notices"})
        first, second = box.mails
        assert str(first["Subject"]) == "Greyledger: test message"
        assert str(second["Subject"]) == "Greyledger: 2 new warnings for your department"
        body = _text_of(second)
        assert "Sunrise Ltd · 60 days past due · ¥1.24M\nhttps://gl.example.com/early_warnings\n" in body
        app = opened("risk", tab="addresses")
        app.button(key="address-remove-1").click().run()
        assert "You have no address yet" in app.info[0].value


def _text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_administrator_sees_what_failed_and_has_it_tried_again(opened: Opened) -> None:
    with hook_receiver() as hook:
        with unit_of_work() as ctx:
            ctx.session.execute(
                text(
                    "INSERT INTO notification_sending (id, smtp_host, smtp_port, smtp_security, smtp_user, smtp_secret,"
                    " mail_from, public_url, allows_private) VALUES (1, '', 587, 'starttls', '', '', '', '', true)"
                )
            )
        app = opened("admin", tab="departments")
        app.selectbox(key="address-channel").set_value("webhook").run()
        app.selectbox(key="address-department").set_value("RISK")
        app.selectbox(key="address-language").set_value("zh_Hant")
        app.text_input(key="address-written").set_value(hook.url)
        app.button(key="address-add").click().run()
        app.button(key="address-test-1").click().run()
        assert [one.value for one in app.error] == []
        assert len(hook.bodies) == 1
        tell(is_urgent=True)
        with unit_of_work() as ctx:
            ctx.session.execute(
                text(
                    "UPDATE notification_delivery SET state = 'given_up', error = "
                    """'{"template": "The messenger refused the message: %(answer)s", "params": {"answer": "42"}}'"""
                )
            )
        app = opened("admin", tab="log", state="given_up")
        assert "The messenger refused the message: 42" in html(app)
        app.button(key="sending-again-1").click().run()
        assert work_one(compose=letter, names={"send_notices"})
        app.selectbox(key="log-state").set_value("sent").run()
        assert "New warnings for my department" in html(app)
        assert len(hook.bodies) == 2
        run = CliRunner().invoke(make_app("notify"), ["notify", "log", "--json"])
        assert (run.exit_code, '"address": "http://127.0.0.1' in run.output) == (0, True)
        assert hook.url not in run.output
        assert CliRunner().invoke(make_app("notify"), ["notify", "test", "1", "--json"]).exit_code == 0
        assert len(hook.bodies) == 3


def test_the_administrator_chooses_when_a_department_is_sent_its_messages(opened: Opened) -> None:
    app = opened("admin", tab="departments")
    app.selectbox(key="hours-department").set_value("RISK").run()
    assert app.selectbox(key="hours-mode-RISK").value == ""
    app.selectbox(key="hours-mode-RISK").set_value("digest")
    app.text_input(key="hours-from-RISK").set_value("20:00")
    app.text_input(key="hours-until-RISK").set_value("")
    app.selectbox(key="hours-digest-RISK").set_value(9)
    app.button(key="hours-save-RISK").click().run()
    assert app.error[0].value == "Quiet hours need a beginning and an end, or neither."
    assert app.text_input(key="hours-from-RISK").value == "20:00"
    app.text_input(key="hours-until-RISK").set_value("06:00")
    app.button(key="hours-save-RISK").click().run()
    assert [one.value for one in app.error] == []
    app = opened("admin", tab="departments")
    app.selectbox(key="hours-department").set_value("RISK").run()
    assert app.selectbox(key="hours-mode-RISK").value == "digest"
    assert one_value("SELECT count(*) FROM ledger_entry WHERE action = 'notification.department_chosen'") == 1
