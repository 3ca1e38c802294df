"""Every page in a real browser: each language, wide and on a phone, light and dark, by every role."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dashboard.catalogues import catalogue
from dashboard.navigation import PAGES
from db.enums import Role
from services.access import MAY
from tests.browser.languages import foreign_words
from tests.browser.visit import PHONE, WIDE, Visitor

QUERIES = {"customer": "?customer=C100007"}
#: Each language, each width, light and dark; and the widest words on the narrowest screen.
SIGHTS = (("en", WIDE, False), ("en", PHONE, True), ("zh_Hans", WIDE, True), ("zh_Hant", PHONE, False))
LOGINS = {
    Role.VIEWER: "viewer", Role.BUSINESS: "north", Role.RISK: "risk", Role.LEGAL: "legal", Role.FINANCE: "finance",
    Role.AUDITOR: "auditor", Role.LEADER: "leader", Role.HR: "hr", Role.ADMIN: "admin",
}  # fmt: skip


@pytest.mark.parametrize(("language", "size", "dark"), SIGHTS)
def test_every_page_opens_fits_and_stays_at_home(
    visit: Callable[..., Visitor], language: str, size: tuple[int, int], dark: bool
) -> None:
    """No error box, nothing sideways, nothing asked for outside of the product, no script fault."""
    somebody = visit("risk", language=language, size=size, dark=dark)
    for spec in PAGES:
        if Role.RISK not in MAY[spec.action]:
            continue
        somebody.open(f"/{spec.url_path}{QUERIES.get(spec.key, '')}")
        assert somebody.alerts() == [], spec.key
        assert somebody.overflow() <= 0, spec.key
        assert somebody.page.evaluate("document.documentElement.lang") == language.replace("_", "-")
        assert foreign_words(somebody.words(), language) == [], spec.key
    assert somebody.strangers == []
    assert somebody.faults == []


@pytest.mark.parametrize("role", list(Role))
def test_a_role_sees_its_pages_and_is_told_about_the_others(visit: Callable[..., Visitor], role: Role) -> None:
    somebody = visit(LOGINS[role]).open("/overview")
    menu = somebody.page.locator('[data-testid="stSidebarNavLink"]').all_inner_texts()
    shown = [line.strip().split("\n")[-1] for line in menu]
    words = catalogue("en").gettext
    allowed = [spec for spec in PAGES if role in MAY[spec.action]]
    assert shown == [words(spec.title) for spec in allowed if spec.is_in_menu]
    for spec in PAGES:
        if spec not in allowed:
            somebody.open(f"/{spec.url_path}")
            assert "Not open to your role" in somebody.text(), spec.key
