"""Messengers, addresses that may not be, and secrets that are told nowhere."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import json
import logging
import time
from dataclasses import replace
from typing import Any

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from sqlalchemy import text

from db.enums import NoticeChannel
from services.context import unit_of_work
from services.errors import NotAllowedError, RefusedError
from services.notifications import deliveries, errand, notify, targets
from services.notifications.department_choices import choose_for_department
from services.notifications.plain_letters import plain_letter
from services.notifications.rhythm import Hours
from services.notifications.sending import Wish, set_sending
from services.notifications.signed_robots import HOOKS, signature
from tests.services.notice_house import HOUR, NOON, PASSWORD, House, subjects, work

# Messengers


def test_a_webhook_gets_the_notice_with_a_key_to_tell_a_repetition_by(house: House) -> None:
    house.add(house.adam, "webhook", house.hook.url + "?x=1", department_code="RISK", language="en")
    with unit_of_work(house.adam, NOON) as ctx:
        department = house.rita.department_id
        notify(ctx, "warnings_raised", "w", department=department, params={"count": 2}, is_urgent=True)
    work(NOON)
    assert [(one["title"], one["message"]) for one in house.hook.bodies] == [
        ("Greyledger: 2 new warnings for your department", "2 new warnings for your department")
    ]
    assert house.hook.headers[0]["Idempotency-Key"] == "1.1"


@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        (200, {"errcode": 310000, "errmsg": "keywords not in content"}, "310000 keywords not in content"),
        (500, {}, "HTTP 500"),
        (302, {}, "HTTP 302"),
    ],
)
def test_a_robot_that_refuses_with_a_code_has_not_taken_the_message(
    house: House, monkeypatch: pytest.MonkeyPatch, status: int, answer: dict[str, Any], reason: str
) -> None:
    """DingTalk answers HTTP 200 when it refuses."""
    monkeypatch.setattr(NotifyDingTalk, "notify_url", house.hook.url + "?access_token={token}")
    robot = "https://oapi.dingtalk.com/robot/send?access_token=abcdef1234567890"
    target = house.add(house.rita, "dingtalk", robot, signing_secret="SECabcdef123")
    house.hook.status, house.hook.answer = status, answer
    with pytest.raises(RefusedError, match=reason):
        errand.send_test(house.rita, target, plain_letter)
    house.hook.status, house.hook.answer = 200, {"errcode": 0, "errmsg": "ok"}
    errand.send_test(house.rita, target, plain_letter)
    assert house.hook.bodies[-1]["text"]["content"].startswith("Greyledger: Test message")


def test_a_host_inside_the_network_is_refused_when_added_and_when_sent_to(house: House) -> None:
    target = house.add(house.adam, "webhook", house.hook.url, department_code="RISK", language="en")
    with unit_of_work(house.adam, NOON) as ctx:
        forbids = Wish("127.0.0.1", 25, "none", "", "gl@example.com", "", allows_private=False)
        set_sending(ctx, forbids, 1)
    with pytest.raises(RefusedError, match="inside your network"):
        errand.send_test(house.adam, target, plain_letter)
    assert house.hook.bodies == []
    for inside in ("http://127.0.0.1/x", "http://169.254.169.254/latest", "http://[::1]/x", "https://10.1.2.3/x"):
        with pytest.raises(RefusedError, match="inside your network"), unit_of_work(house.adam) as ctx:
            targets.add_target(ctx, "webhook", inside, department_code="RISK")


def test_only_the_administrator_adds_addresses_with_a_host_of_their_own(house: House) -> None:
    for channel, written in (("webhook", "https://example.com/x"), ("other", "slack://a/b/c")):
        with pytest.raises(NotAllowedError), unit_of_work(house.rita) as ctx:
            targets.add_target(ctx, channel, written)
    with pytest.raises(NotAllowedError), unit_of_work(house.rita) as ctx:
        targets.add_target(ctx, "email", "all@example.com", department_code="RISK")
    for written in ("file:///etc/passwd", "json://127.0.0.1", "exec://x", "mailto://a:b@c.d", "ntfys://h/t?verify=no"):
        with pytest.raises(RefusedError), unit_of_work(house.adam) as ctx:
            targets.add_target(ctx, "other", written)


# Secrets


def test_no_secret_is_in_the_database_the_ledger_or_the_log(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(NotifyDingTalk, "notify_url", house.hook.url + "?access_token={token}")
    house.hook.status = 500
    token, signing = "abcdef1234567890feed", "SECfeedfeedfeed"
    robot = f"https://oapi.dingtalk.com/robot/send?access_token={token}"
    house.add(house.rita, "dingtalk", robot, signing_secret=signing)
    house.add(house.rita, "email", "rita.secret@example.com")
    with unit_of_work(house.adam) as ctx:
        set_sending(ctx, Wish("127.0.0.1", 1, "none", "", "gl@example.com", "", allows_private=True), 1)
    house.tell()
    work(NOON)
    with unit_of_work() as ctx:
        tables = ("ledger_entry", "notification", "notification_target", "notification_delivery", "job",
                  "notification_sending")  # fmt: skip
        kept = "".join(
            str(ctx.session.execute(text(f"SELECT json_agg(t)::text FROM {table} t")).scalar_one()) for table in tables
        )
        shown = json.dumps([vars(row) for row in deliveries.deliveries(ctx)], default=str)
        parcel = targets.test_parcel(ctx, 1)
    told = kept + caplog.text + shown + repr(parcel) + repr(replace(parcel, is_test=False))
    assert "…feed" in told
    for secret in (token, signing, "rita.secret", PASSWORD):
        assert secret not in told


# Signatures


def test_the_signature_of_a_feishu_robot_is_that_of_its_manual() -> None:
    expected = hmac.new(b"1599360473\nfeishu-secret", b"", "sha256").digest()
    assert signature(1599360473, "feishu-secret") == base64.b64encode(expected).decode()


def test_a_feishu_robot_with_a_secret_gets_a_signed_message(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HOOKS, NoticeChannel.FEISHU, house.hook.url + "/{token}")
    robot = "https://open.feishu.cn/open-apis/bot/v2/hook/AbCd-1234-feed"
    target = house.add(house.rita, "feishu", robot, signing_secret="Secret12345")
    house.hook.answer = {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}
    with pytest.raises(RefusedError, match="19021 sign match fail"):
        errand.send_test(house.rita, target, plain_letter)
    house.hook.answer = {"code": 0, "msg": "success"}
    errand.send_test(house.rita, target, plain_letter)
    body = house.hook.bodies[-1]
    assert (body["msg_type"], body["content"]["text"].splitlines()[0]) == (
        "text", "Greyledger: Test message: this address works."
    )  # fmt: skip
    assert body["sign"] == signature(int(body["timestamp"]), "Secret12345")
    assert abs(int(body["timestamp"]) - time.time()) < 60
    assert house.hook.paths[-1] == "/hook/AbCd-1234-feed"
    monkeypatch.setitem(HOOKS, NoticeChannel.FEISHU, "http://127.0.0.1:9/{token}")
    with pytest.raises(RefusedError, match="did not answer in time"):
        errand.send_test(house.rita, target, plain_letter)


def test_a_robot_that_signs_nothing_refuses_a_secret(house: House) -> None:
    robot = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=ab-cd-1234"
    with pytest.raises(RefusedError, match="sign nothing"), unit_of_work(house.rita, NOON) as ctx:
        targets.add_target(ctx, "wecom", robot, signing_secret="abc")
    robot = "https://open.feishu.cn/open-apis/bot/v2/hook/ab-cd-1234"
    with pytest.raises(RefusedError, match="letters and digits"), unit_of_work(house.rita, NOON) as ctx:
        targets.add_target(ctx, "feishu", robot, signing_secret="a b")


# A department's choice


def test_a_department_is_sent_to_as_was_chosen_for_it(house: House) -> None:
    house.add(house.adam, "email", "all@example.com", department_code="RISK", language="en")
    department = house.rita.department_id

    def tell(kind: str, **more: Any) -> None:
        with unit_of_work(house.adam, NOON) as ctx:
            notify(ctx, kind, "w", department=department, params={"count": 1, "customer": "C"}, **more)

    def waits() -> list[Any]:
        with unit_of_work() as ctx:
            found = text("SELECT next_at FROM notification_delivery ORDER BY id")
            return [moment.astimezone(NOON.tzinfo) for moment in ctx.session.execute(found).scalars()]

    tell("warnings_raised")
    tell("assessment_to_review")
    tomorrow_at_8 = NOON + 20 * HOUR
    assert waits() == [NOON, tomorrow_at_8]
    with unit_of_work(house.adam, NOON) as ctx:
        choose_for_department(ctx, "RISK", "digest", Hours(dt.time(11), dt.time(13), 17))
    tell("warnings_raised")
    tell("warnings_raised", is_urgent=True)
    assert waits()[2:] == [NOON + 5 * HOUR, NOON]
    with unit_of_work(house.adam, NOON) as ctx:
        choose_for_department(ctx, "RISK", "instant", Hours(dt.time(11), dt.time(13), 17))
    tell("assessment_to_review")
    assert waits()[4:] == [NOON + HOUR]
    work(NOON)
    assert len(subjects(house.mailbox)) == 1  # the urgent one; what was at once waits for the end of the quiet hours
    with pytest.raises(NotAllowedError), unit_of_work(house.rita, NOON) as ctx:
        choose_for_department(ctx, "RISK", None, Hours())
