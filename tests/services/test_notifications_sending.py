"""Notices leave the house once: after the commit, again after a failure, and not in the night."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.context import unit_of_work
from services.errors import NotAllowedError
from services.jobs.schedule import look_at_the_clock
from services.jobs.worker import work_one
from services.notifications import deliveries, errand, notify, targets
from services.notifications.plain_letters import plain_letter
from services.notifications.rhythm import LOST_AFTER, MOST_ATTEMPTS, Hours, wait_after
from services.notifications.safekeeping import KEY_VARIABLE, new_key
from tests.services.notice_house import HOUR, MINUTE, NOON, House, states, subjects, work

# Once


def test_a_notice_is_mailed_as_text_and_html_with_an_id_of_its_own(house: House) -> None:
    house.add(house.rita, "email", "rita@example.com")
    house.tell()
    work(NOON)
    mail = house.mailbox.mails[0]
    assert subjects(house.mailbox) == ["Greyledger: A warning was assigned to you: Customer 1"]
    assert (mail["To"], mail["From"]) == ("rita@example.com", "Greyledger <gl@example.com>")
    assert mail["Message-ID"] == "<greyledger.1.1@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert states() == [("sent", 1, None)]


def test_nothing_is_sent_of_a_transaction_that_was_rolled_back(house: House) -> None:
    house.add(house.rita, "email", "rita@example.com")
    with unit_of_work(now=NOON) as ctx:
        notify(ctx, "warning_assigned", "w", people=[house.rita.user_id or 0], params={"customer": "C"})
        ctx.session.rollback()
    work(NOON)
    assert (states(), house.mailbox.mails) == ([], [])


def test_two_workers_send_a_message_once(house: House) -> None:
    house.add(house.rita, "email", "rita@example.com")
    for number in range(6):
        house.tell(number)
    with unit_of_work(now=NOON) as ctx:
        # The jobs are there already: the sweep asks for the same once more, under the same keys.
        deliveries.sweep(ctx)
    ready = threading.Barrier(2)

    def worker() -> None:
        ready.wait()
        while work_one(NOON, names={"send_notices"}):
            pass

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(subjects(house.mailbox)) == [
        f"Greyledger: A warning was assigned to you: Customer {number}" for number in range(6)
    ]
    assert states() == [("sent", 1, None)] * 6


def test_a_message_that_was_taken_is_not_taken_again_by_a_second_job(house: House) -> None:
    target = house.add(house.rita, "email", "rita@example.com")
    house.tell()
    with unit_of_work(now=NOON) as ctx:
        first = deliveries.take(ctx, target, [1])
    with unit_of_work(now=NOON) as ctx:
        assert deliveries.take(ctx, target, [1]) is None
    assert first is not None
    errand.deliver(first, plain_letter, NOON)
    assert states() == [("sent", 1, None)]


# Failures


def test_a_message_that_was_refused_is_sent_later_under_the_same_id(house: House) -> None:
    house.add(house.rita, "email", "rita@example.com")
    house.mailbox.answer = "451 later"
    house.tell()
    work(NOON)
    assert states() == [("failed", 1, "The mail server refused the message with code %(code)s.")]
    house.mailbox.answer = "250 OK"
    work(NOON + wait_after(1) - dt.timedelta(seconds=1))
    assert house.mailbox.mails == []
    work(NOON + wait_after(1))
    assert [mail["Message-ID"] for mail in house.mailbox.mails] == ["<greyledger.1.1@example.com>"]
    assert states() == [("sent", 2, None)]


def test_a_message_is_given_up_with_a_notice_and_the_administrator_tries_it_again(house: House) -> None:
    house.add(house.rita, "email", "rita@example.com")
    house.mailbox.answer = "550 no"
    house.tell(is_urgent=True)
    now = NOON
    for attempt in range(1, MOST_ATTEMPTS + 1):
        work(now)
        now += wait_after(attempt)
    assert states() == [("given_up", 8, "The mail server refused the message with code %(code)s.")]
    with unit_of_work() as ctx:
        told = text("SELECT kind, params->>'address' FROM notification WHERE user_id = :user ORDER BY id")
        found = [tuple(row) for row in ctx.session.execute(told, {"user": house.rita.user_id})]
    assert found == [("warning_assigned", None), ("delivery_given_up", "r…@example.com")]
    house.mailbox.answer = "250 OK"
    with pytest.raises(NotAllowedError), unit_of_work(house.rita, now) as ctx:
        deliveries.try_again(ctx, 1)
    with unit_of_work(house.adam, now) as ctx:
        deliveries.try_again(ctx, 1)
    work(now)
    assert states() == [("sent", 1, None)]


def test_a_message_whose_worker_died_is_sent_again_after_its_time(house: House) -> None:
    target = house.add(house.rita, "email", "rita@example.com")
    house.tell()
    with unit_of_work(now=NOON) as ctx:
        assert deliveries.take(ctx, target, [1]) is not None
    work(NOON + LOST_AFTER - dt.timedelta(seconds=1))
    assert states() == [("sending", 1, None)]
    work(NOON + LOST_AFTER)
    assert states()[0][:2] == ("failed", 1)
    work(NOON + LOST_AFTER + MINUTE)
    assert states() == [("sent", 2, None)]


def test_a_key_that_was_lost_is_said_and_a_replaced_one_still_opens(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    house.add(house.rita, "email", "rita@example.com")
    first, second = (tmp_path / "secret.key").read_text(), new_key()
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv(KEY_VARIABLE, second)
    house.tell()
    work(NOON)
    assert states()[0][:2] == ("failed", 1)
    assert states()[0][2].startswith("This address was stored with another secret key.")
    monkeypatch.setenv(KEY_VARIABLE, f"{second},{first}")
    work(NOON + MINUTE)
    assert states() == [("sent", 2, None)]


def test_an_address_that_was_removed_gets_nothing_more(house: House) -> None:
    target = house.add(house.rita, "email", "rita@example.com")
    house.tell()
    with unit_of_work(house.rita, NOON) as ctx:
        targets.remove_target(ctx, target, 2)
    work(NOON)
    assert states() == [("given_up", 0, "The address was removed before the message was sent.")]
    with unit_of_work() as ctx:
        kept = ctx.session.execute(text("SELECT secret, masked FROM notification_target")).one()
    assert tuple(kept) == ("-", "r…@example.com")


def test_the_database_refuses_a_second_sending_and_an_illegal_move(house: House) -> None:
    house.add(house.rita, "email", "rita@example.com")
    house.tell()
    work(NOON)
    again = "UPDATE notification_delivery SET state = 'queued', sent_at = NULL"
    twin = (
        "INSERT INTO notification_delivery (notification_id, target_id, state, is_folded, queued_at, next_at) "
        "SELECT notification_id, target_id, 'queued', false, now(), now() FROM notification_delivery"
    )
    for statement, reason in ((again, "illegal transition"), (twin, "uq_notification_delivery")):
        with pytest.raises(DBAPIError, match=reason), unit_of_work() as ctx:
            ctx.session.execute(text(statement))


# When


def test_quiet_hours_hold_a_message_back_and_fold_what_came_in_the_night(house: House) -> None:
    """The defaults: 22:00 to 07:00 of the company's clocks."""
    house.add(house.rita, "email", "rita@example.com")
    last_minute, night, morning = NOON + 10 * HOUR - MINUTE, NOON + 10 * HOUR, NOON + 19 * HOUR
    house.tell(1, now=last_minute)
    house.tell(2, now=night)
    house.tell(3, now=night + 3 * HOUR)
    work(night + 3 * HOUR)
    # The first came in time, but its worker was away until the night: it waits as well.
    assert subjects(house.mailbox) == []
    house.tell(4, now=night + 4 * HOUR, is_urgent=True)
    work(night + 4 * HOUR)
    assert subjects(house.mailbox) == ["Greyledger: A warning was assigned to you: Customer 4"]
    work(morning - MINUTE)
    assert len(house.mailbox.mails) == 1
    work(morning)
    assert subjects(house.mailbox)[1:] == ["Greyledger: 3 notices"]
    assert states() == [("sent", 1, None)] * 4


