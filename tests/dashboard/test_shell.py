"""What stands around every page: the menu by role, languages, the sample notice, refusals and faults."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import feedback, navigation
from dashboard.navigation import PAGES, address_of, first_page, page_spec, pages_of
from db.enums import Role
from services.context import Actor
from tests.people import add_person, stand_still

APP = str(Path(__file__).parents[2] / "dashboard" / "app.py")
FIRST = (
    "overview", "early_warnings", "information", "assessments", "disagreement", "controls", "orders", "screening",
    "customers", "customer",
)  # fmt: skip
RULES = ("scorecards", "scorecard_comparison", "challenger", "policy", "warning_rules", "notifications")
EXPORTING, IMPORTING = ("exports",), ("imports", "exports")


@pytest.fixture
def stub_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page shows its key only: these tests are about what stands around it."""
    stubs = []
    for spec in PAGES:
        file = tmp_path / f"{spec.key}.py"
        file.write_text(f"import streamlit as st\nst.title('page {spec.key}')\n")
        stubs.append(replace(spec, file=str(file)))
    monkeypatch.setattr(navigation, "PAGES", tuple(stubs))
    monkeypatch.setattr(navigation, "_BY_KEY", {spec.key: spec for spec in stubs})


def opened(login: str, monkeypatch: pytest.MonkeyPatch, locale: str = "en-US") -> AppTest:
    """The application as this person sees it first."""
    monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", login)
    app = AppTest.from_file(APP, default_timeout=30)
    app.context = {"locale": locale}
    return app.run()


def sidebar_html(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.sidebar.get("html"))


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        ("viewer", (*FIRST, *RULES)),
        ("business", (*FIRST, *IMPORTING, *RULES)),
        ("risk", (*FIRST, *IMPORTING, *RULES, "ledger")),
        ("legal", (*FIRST, *IMPORTING, *RULES, "ledger")),
        ("finance", (*FIRST, *IMPORTING, *RULES)),
        ("auditor", (*FIRST, *EXPORTING, *RULES, "machines", "ledger")),
        ("leader", (*FIRST, *EXPORTING, *RULES, "ledger")),
        ("hr", (*FIRST, *IMPORTING, *RULES)),
        ("admin", (*FIRST, *IMPORTING, *RULES, "machines", "ledger")),
    ],
)
def test_each_role_has_its_pages(role: str, pages: tuple[str, ...]) -> None:
    assert tuple(spec.key for spec in pages_of(Actor("x", "X", Role(role)))) == pages


def test_pages_have_their_own_addresses_and_files_that_exist() -> None:
    assert len({spec.url_path for spec in PAGES}) == len(PAGES) == 20
    assert [spec.key for spec in PAGES if not (navigation.DASHBOARD / spec.file).is_file()] == []
    assert [spec.key for spec in PAGES if not spec.is_in_menu] == [
        "customer", "scorecard_comparison", "challenger", "notifications",
    ]  # fmt: skip
    assert address_of("customer", customer="C 1/ä") == "/customer?customer=C+1%2F%C3%A4"


