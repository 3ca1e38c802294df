"""Quiet hours, daily messages, addresses and answers: both sides of every boundary. And the table of kinds."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dashboard.components.notice_words import notice_sentence
from dashboard.i18n import using_language
from services.errors import RefusedError
from services.notifications.addresses import address_of
from services.notifications.answers import refusal_in
from services.notifications.choices import ensure_hours, parsed_time
from services.notifications.deliveries import DELIVERY_TRANSITIONS
from services.notifications.kinds import NOTICE_KINDS
from services.notifications.plain_letters import plain_sentence
from services.notifications.rhythm import Hours, after_quiet, is_quiet, next_digest, wait_after
from services.notifications.rows import NoticeRow

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = Hours(dt.time(22), dt.time(7), 8)
LUNCH = Hours(dt.time(12), dt.time(13, 30), 8)
NEVER = Hours(None, None, 8)
DOCS = Path(__file__).parents[2] / "docs" / "notifications.md"


@pytest.mark.parametrize(
    ("hours", "at", "quiet"),
    [
        (NIGHT, "21:59:59", False), (NIGHT, "22:00", True), (NIGHT, "23:59:59", True), (NIGHT, "00:00", True),
        (NIGHT, "06:59:59", True), (NIGHT, "07:00", False), (NIGHT, "12:00", False),
        (LUNCH, "11:59:59", False), (LUNCH, "12:00", True), (LUNCH, "13:29:59", True), (LUNCH, "13:30", False),
        (NEVER, "03:00", False),
    ],
)  # fmt: skip
def test_quiet_hours_begin_and_end_to_the_second(hours: Hours, at: str, quiet: bool) -> None:
    assert is_quiet(hours, dt.time.fromisoformat(at)) is quiet


@pytest.mark.parametrize(
    ("hours", "moment", "sent"),
    [
        (NIGHT, "2025-06-30 21:59", "2025-06-30 21:59"),
        (NIGHT, "2025-06-30 22:00", "2025-07-01 07:00"),
        (NIGHT, "2025-07-01 00:30", "2025-07-01 07:00"),
        (NIGHT, "2025-07-01 07:00", "2025-07-01 07:00"),
        (LUNCH, "2025-06-30 12:15", "2025-06-30 13:30"),
    ],
)
def test_what_comes_in_the_quiet_hours_is_sent_at_their_end(hours: Hours, moment: str, sent: str) -> None:
    given, expected = (dt.datetime.fromisoformat(one).replace(tzinfo=ZONE) for one in (moment, sent))
    assert after_quiet(hours, given, ZONE) == expected


@pytest.mark.parametrize(
    ("hours", "moment", "sent"),
    [
        (NIGHT, "2025-06-30 07:59", "2025-06-30 08:00"),
        (NIGHT, "2025-06-30 08:00", "2025-07-01 08:00"),
        (Hours(dt.time(22), dt.time(7), 6), "2025-06-30 12:00", "2025-07-01 07:00"),
    ],
)
def test_the_daily_message_is_the_next_one_and_not_in_the_night(hours: Hours, moment: str, sent: str) -> None:
    given, expected = (dt.datetime.fromisoformat(one).replace(tzinfo=ZONE) for one in (moment, sent))
    assert next_digest(hours, given, ZONE) == expected


def test_waits_between_attempts_double_up_to_two_hours() -> None:
    assert [wait_after(one).total_seconds() / 60 for one in (1, 2, 3, 7, 8, 99)] == [1, 2, 4, 64, 120, 120]


def test_a_sent_message_is_never_sent_again() -> None:
    assert DELIVERY_TRANSITIONS["sent"] == frozenset()
    assert "sending" not in DELIVERY_TRANSITIONS["given_up"]


@pytest.mark.parametrize("hours", [Hours(dt.time(22), None), Hours(dt.time(7), dt.time(7)), Hours(digest_hour=24)])
def test_hours_that_make_no_sense_are_refused(hours: Hours) -> None:
    with pytest.raises(RefusedError):
        ensure_hours(hours)


def test_a_time_is_read_as_people_write_it() -> None:
    assert (parsed_time(" 22:30 "), parsed_time("")) == (dt.time(22, 30), None)
    with pytest.raises(RefusedError, match="25:00"):
        parsed_time("25:00")


@pytest.mark.parametrize(
    ("channel", "written", "full", "masked"),
    [
        ("email", " Rita.B@Example.COM ", "Rita.B@example.com", "R…@example.com"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=ab-cd-1234", "wecombot://ab-cd-1234/", "…1234"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/ab-cd-1234", "feishu://ab-cd-1234/", "…1234"),
        (
            "webhook",
            "https://e.com:8443/a?x=1&verify=no",
            "jsons://e.com:8443/a?-x=1&-verify=no",
            "https://e.com:8443/…",
        ),
    ],
)
def test_an_address_is_understood_as_its_messenger_shows_it(channel: str, written: str, full: str, masked: str) -> None:
    found = address_of(channel, written)
    assert (found.full, found.masked) == (full, masked)
    assert found.full not in repr(found)


@pytest.mark.parametrize(
    ("channel", "written"),
    [
        ("email", "rita"), ("email", "a@b"), ("email", "a@example.com\nBcc: b@example.com"), ("email", ""),
        ("wecom", "https://qyapi.weixin.qq.com.evil.com/cgi-bin/webhook/send?key=ab-cd-1234"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=abcdef12&x=1"),
        ("webhook", "ftp://e.com/a"), ("webhook", "https://user:pw@e.com/a"), ("webhook", "https://e.com:99999/a"),
        ("webhook", "https://e.com/" + "a" * 500),
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(channel: str, written: str) -> None:
    with pytest.raises(RefusedError):
        address_of(channel, written)


@pytest.mark.parametrize(
    ("status", "body", "refusal"),
    [
        (200, {"errcode": 0, "errmsg": "ok"}, ""), (204, None, ""), (200, {"StatusCode": 0, "code": 0}, ""),
        (200, {"errcode": 93000, "errmsg": "invalid webhook"}, "93000 invalid webhook"),
        (200, {"code": 19024, "msg": "Key Words Not Found"}, "19024 Key Words Not Found"),
        (302, None, "HTTP 302"), (404, {"message": "gone"}, "HTTP 404 gone"), (200, ["x"], ""),
    ],
)  # fmt: skip
def test_an_answer_says_whether_a_message_was_taken(status: int, body: object, refusal: str) -> None:
    assert refusal_in(status, body) == refusal


@pytest.mark.parametrize("kind", list(NOTICE_KINDS))
@pytest.mark.parametrize("count", [1, 3])
def test_a_kind_reads_the_same_in_its_table_and_in_the_catalogues(kind: str, count: int) -> None:
    params = {"count": count, "customer": "C", "file": "f.csv", "reason": "r", "job": "j", "scorecard": "s",
              "address": "a", "setting": "x", "decision": "y"}  # fmt: skip
    notice = NoticeRow(1, kind, params, "", False, dt.datetime(2025, 6, 30, tzinfo=dt.UTC), None)
    with using_language("en"):
        assert notice_sentence(notice).replace("—", "") == plain_sentence(notice)


def test_the_document_lists_every_kind_as_the_code_has_it() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \| (yes|no) \|$", DOCS.read_text(), re.MULTILINE)
    ours = [
        (one.code, one.name, one.who, one.mode.value if one.leaves_house else "never", "yes" if one.is_urgent else "no")
        for one in NOTICE_KINDS.values()
    ]
    assert rows == ours