def test_the_daily_message_holds_what_came_since_the_last(house: House) -> None:
    house.add(house.rita, "email", "rita@example.com")
    house.choose("digest", Hours(None, None, 18))
    house.tell(1)
    house.tell(2, now=NOON + 2 * HOUR)
    work(NOON + 6 * HOUR - MINUTE)
    assert house.mailbox.mails == []
    work(NOON + 6 * HOUR)
    assert subjects(house.mailbox) == ["Greyledger: 2 notices"]


def test_what_a_person_switched_off_stays_in_the_list(house: House) -> None:
    house.add(house.rita, "email", "rita@example.com")
    house.choose("off")
    house.tell()
    work(NOON + 48 * HOUR)
    assert (states(), house.mailbox.mails) == ([], [])
    with unit_of_work() as ctx:
        assert ctx.session.execute(text("SELECT count(*) FROM notification")).scalar_one() == 1


def test_the_worker_finds_at_its_look_at_the_clock_what_has_come_due(house: House) -> None:
    house.add(house.rita, "email", "rita@example.com")
    house.choose("digest", Hours(None, None, 18))
    house.tell()
    with unit_of_work(now=NOON + 7 * HOUR) as ctx:
        look_at_the_clock(ctx)
    assert work_one(NOON + 7 * HOUR, names={"send_notices"})
    assert states() == [("sent", 1, None)]
