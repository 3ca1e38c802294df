"""What browsers are told about every answer: no foreign scripts, no frames, no guessed types, no leaked addresses."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def content_security_policy(inline_scripts: Iterable[str]) -> str:
    """The policy that Plotly, tables and components work with, without `unsafe-eval`.

    `inline_scripts`: hashes ('sha256-...') of the scripts inside the page shell. `blob:` is for components written in
    place; Streamlit's styles are made in the browser, hence 'unsafe-inline' for styles only.
    """
    allowed = " ".join(f"'{script}'" for script in inline_scripts)
    rules = (
        "default-src 'self'",
        f"script-src 'self' blob: {allowed}".strip(),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss:",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "object-src 'none'",
    )
    return "; ".join(rules)


class SecurityHeaders:
    """Adds the headers to every HTTP answer."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        self.headers = {
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            # the page a form came from is asked for by our own routes only
            "referrer-policy": "same-origin",
            # the camera takes the photos of a site visit
            "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
            "cross-origin-opener-policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers added to the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                if scope.get("scheme") == "https":
                    headers["strict-transport-security"] = "max-age=31536000"
            await send(message)

        await self.app(scope, receive, send_with_headers)
