"""The page shell: Streamlit's index.html in the reader's language.

Streamlit writes `<html lang="en">`, which gives Chinese the wrong glyphs and makes browsers offer a translation, takes
the formats of dates and numbers from the browser, and has its own words in English only. This is the only file that
knows Streamlit's page; it refuses to start when the places that it changes are gone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import lru_cache
from html import escape
from pathlib import Path

from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

from dashboard.catalogues import LANGUAGES, catalogue
from dashboard.i18n import N_, TAGS
from dashboard.web.cookies import APPEARANCES, appearance_of, language_of
from dashboard.web.session_middleware import ACTOR
from dashboard.web.shell_words import PATTERNS, WORDS

ASSETS = Path(__file__).parent / "assets"
STATIC = Path(get_static_dir())
NEEDS_SCRIPTS = N_("Greyledger needs JavaScript. Allow it for this address and load the page again.")

#: What browsers call the language, and the start of the browser's own that may stay.
_LOCALES = {"zh_Hans": ("zh-CN", "zh-cn"), "zh_Hant": ("zh-TW", "zh-tw"), "en": ("en-US", "en")}
#: Fonts with the Han glyphs of each script, by the names that systems give them: (regular, bold).
_HAN_FONTS = {
    "zh_Hans": (
        ("PingFang SC", "PingFangSC-Regular", "Microsoft YaHei", "Noto Sans CJK SC", "NotoSansCJKsc-Regular"),
        ("PingFangSC-Semibold", "Microsoft YaHei Bold", "Noto Sans CJK SC Bold", "NotoSansCJKsc-Bold"),
    ),
    "zh_Hant": (
        ("PingFang TC", "PingFangTC-Regular", "Microsoft JhengHei", "Noto Sans CJK TC", "NotoSansCJKtc-Regular"),
        ("PingFangTC-Semibold", "Microsoft JhengHei Bold", "Noto Sans CJK TC Bold", "NotoSansCJKtc-Bold"),
    ),
}
_HAN_FONTS["en"] = _HAN_FONTS["zh_Hans"]
_SERVER = "_stcore"
_RESERVED = frozenset({_SERVER, "media", "component", "static", "assets"})
_OURS = frozenset({"sign-in", "sign-out", "language", "appearance", "healthz", "favicon.png"})


class ShellChangedError(RuntimeError):
    """Streamlit's page no longer has a place that we change: look at it before another version is let in."""


@lru_cache(maxsize=1)
def streamlit_page() -> str:
    """Streamlit's page as installed."""
    return (STATIC / "index.html").read_text(encoding="utf-8")


def _replaced(page: str, pattern: str, by: str) -> str:
    changed, count = re.subn(pattern, lambda _match: by, page, flags=re.DOTALL)
    if count != 1:
        raise ShellChangedError(f"{pattern!r} is {count} times in Streamlit's index.html, not once")
    return changed


def patched_page(page: str, language: str, appearance: str, versions: dict[str, str]) -> str:
    """The page of a language. `versions`: short hashes of our assets, so that browsers fetch changed ones.

    Raises:
        ShellChangedError: a place that is changed is missing or there more than once.
    """
    tag = TAGS[language]
    script = f"/assets/shell-{tag}.js?{versions[f'shell-{tag}.js']}"
    style = f"/assets/shell-{tag}.css?{versions[f'shell-{tag}.css']}"
    head = f'<meta charset="UTF-8" />\n    <script src="{script}"></script>\n    <link rel="stylesheet" href="{style}">'
    sentence = escape(catalogue(language).gettext(NEEDS_SCRIPTS))
    page = _replaced(page, '<html lang="en">', f'<html lang="{tag}" translate="no" data-appearance="{appearance}">')
    page = _replaced(page, r'<meta charset="UTF-8" />', head)
    page = _replaced(page, r"<title>Streamlit</title>", "<title>Greyledger</title>")
    page = _replaced(page, r'<link rel="shortcut icon" href="[^"]*" />', '<link rel="icon" href="/favicon.png" />')
    page = _replaced(page, r'<link\s+rel="preload"[^>]*SourceSans[^>]*>', "")
    page = _replaced(page, r'<!--[^>]*agent API[^>]*-->\s*<link rel="service-desc"[^>]*>', "")
    page = _replaced(page, r"<noscript>.*?</noscript>", f"<noscript><p>{sentence}</p></noscript>")
    return page.replace('"./static/', '"/static/')