@pytest.mark.usefixtures("database", "stub_pages")
@pytest.mark.parametrize(
    ("role", "page"),
    [("leader", "overview"), ("viewer", "overview"), ("admin", "overview"), ("risk", "early_warnings")],
)
def test_the_bare_address_leads_to_the_roles_first_page(role: str, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    add_person("somebody", role)
    assert first_page(Actor("x", "X", Role(role))) == page_spec(page)
    app = opened("somebody", monkeypatch)
    assert [title.value for title in app.title] == [f"page {page}"]
    assert not app.exception


@pytest.mark.usefixtures("database", "stub_pages")
def test_the_menu_and_the_account_speak_the_persons_language(monkeypatch: pytest.MonkeyPatch) -> None:
    add_person("hans", "leader", language="zh_Hans")
    add_person("hant", "leader", language="zh_Hant")
    add_person("none", "leader")
    texts = {who: sidebar_html(opened(who, monkeypatch, locale="en-GB")) for who in ("hans", "hant", "none")}
    assert [("退出登录" in text, "登出" in text, "Sign out" in text) for text in texts.values()] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert 'value="zh_Hant" aria-pressed="true" lang="zh-Hant">繁體中文' in texts["hant"]
    assert 'value="system" aria-pressed="true"' in texts["none"]


@pytest.mark.usefixtures("database", "stub_pages")
@pytest.mark.parametrize(("locale", "words"), [("zh-TW", "登出"), ("zh-CN", "退出登录"), ("en-US", "Sign out")])
def test_without_a_choice_the_browsers_language_counts(
    locale: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_person("none", "leader")
    assert words in sidebar_html(opened("none", monkeypatch, locale))


@pytest.mark.usefixtures("database", "stub_pages")
def test_a_name_is_shown_as_text_and_never_as_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    add_person("eve", "leader", language="en")
    monkeypatch.setattr("dashboard.account_box._department", lambda *_: "<b>L</b>")
    text = sidebar_html(opened("eve", monkeypatch))
    assert "Leader · &lt;b&gt;L&lt;/b&gt;" in text
    assert "<b>L</b>" not in text


@pytest.mark.usefixtures("database", "stub_pages")
@pytest.mark.parametrize("is_sample", [True, False])
def test_the_sample_says_so_on_every_page_and_real_data_do_not(
    is_sample: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_person("somebody", "leader", language="en", is_sample=is_sample)
    stand_still("2025-06-30")
    assert ("Sample data · as of Jun 30, 2025" in page_html(opened("somebody", monkeypatch))) is is_sample


def page_html(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.main.get("html"))


@pytest.mark.usefixtures("database", "stub_pages")
def test_a_page_that_the_role_may_not_open_says_so_and_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    add_person("viewer", "viewer", language="en")
    monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", "viewer")
    script = (
        "import streamlit as st\n"
        "from dashboard.navigation import menu\n"
        "from dashboard.state import current_actor\n"
        "pages = [page for group in menu(current_actor()).values() for page in group]\n"
        "ledger = next(page for page in pages if page.url_path == 'ledger')\n"
        "st.write(ledger.visibility)\n"
        "st.navigation(pages, position='hidden')\n"
        "ledger._page()\n"
    )
    app = AppTest.from_string(script, default_timeout=30).run()
    assert app.markdown[0].value == "hidden"
    assert app.title[0].value == "Not open to your role"
    assert app.info[0].value == "Your role does not allow this. Ask your administrator which role you need."


@pytest.mark.usefixtures("database", "stub_pages")
@pytest.mark.parametrize("login", ["", "nobody", "gone"])
def test_nobody_sees_a_page_without_being_signed_in(login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from services.context import unit_of_work
    from services.users import set_active

    add_person("gone", "leader")
    with unit_of_work() as ctx:
        set_active(ctx, "gone", False)
    app = opened(login, monkeypatch)
    assert [info.value for info in app.info] == [
        "You are signed out. What you had not saved is still in this window until you close it."
    ]
    assert len(app.title) == 0
    assert len(app.sidebar) == 0


@pytest.mark.usefixtures("database", "stub_pages")
def test_a_session_of_somebody_else_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate names the login and the session; both have to be of the same living session."""
    from services.users import authenticate, token_hash
    from tests.people import PASSWORD

    add_person("risk", "risk")
    add_person("admin", "admin")
    _, token = authenticate("risk", PASSWORD, None)
    seen = {}
    for who, session in (("risk", token), ("admin", token), ("risk", "invented")):
        app = AppTest.from_file(APP, default_timeout=30)
        app.user = {"login": who, "session": token_hash(session).hex()}
        app.run()
        seen[who, session == token] = [title.value for title in app.title]
    assert seen == {("risk", True): ["page early_warnings"], ("admin", True): [], ("risk", False): []}


# --- feedback


def acted(raising: str) -> AppTest:
    script = (
        "import streamlit as st\n"
        "from dashboard.feedback import user_action\n"
        "from dashboard.i18n import set_language\n"
        "from services.errors import IllegalMoveError, RefusedError\n"
        "set_language('zh_Hans')\n"
        "with user_action('saved') as outcome:\n"
        f"    {raising}\n"
        "st.write(str(outcome.succeeded))\n"
    )
    return AppTest.from_string(script).run()


def test_success_is_a_quiet_toast() -> None:
    app = acted("pass")
    assert [toast.value for toast in app.toast] == ["saved"]
    assert app.markdown[0].value == "True"


def test_a_refusal_is_its_sentence_in_the_readers_language() -> None:
    template = "Your role does not allow this. Ask your administrator which role you need."
    app = acted(f"raise RefusedError('{template}')")
    assert [error.value for error in app.error] == ["您的角色没有此项权限。请向管理员确认需要哪种角色。"]
    assert app.markdown[0].value == "False"
    assert len(app.toast) == 0


def test_states_in_a_refusal_are_said_in_words() -> None:
    template = "This record is %(current)s and can\\'t become %(wanted)s. Reload to see where it stands."
    app = acted(f"raise IllegalMoveError('{template}', current='resolved', wanted='acting')")
    assert [error.value for error in app.error] == ["该记录目前为“已办结”，不能改为“处置中”。请刷新查看最新状态。"]


def test_a_fault_is_an_id_on_screen_and_a_traceback_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="greyledger"):
        app = acted("raise ZeroDivisionError('secret detail')")
    (record,) = caplog.records
    fault_id = record.getMessage().removeprefix("fault ")
    assert app.error[0].value == (
        f"系统出现故障，本次操作没有保存。请重试；若仍然失败，请把编号 {fault_id} 告诉管理员。"
    )
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "secret detail"


def test_stopping_and_rerunning_are_no_faults() -> None:
    app = acted("st.stop()")
    assert len(app.error) == 0
    assert len(app.toast) == 0


def test_the_last_resort_tells_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(feedback.st, "error", lambda text, **_: shown.append(text))
    assert feedback.on_script_error(RuntimeError("x")) is True
    assert shown[0].startswith("Something went wrong on our side and nothing was saved.")
