"""Webhooks: signed, tried again, given up with a notice, never to where they may not go."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from standardwebhooks import Webhook as Verifier

from services.context import Context, unit_of_work
from services.errors import IllegalMoveError, NotFoundError, RefusedError, StaleError
from services.events import publish
from services.machines import calling, delivering, webhooks
from services.machines.calling import Call, CallFailedError, ensure_callable, is_never_called, make_call
from services.machines.delivering import deliver_next, rest_after, wait_after
from services.machines.webhooks import add_webhook, calls, remove_webhook, send_again, set_active
from services.policy import set_policy
from tests.people import add_person
from tests.services.receivers import Hook, hook_receiver

NOON = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
LISTED = {"listing_no": "L-1", "criterion": "fraud", "grade": "black", "decided_on": dt.date(2025, 6, 30)}


@pytest.fixture
def hook(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    monkeypatch.setenv("GREYLEDGER_SECRET_KEY", "0" * 43 + "=")
    with hook_receiver() as receiver:
        yield receiver


def _added(hook: Hook, *kinds: str) -> webhooks.NewWebhook:
    with unit_of_work(now=NOON) as ctx:
        return add_webhook(ctx, hook.url, kinds or ["listing.confirmed"])


def _happened(number: int = 1) -> None:
    with unit_of_work(now=NOON) as ctx:
        publish(ctx, "listing.confirmed", payload={**LISTED, "listing_no": f"L-{number}"})


def _log(state: str | None = None) -> list[tuple[str, int, int | None]]:
    with unit_of_work(now=NOON) as ctx:
        found = calls(ctx, state=state)  # type: ignore[arg-type]
    return [(one.state, one.attempts, one.status_code) for one in found]


def test_a_receiver_that_fails_twice_and_then_accepts_gets_it_signed(hook: Hook) -> None:
    made = _added(hook)
    _happened()
    hook.status = 500
    assert deliver_next(NOON)
    assert _log() == [("failed", 1, 500)]
    assert not deliver_next(NOON)  # it rests
    assert deliver_next(NOON + HOUR)
    hook.status = 204
    assert deliver_next(NOON + 2 * HOUR)
    assert _log() == [("sent", 3, 204)]
    assert not deliver_next(NOON + 3 * HOUR)
    headers = [{name.lower(): value for name, value in one.items()} for one in hook.headers]
    assert len({one["webhook-id"] for one in headers}) == 1
    body = json.dumps(hook.bodies[2], ensure_ascii=False, separators=(",", ":"))
    assert Verifier(made.secret).verify(body, headers[2]) == {
        "id": headers[2]["webhook-id"], "type": "listing.confirmed", "timestamp": "2025-06-30T04:00:00Z",
        "customer_no": None,
        "data": {"listing_no": "L-1", "criterion": "fraud", "grade": "black", "decided_on": "2025-06-30"},
    }  # fmt: skip


def test_only_chosen_kinds_are_sent_and_only_once_they_have_committed(hook: Hook) -> None:
    _added(hook, "listing.rejected")
    _happened()
    assert not deliver_next(NOON)
    with unit_of_work(now=NOON) as ctx:
        publish(ctx, "listing.rejected", payload={"listing_no": "L-2", "criterion": "fraud", "decided_on": None})
        assert not deliver_next(NOON)
    assert deliver_next(NOON)
    assert [one["type"] for one in hook.bodies] == ["listing.rejected"]


def test_a_dead_receiver_delays_no_other_and_administrators_are_told_once(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "MOST_ATTEMPTS", 3)
    add_person("adam", "admin")
    _added(hook)
    hook.status = 410
    for number in (1, 2):
        _happened(number)
    with hook_receiver() as other:
        _added(other)
        _happened(3)
        now = NOON
        for _ in range(3 * 3 + 2):
            now += 3 * HOUR
            deliver_next(now)
        assert len(other.bodies) == 1
    assert sorted(_log("given_up")) == [("given_up", 3, 410)] * 3
    with unit_of_work() as ctx:
        told = ctx.session.execute(text("SELECT kind, params->>'address' FROM notification")).all()
    assert [tuple(one) for one in told] == [("webhook_given_up", hook.url)]
    hook.status = 200
    with unit_of_work(now=now) as ctx:
        send_again(ctx, calls(ctx, state="given_up")[0].id)  # type: ignore[arg-type]
    assert deliver_next(now)
    assert sorted(_log()) == [("given_up", 3, 410), ("given_up", 3, 410), ("sent", 1, 200), ("sent", 1, 200)]


def test_paused_ones_wait_and_removed_ones_are_never_called(hook: Hook) -> None:
    made = _added(hook)
    _happened(1)
    with unit_of_work(now=NOON) as ctx:
        delivering.place_new(ctx)
        set_active(ctx, made.id, 1, is_active=False)
    _happened(2)  # while it is paused: not for it
    assert not deliver_next(NOON)
    with unit_of_work(now=NOON) as ctx:
        set_active(ctx, made.id, 2, is_active=True)
    assert deliver_next(NOON)
    assert not deliver_next(NOON)
    _happened(3)
    with unit_of_work(now=NOON) as ctx:
        delivering.place_new(ctx)
        remove_webhook(ctx, made.id, 3)
        assert webhooks.webhooks(ctx) == ()
    assert not deliver_next(NOON)
    assert _log() == [("given_up", 0, None), ("sent", 1, 200)]
    with unit_of_work(now=NOON) as ctx, pytest.raises(RefusedError, match="was removed"):
        send_again(ctx, calls(ctx)[0].id)


def test_a_call_whose_worker_was_lost_is_made_again(hook: Hook) -> None:
    _added(hook)
    _happened()
    with unit_of_work(now=NOON) as ctx:
        delivering.place_new(ctx)
        ctx.session.execute(text("UPDATE webhook_delivery SET state = 'sending', attempts = 1"))
    assert deliver_next(NOON + HOUR)
    assert _log() == [("sent", 2, 200)]


def test_changes_are_fresh_and_in_the_ledger_without_the_secret(hook: Hook) -> None:
    made = _added(hook)
    with unit_of_work(now=NOON) as ctx:
        with pytest.raises(StaleError):
            set_active(ctx, made.id, 9, is_active=False)
        with pytest.raises(RefusedError, match="already"):
            add_webhook(ctx, hook.url, ["listing.confirmed"])
        with pytest.raises(RefusedError, match="at least one"):
            add_webhook(ctx, "https://erp.example.com/x", [])
        with pytest.raises(NotFoundError):
            set_active(ctx, 99, 1, is_active=False)
        webhooks.change_kinds(ctx, made.id, 1, ["gate.held", "warning.raised"])
        renewed = webhooks.renew_secret(ctx, made.id, 2)
        assert webhooks.webhooks(ctx)[0].kinds == ("warning.raised", "gate.held")
        entries = ctx.session.execute(text("SELECT action, e::text FROM ledger_entry e ORDER BY seq")).all()
    assert [one[0] for one in entries] == ["webhook.added", "webhook.kinds_changed", "webhook.secret_renewed"]
    assert renewed.secret != made.secret
    assert not any(secret[6:] in one[1] for one in entries for secret in (made.secret, renewed.secret))


def test_the_database_refuses_to_undo_a_call_that_arrived(hook: Hook) -> None:
    _added(hook)
    _happened()
    deliver_next(NOON)
    with unit_of_work() as ctx, pytest.raises(IntegrityError, match="illegal transition"):
        ctx.session.execute(text("UPDATE webhook_delivery SET state = 'failed', sent_at = NULL, error = '{}'"))
    with unit_of_work() as ctx:
        ctx.session.execute(text("UPDATE webhook_delivery SET state = 'queued', sent_at = NULL"))
        with pytest.raises(IllegalMoveError):
            send_again(ctx, calls(ctx)[0].id)


@pytest.mark.parametrize(
    "url",
    ["", "erp.example.com", "ftp://erp.example.com/", "http://erp.example.com/", "https://a:b@erp.example.com/",
     "https://erp.example.com/#x", "https://erp.example.com:99999/", "https://erp.example.com/a b", "https://",
     "https://erp.exämple.com/", "https://erp.example.com/" + "x" * 500],
)  # fmt: skip
def test_what_may_not_be_an_address(url: str) -> None:
    with pytest.raises(RefusedError):
        ensure_callable(url)


def test_the_operator_says_which_hosts_may_be_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(calling.HOSTS_VARIABLE, "erp.example.com, *.inside.example.com")
    for host in ("erp.example.com", "ERP.example.com", "a.inside.example.com"):
        assert ensure_callable(f"https://{host}/x").path == "/x"
    with pytest.raises(RefusedError, match="not among the hosts"):
        ensure_callable("https://other.example.com/")


@pytest.mark.parametrize(
    ("address", "is_never"),
    [("169.254.169.254", True), ("::ffff:169.254.169.254", True), ("fe80::1%eth0", True), ("100.100.100.200", True),
     ("0.0.0.0", True), ("fd00:ec2::254", True), ("239.1.1.1", True), ("10.1.2.3", False), ("127.0.0.1", False),
     ("fd12::1", False), ("93.184.216.34", False)],
)  # fmt: skip
def test_the_surroundings_of_the_machine_are_never_called(address: str, is_never: bool) -> None:
    assert is_never_called(address) is is_never


def test_a_host_that_leads_to_the_surroundings_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling.socket, "getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("169.254.169.254", 443))])
    with pytest.raises(CallFailedError, match="never called"):
        make_call(Call(1, "https://metadata.example.com/", "whsec_AAAA", "evt_1", "{}"))


def test_redirects_are_not_followed_and_drips_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    with hook_receiver() as hook:
        hook.status = 302
        call = Call(1, hook.url, "whsec_AAAA", "evt_1", "{}")
        with pytest.raises(CallFailedError, match=r"pointed elsewhere \(302\)"):
            make_call(call)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(calling, "CALL_SECONDS", 0.1)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(CallFailedError, match="could not be reached, or broke off"):
            make_call(Call(1, url, "whsec_AAAA", "evt_1", "{}"))


def test_waits_and_rests_grow() -> None:
    assert [wait_after(n, 1.0).total_seconds() for n in (1, 2, 3, 12)] == [10, 20, 40, 7200]
    assert wait_after(1, 0.0).total_seconds() == 5
    assert [rest_after(n).total_seconds() for n in (1, 2, 9)] == [5, 10, 300]


def test_the_worker_sends_by_itself(hook: Hook) -> None:
    _added(hook)
    _happened()
    stop = threading.Event()
    worker = threading.Thread(target=delivering.run_deliveries, args=(stop,))
    worker.start()
    for _ in range(200):
        if hook.bodies:
            break
        stop.wait(0.02)
    stop.set()
    worker.join(5)
    assert [one["type"] for one in hook.bodies] == ["listing.confirmed"]


def test_old_calls_are_forgotten(ctx: Context) -> None:
    set_policy(ctx, "events_kept_days", "1")
    ctx.session.execute(
        text(
            "INSERT INTO webhook_delivery (webhook_id, event_id, state, queued_at, next_at, sent_at) VALUES "
            "(1, 1, 'sent', :old, :old, :old), (1, 2, 'queued', :old, :old, NULL)"
        ),
        {"old": ctx.now - dt.timedelta(days=40)},
    )
    delivering.prune_calls(ctx)
    assert ctx.session.execute(text("SELECT count(*) FROM webhook_delivery")).scalar_one() == 0
