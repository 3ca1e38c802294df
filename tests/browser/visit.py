"""Somebody in front of a browser: signs in, opens pages, and notes what a page should never do."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

WIDE, PHONE = (1920, 1080), (390, 844)
LOCALES = {"en": "en-US", "zh_Hans": "zh-CN", "zh_Hant": "zh-TW"}
PASSWORD = "greyledger"
READY = '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'
PATIENCE_MS = 60_000


class Visitor:
    """One signed-in window. `strangers` are addresses outside of the product that were asked for, `faults` errors."""

    def __init__(
        self, browser: Any, address: str, login: str, *, language: str, size: tuple[int, int], dark: bool
    ) -> None:
        width, height = size
        self.address, self.strangers, self.faults = address, [], []
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light",
            locale=LOCALES[language], timezone_id="Asia/Shanghai", accept_downloads=True,
        )  # fmt: skip
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("request", self._note_request)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self._sign_in(login, language)

    def _note_request(self, request: Any) -> None:
        place = urlsplit(request.url)
        if place.scheme in {"http", "https", "ws", "wss"} and place.netloc != urlsplit(self.address).netloc:
            self.strangers.append(request.url)

    def _sign_in(self, login: str, language: str) -> None:
        self.page.goto(f"{self.address}/sign-in")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        self.settle()
        button = self.page.locator(f'form[action="/language"] button[value="{language}"]').first
        if button.get_attribute("aria-pressed") != "true":
            with self.page.expect_navigation():
                button.evaluate("button => button.click()")
            self.settle()

    def open(self, path: str) -> Visitor:
        """Open an address of the product and wait until it stands still."""
        self.page.goto(self.address + path)
        return self.settle()

    def settle(self) -> Visitor:
        """Wait until the script has run and nothing is stale, twice with a breath between."""
        for _round in range(2):
            self.page.wait_for_selector(READY, state="attached")
            self.page.wait_for_function("() => !document.querySelector('[data-stale=\"true\"]')")
            self.page.wait_for_timeout(250)
        return self

    def text(self) -> str:
        """What the main part of the page says."""
        return str(self.page.locator('[data-testid="stMain"]').inner_text())

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(
            self.page.evaluate(
                """() => {
                  const main = document.querySelector('[data-testid="stMain"]') ?? document.documentElement
                  const whole = document.documentElement.scrollWidth - innerWidth
                  return Math.max(main.scrollWidth - main.clientWidth, whole)
                }"""
            )
        )

    def alerts(self) -> list[str]:
        """Error boxes on the page."""
        return [one.inner_text() for one in self.page.locator('[data-testid="stAlertContentError"]').all()]

    def close(self) -> None:
        """Close the window."""
        self.context.close()
