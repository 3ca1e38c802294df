"""The gate, sign-in, languages and headers, asked over HTTP and WebSocket like a browser or an intruder would."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from dashboard import signed_in
from dashboard.i18n import NAMES, TAGS
from dashboard.web.session_middleware import SessionGate
from services.users import actor_of_session, token_hash
from tests.people import PASSWORD, add_person, stand_still

PAGE = {"accept": "text/html"}
WRONG = {
    "zh_Hans": "登录名或密码不正确，请核对后重试。",
    "zh_Hant": "登入名稱或密碼不正確，請核對後再試。",
    "en": "The name or the password is not right. Check both and try again.",
}


@pytest.fixture(scope="module")
def running() -> Iterator[TestClient]:
    """The whole application, started once: Streamlit allows one in a process."""
    from dashboard.web.asgi import app

    with TestClient(app, base_url="http://testserver", follow_redirects=False) as client:
        yield client


@pytest.fixture
def web(running: TestClient, database: str) -> TestClient:
    """A browser without cookies."""
    running.cookies.clear()
    running.headers.pop("accept-language", None)
    signed_in.forget()
    return running


def signed(web: TestClient, login: str = "ruoheng", password: str = PASSWORD, **form: str) -> Any:
    return web.post("/sign-in", data={"login": login, "password": password, **form})


# --- the gate


def test_a_page_leads_to_the_sign_in_page_and_back(web: TestClient) -> None:
    assert web.get("/", headers=PAGE).headers["location"] == "/sign-in"
    answer = web.get("/customer?customer=C%201&tab=x", headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=%2Fcustomer%3Fcustomer%3DC%25201%26tab%3Dx",
    )
    add_person("ruoheng")
    back = signed(web, next="/customer?customer=C%201&tab=x")
    assert (back.status_code, back.headers["location"]) == (303, "/customer?customer=C%201&tab=x")


def test_nothing_is_served_without_a_session(running: TestClient) -> None:
    paths = (
        "/media/0123456789abcdef.csv",
        "/_stcore/metrics",
        "/_stcore/health",
        "/_stcore/host-config",
        "/_stcore/upload_file/session/file",
        "/_stcore/agent/openapi.json",
        "/component/x/y.js",
        "/overview",
        "/index.html",
        "/manifest.json",
    )
    running.cookies.clear()
    assert {path: (running.get(path).status_code, running.get(path).text) for path in paths} == {
        path: (401, "Not signed in") for path in paths
    }
    upload = "/_stcore/upload_file/session/file"
    assert [running.request(method, upload, headers=PAGE).status_code for method in ("PUT", "POST", "DELETE")] == [
        401
    ] * 3


def test_an_invented_session_opens_nothing(web: TestClient) -> None:
    web.cookies.set("greyledger_session", "invented")
    assert web.get("/media/x").status_code == 401
    assert web.get("/", headers=PAGE).headers["location"] == "/sign-in"


def test_with_a_session_the_same_doors_open(web: TestClient) -> None:
    add_person("ruoheng")
    signed(web)
    assert web.get("/_stcore/health").text == "ok"
    assert web.get("/media/none.csv").status_code == 404
    assert web.get("/overview", headers=PAGE).status_code == 200


def test_a_websocket_needs_a_session(web: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect) as refused, web.websocket_connect("/_stcore/stream"):
        pass
    assert refused.value.code == 1008
    add_person("ruoheng")
    signed(web)
    with web.websocket_connect("/_stcore/stream", subprotocols=["streamlit"]) as socket:
        assert socket.accepted_subprotocol == "streamlit"


def test_a_websocket_from_another_site_is_refused(web: TestClient) -> None:
    add_person("ruoheng")
    signed(web)
    headers = {"origin": "https://evil.example"}
    with pytest.raises(WebSocketDisconnect), web.websocket_connect("/_stcore/stream", headers=headers):
        pass


async def _echo_identity(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands in for the pages: says which identity it was handed."""
    found = [[name.decode(), value.decode()] for name, value in scope["headers"] if name.startswith(b"x-greyledger")]
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": json.dumps(found)})
        await send({"type": "websocket.close"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(found).encode()})


def test_what_a_browser_claims_to_be_is_taken_away(web: TestClient) -> None:
    add_person("ruoheng", "risk")
    add_person("admin", "admin")
    token = signed(web).cookies["greyledger_session"]
    claims = {"x-greyledger-user": "admin", "X-Greyledger-Session": "00"}
    truth = [["x-greyledger-user", "ruoheng"], ["x-greyledger-session", token_hash(token).hex()]]
    client = TestClient(SessionGate(_echo_identity), cookies={"greyledger_session": token})
    assert client.get("/overview", headers=claims).json() == truth
    with client.websocket_connect("/_stcore/stream", headers=claims) as socket:
        assert json.loads(socket.receive_text()) == truth
    nobody = TestClient(SessionGate(_echo_identity))
    assert nobody.get("/static/js/x.js", headers=claims).json() == []
    assert nobody.get("/sign-in", headers=claims).json() == []
    assert nobody.get("/overview", headers=claims).status_code == 401