def inline_script_hashes(page: str) -> list[str]:
    """The hashes of the scripts inside the page, as a content security policy names them."""
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    return [f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}" for script in scripts]


def shell_script(language: str) -> str:
    """The script that runs before Streamlit's, with the dictionary of a language."""
    words = catalogue(language)
    locale, kept = _LOCALES[language]
    settings = {
        "locale": locale,
        "keep": kept,
        "words": {word: words.gettext(word) for word in WORDS} if language != "en" else {},
        "patterns": [_pattern(text, words.gettext(text)) for text in PATTERNS],
    }
    template = (ASSETS / "shell.js").read_text(encoding="utf-8")
    place = "/*SETTINGS*/ {}"
    if template.count(place) != 1:
        raise ShellChangedError("assets/shell.js has no place for the settings")
    return template.replace(place, json.dumps(settings, ensure_ascii=False))


def _pattern(text: str, translation: str) -> tuple[str, str]:
    """A text with %(name)s as a JavaScript pattern, and its translation with {name}."""
    pattern = re.sub(r"%\\\((\w+)\\\)s", r"(?<\1>.+?)", re.escape(text).replace("\\ ", " ").replace("\\'", "'"))
    return f"^{pattern}$", re.sub(r"%\((\w+)\)s", r"{\1}", translation)


def shell_style(language: str) -> str:
    """The font family `Greyledger Han`: whichever Han font the system has, in the glyphs of the language."""
    faces = []
    for weights, names in zip(("1 549", "550 1000"), _HAN_FONTS[language], strict=True):
        sources = ", ".join(f'local("{name}")' for name in names)
        faces.append(f'@font-face {{ font-family: "Greyledger Han"; font-weight: {weights}; src: {sources}; }}')
    return "\n".join(faces) + "\n"


@lru_cache(maxsize=1)
def shell_assets() -> dict[str, tuple[str, str]]:
    """What /assets/ serves: name -> (content, kind). Made once, at the start."""
    made = {"sign_in.css": ((ASSETS / "sign_in.css").read_text(encoding="utf-8"), "text/css")}
    for language in LANGUAGES:
        made[f"shell-{TAGS[language]}.js"] = (shell_script(language), "text/javascript")
        made[f"shell-{TAGS[language]}.css"] = (shell_style(language), "text/css")
    return made


@lru_cache(maxsize=1)
def asset_versions() -> dict[str, str]:
    """A short hash of each asset."""
    return {name: hashlib.sha256(text.encode()).hexdigest()[:12] for name, (text, _kind) in shell_assets().items()}


@lru_cache(maxsize=1)
def shell_pages() -> dict[tuple[str, str], str]:
    """The page of every language and appearance. Made once, at the start."""
    return {
        (language, appearance): patched_page(streamlit_page(), language, appearance, asset_versions())
        for language in LANGUAGES
        for appearance in APPEARANCES
    }


async def asset(request: Request) -> Response:
    """One of our own scripts and styles."""
    found = shell_assets().get(request.path_params["name"])
    if found is None:
        return Response(status_code=404)
    content, kind = found
    age = 31536000 if request.url.query else 0
    return Response(content, media_type=kind, headers={"cache-control": f"public, max-age={age}"})


class Shell:
    """Answers page requests with the patched page; scripts, files and websockets pass."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the page, or pass."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self.app(scope, receive, send)
            return
        first, _, rest = scope["path"].lstrip("/").partition("/")
        if _SERVER in rest.split("/"):
            # Streamlit's page asks below its own address first and takes any answer but "not found" for the server's
            await Response(status_code=404)(scope, receive, send)
            return
        if first in _RESERVED or first in _OURS or "." in first:
            await self.app(scope, receive, send)
            return
        await self._page(HTTPConnection(scope), is_known=not rest)(scope, receive, send)

    def _page(self, connection: HTTPConnection, *, is_known: bool) -> Response:
        if not is_known:  # pages have one segment; Streamlit's relative addresses break below that
            return RedirectResponse("/", status_code=303)
        key = (language_of(connection, connection.scope.get(ACTOR)), appearance_of(connection))
        headers = {"cache-control": "no-store", "vary": "Cookie, Accept-Language"}
        return HTMLResponse(shell_pages()[key], headers=headers)
