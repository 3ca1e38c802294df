"""Somebody in front of a browser: signs in, opens pages, and notes what a page should never do."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

WIDE, PHONE = (1920, 1080), (390, 844)
LOCALES = {"en": "en-US", "zh_Hans": "zh-CN", "zh_Hant": "zh-TW"}
PASSWORD = "greyledger"
READY = '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'
PATIENCE_MS = 60_000
BREATH_MS = 250
#: Notes that something was sent to the server, until something comes back, and when something came last.
LISTEN = """
const send = WebSocket.prototype.send
WebSocket.prototype.send = function (...all) {
  const hear = () => { window.isUnanswered = false; window.heardAt = performance.now() }
  if (!this.isHeard) this.addEventListener("message", hear)
  this.isHeard = window.isUnanswered = true
  return send.apply(this, all)
}
"""
#: Still for a breath, and looked at often in it: a browser that is busy looks at nothing for a while.
STILL = """([ready, breath]) => {
  const still = !window.isUnanswered && document.querySelector(ready) !== null &&
    document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]') === null
  window.stillLooks = still ? (window.stillLooks ?? 0) + 1 : 0
  if (window.stillLooks < 2) window.stillSince = performance.now()
  const since = Math.max(window.stillSince, window.heardAt ?? 0)
  return window.stillLooks > 10 && performance.now() - since >= breath
}"""
#: What the product shows of records: names, notes, what files and people wrote; and what is drawn by a font of icons.
RECORDS = ", ".join(
    (
        '[class*="st-key-glrow-"]', ".gl-table td", ".gl-entry", ".gl-head-name", ".gl-facts dd", ".gl-customer h1",
        ".gl-grade-card .gl-quiet", ".gl-history-line .gl-quiet", ".gl-inform-head h1", ".st-key-information-next",
        '[class*="st-key-information-look-"]',
        ".gl-who", ".gl-news-who", ".gl-items", ".gl-taken", ".gl-name", ".gl-words", "code",
        'form[action="/language"]', 'span[translate="no"]',
    )
)  # fmt: skip


def new_desk(browser: Any, language: str) -> Any:
    """A place in the browser with a memory of its own: cookies, and what it has loaded before."""
    return browser.new_context(locale=LOCALES[language], timezone_id="Asia/Shanghai", accept_downloads=True)


class Visitor:
    """One window without a page in it yet, signed in unless `login` is None.

    `strangers` are addresses outside of the product that were asked for, `faults` errors of scripts.
    """

    def __init__(
        self, context: Any, address: str, login: str | None, *, language: str, size: tuple[int, int], dark: bool
    ) -> None:
        self.context, self.address, self.strangers, self.faults = context, address, [], []
        self.page = context.new_page()
        self.resize(size)
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        self.page.add_init_script(LISTEN)
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("request", self._note_request)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        if login is not None:
            self._post("/sign-in", login=login, password=PASSWORD)
            self.speak(language)

    def resize(self, size: tuple[int, int]) -> Visitor:
        """Another size of the window."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        return self

    def _post(self, path: str, **form: str) -> None:
        """What a form of the product sends, without a page: signing in by hand is a journey of its own."""
        answer = self.context.request.post(self.address + path, form=form, max_redirects=0)
        if answer.status != 303:
            raise RuntimeError(f"{path} answered {answer.status}: {answer.text()[:500]}")

    def speak(self, language: str) -> Visitor:
        """From the next page on, the product's words are of this language; a page that is open stays as it is."""
        self._post("/language", choice=language)
        return self

    def _note_request(self, request: Any) -> None:
        place = urlsplit(request.url)
        if place.scheme in {"http", "https", "ws", "wss"} and place.netloc != urlsplit(self.address).netloc:
            self.strangers.append(request.url)

    def sign_in(self, login: str) -> Visitor:
        """Fill in the sign-in page that is open, and wait for what it leads to."""
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self.settle()

    def open(self, path: str) -> Visitor:
        """Open an address of the product and wait until it stands still."""
        self.page.goto(self.address + path)
        return self.settle()

    def settle(self) -> Visitor:
        """Wait until the server has answered, the script has run and all is drawn, for a breath without a break."""
        self.page.evaluate("window.stillLooks = 0")
        self.page.wait_for_function(STILL, arg=[READY, BREATH_MS])
        return self

    def at(self, key: str) -> Any:
        """What the product draws under a widget's or a container's key."""
        return self.page.locator(f".st-key-{key}").first

    def click(self, key: str) -> Visitor:
        """Click the button of a key."""
        self.at(key).locator("button").first.click()
        return self.settle()

    def choose(self, key: str, words: str) -> Visitor:
        """Choose an option of a select box by its words: typed, because long lists are drawn in parts."""
        field = self.at(key).locator("input")
        field.click()
        field.fill(words)
        self.page.get_by_role("option", name=words, exact=True).click()
        return self.settle()

    def write(self, key: str, text: str) -> Visitor:
        """Write into the text field of a key, and leave it."""
        field = self.at(key).locator("input, textarea").first
        field.fill(text)
        field.press("Tab")
        return self.settle()

    def press(self, key: str) -> Visitor:
        """Press a key of the keyboard."""
        self.page.keyboard.press(key)
        return self.settle()

    def back(self) -> Visitor:
        """The browser's Back button."""
        self.page.go_back()
        return self.settle()

    def download(self, key: str) -> tuple[str, bytes]:
        """Click a download button; the file's name and content."""
        with self.page.expect_download() as started:
            self.at(key).locator("button").first.click()
        return started.value.suggested_filename, Path(started.value.path()).read_bytes()

    def query(self) -> dict[str, str]:
        """What the address asks for."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.url).query).items()}

    def path(self) -> str:
        """The page that the address names."""
        return urlsplit(self.page.url).path

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

    def words(self) -> set[str]:
        """What the product itself says on the page: texts, placeholders, names for screen readers; not its records."""
        found = self.page.evaluate(
            """(records) => {
              const found = new Set()
              const note = (text) => { if (text && text.trim()) found.add(text.trim()) }
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
              for (let node = walker.currentNode; node; node = walker.nextNode()) {
                const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node
                if (["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE"].includes(element.tagName)) continue
                if (element.closest(records) || !element.checkVisibility()) continue
                if (node.nodeType === Node.TEXT_NODE) note(node.nodeValue)
                else for (const name of ["placeholder", "aria-label", "title"]) note(element.getAttribute(name))
              }
              return [...found]
            }""",
            RECORDS,
        )
        return set(found)

    def scrolls_by(self) -> int:
        """By how many pixels the page is higher than the window."""
        return int(
            self.page.evaluate(
                """() => {
                  const main = document.querySelector('[data-testid="stMain"]') ?? document.documentElement
                  const whole = document.documentElement.scrollHeight - innerHeight
                  return Math.max(main.scrollHeight - main.clientHeight, whole)
                }"""
            )
        )

    def alerts(self) -> list[str]:
        """Error boxes on the page."""
        return [one.inner_text() for one in self.page.locator('[data-testid="stAlertContentError"]').all()]

    def leave(self) -> None:
        """Close the window, and what the browser would remember of its owner."""
        if self.page.url.startswith(self.address):
            self.page.evaluate("localStorage.clear()")
        for page in self.context.pages:
            page.close()
        self.context.clear_cookies()