def test_every_further_request_of_a_revoked_session_is_refused(web: TestClient) -> None:
    from services.context import unit_of_work
    from services.users import revoke_sessions

    add_person("ruoheng")
    signed(web)
    assert web.get("/overview", headers=PAGE).status_code == 200
    with unit_of_work() as ctx:
        revoke_sessions(ctx, "ruoheng")
    signed_in.forget()  # what five seconds do
    assert web.get("/overview", headers=PAGE).status_code == 303


# --- signing in and out


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(web: TestClient) -> None:
    add_person("ruoheng")
    cookie = signed(web).headers["set-cookie"]
    assert "; HttpOnly" in cookie
    assert "; SameSite=lax" in cookie
    assert "; Max-Age=604800" in cookie
    assert "Secure" not in cookie
    over_https = TestClient(web.app, base_url="https://testserver", follow_redirects=False)
    assert "; Secure" in signed(over_https).headers["set-cookie"]


def test_a_wrong_password_is_refused_in_the_readers_language(web: TestClient) -> None:
    add_person("ruoheng")
    for language, tag in TAGS.items():
        web.headers["accept-language"] = tag
        answer = signed(web, password="wrong password", next="/overview")
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        assert f'<html lang="{tag}"' in answer.text
        assert f'<p class="problem" role="alert">{WRONG[language]}</p>' in answer.text
        assert 'value="ruoheng"' in answer.text
        assert 'name="next" value="/overview"' in answer.text
        assert "wrong password" not in answer.text


def test_guessing_is_slowed_down_on_the_page_too(web: TestClient) -> None:
    add_person("ruoheng")
    assert [signed(web, password="wrong").status_code for _ in range(5)] == [401] * 5
    answer = signed(web)
    assert answer.status_code == 429
    assert "greyledger_session" not in answer.cookies


def test_signing_in_leads_to_this_site(web: TestClient) -> None:
    add_person("ruoheng")
    assert signed(web, next="https://evil.example/x").headers["location"] == "/x"


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_forms_of_other_sites_are_refused(running: TestClient, headers: dict[str, str]) -> None:
    running.cookies.clear()
    form = {"login": "ruoheng", "password": PASSWORD, "choice": "en"}
    for path in ("/sign-in", "/sign-out", "/language", "/appearance"):
        answer = running.post(path, data=form, headers=headers)
        assert (answer.status_code, answer.text) == (403, "Sent from another site")
        assert "set-cookie" not in answer.headers


def test_what_is_typed_is_shown_as_text(web: TestClient) -> None:
    answer = signed(web, login='"><script>alert(1)</script>', next='/x"><script>')
    assert "<script>" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


def test_signing_out_ends_the_session_on_the_server(web: TestClient) -> None:
    add_person("ruoheng")
    token = signed(web).cookies["greyledger_session"]
    answer = web.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert 'greyledger_session=""' in answer.headers["set-cookie"]
    assert actor_of_session(token) is None
    web.cookies.set("greyledger_session", token)
    assert web.get("/overview", headers=PAGE).status_code == 303
    assert web.get("/sign-out", headers=PAGE).headers["location"] == "/"


def test_who_is_signed_in_is_led_on_from_the_sign_in_page(web: TestClient) -> None:
    add_person("ruoheng")
    signed(web)
    assert web.get("/sign-in?next=/customers").headers["location"] == "/customers"


def test_the_sample_lists_its_people_and_one_click_fills_the_form(web: TestClient) -> None:
    add_person("ruoheng", "risk", is_sample=True)
    stand_still()
    page = web.get("/sign-in", headers={"accept-language": "en"}).text
    assert "Sample data · as of Jun 30, 2025" in page
    assert 'href="/sign-in?as=ruoheng&amp;next=%2F"' in page
    filled = web.get("/sign-in?as=ruoheng&next=/customers").text
    assert 'name="login" value="ruoheng"' in filled
    assert 'type="password" value="greyledger"' in filled
    assert 'name="next" value="/customers"' in filled


def test_real_people_are_not_listed_and_cannot_be_filled_in(web: TestClient) -> None:
    add_person("ruoheng", "risk")
    assert "ruoheng" not in web.get("/sign-in").text
    assert "ruoheng" not in web.get("/sign-in?as=ruoheng").text


# --- languages and appearance


def test_the_language_of_a_visitor_is_kept_in_a_cookie(web: TestClient) -> None:
    answer = web.post(
        "/language", data={"choice": "zh_Hant"}, headers={"referer": "http://testserver/sign-in?next=%2Fx"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fx")
    assert "greyledger_language=zh_Hant; HttpOnly; Max-Age=31536000" in answer.headers["set-cookie"]
    assert '<html lang="zh-Hant"' in web.get("/sign-in", headers={"accept-language": "en"}).text


def test_the_language_of_a_person_goes_with_the_person(web: TestClient) -> None:
    add_person("ruoheng", language="zh_Hans")
    signed(web)
    web.post("/language", data={"choice": "en"})
    assert '<html lang="en"' in web.get("/overview", headers=PAGE).text
    web.cookies.clear()
    signed(web)
    assert "greyledger_language" not in web.cookies
    web.headers["accept-language"] = "zh-TW"
    assert '<html lang="en"' in web.get("/overview", headers=PAGE).text


def test_a_choice_goes_back_to_pages_of_this_site_only(web: TestClient) -> None:
    for referer in ("https://evil.example/x", "", "http://testserver:81/x"):
        answer = web.post("/appearance", data={"choice": "dark"}, headers={"referer": referer})
        assert answer.headers["location"] == "/"


@pytest.mark.parametrize(("path", "choice"), [("/language", "fr"), ("/language", ""), ("/appearance", "en")])
def test_unknown_choices_are_refused(running: TestClient, path: str, choice: str) -> None:
    running.cookies.clear()
    answer = running.post(path, data={"choice": choice})
    assert (answer.status_code, answer.text) == (400, "No such choice")


def test_the_sign_in_page_is_offered_in_every_language(web: TestClient) -> None:
    page = web.get("/sign-in", headers={"accept-language": "zh-CN"}).text
    for code, name in NAMES.items():
        pressed = str(code == "zh_Hans").lower()
        assert f'value="{code}" lang="{TAGS[code]}" aria-pressed="{pressed}">{name}</button>' in page


# --- headers, health, faults


def test_every_answer_carries_the_security_headers(web: TestClient) -> None:
    policy = (
        "default-src 'self'; script-src 'self' blob: 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: "
        "wss:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
    )
    script = next(path for path in _assets(web) if path.endswith(".js"))
    for path in ("/sign-in", "/overview", "/healthz", "/media/x", script):
        headers = web.get(path).headers
        assert headers["content-security-policy"] == policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in headers
    https = TestClient(web.app, base_url="https://testserver")
    assert https.get("/healthz").headers["strict-transport-security"] == "max-age=31536000"


def test_health_is_open_to_everybody_and_asks_the_database(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = web.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    answer = web.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "no database")


def test_without_its_database_nobody_gets_in_and_is_told_why(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    add_person("ruoheng")
    signed(web)
    signed_in.forget()
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    answer = web.get("/overview", headers={**PAGE, "accept-language": "en"})
    assert answer.status_code == 503
    assert answer.text.startswith("Something went wrong on our side and nothing was saved.")
    with pytest.raises(WebSocketDisconnect) as refused, web.websocket_connect("/_stcore/stream"):
        pass
    assert refused.value.code == 1011
    web.cookies.clear()
    assert web.get("/sign-in").status_code == 200
    assert signed(web).status_code == 503


def test_the_server_is_not_found_below_a_page(web: TestClient) -> None:
    """A link to a page stayed blank: Streamlit's page asks there first and took a redirect for the server's answer."""
    add_person("ruoheng")
    signed(web)
    assert web.get("/overview/_stcore/health").status_code == 404
    assert web.get("/overview/elsewhere", headers=PAGE).headers["location"] == "/"


# --- assets


def _assets(web: TestClient) -> list[str]:
    from dashboard.web.compressed_assets import CompressedAssets
    from dashboard.web.shell import STATIC

    return list(CompressedAssets(web.app, STATIC).files)


def test_scripts_are_open_compressed_and_kept_by_browsers(running: TestClient) -> None:
    web = running
    web.cookies.clear()
    path = next(path for path in _assets(web) if "/PlotlyChart." in path)
    packed = web.get(path, headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"] == "text/javascript; charset=utf-8"
    assert packed.headers["cache-control"] == "public, immutable, max-age=31536000"
    assert packed.headers["vary"] == "Accept-Encoding"
    plain = web.get(path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(plain.content) * 0.35
    head = web.head(path, headers={"accept-encoding": "gzip"})
    assert (head.status_code, head.headers["content-length"]) == (200, packed.headers["content-length"])


def test_no_path_leads_out_of_the_folders(running: TestClient) -> None:
    running.cookies.clear()
    for path in (
        "/static/../app.py",
        "/static/%2e%2e/%2e%2e/app.py",
        "/static/..%2f..%2fapp.py",
        "/assets/..%2fasgi.py",
    ):
        answer = running.get(path, headers={"accept-encoding": "gzip"})
        assert answer.status_code in {400, 401, 404}, path
        assert "from __future__" not in answer.text


@pytest.mark.usefixtures("running")
def test_what_was_loaded_is_out_of_the_garbage_collectors_rounds() -> None:
    assert gc.get_freeze_count() > 100_000
