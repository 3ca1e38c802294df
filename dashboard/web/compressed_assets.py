"""Streamlit's scripts, compressed once a process: a first page with a chart takes 2 MB instead of 12.

Only files that were in Streamlit's folder at the start are served, by their exact names: a path is never put together.
Their names hold a hash of their content, so browsers keep them for a year.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/static/"
_KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".wasm": "application/wasm",
}
_SMALLEST = 1024
_LEVEL = 6


class CompressedAssets:
    """Answers for the compressible files below /static/; everything else passes."""

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self.app = app
        self.files = {
            PREFIX + file.relative_to(folder / "static").as_posix(): file
            for file in sorted((folder / "static").rglob("*"))
            if file.suffix in _KINDS and file.stat().st_size >= _SMALLEST
        }
        self._compressed: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the compressed file, or pass."""
        file = self.files.get(scope["path"]) if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} else None
        if file is None or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            await self.app(scope, receive, send)
            return
        content = self._compressed.get(scope["path"])
        if content is None:
            content = await anyio.to_thread.run_sync(_compressed, file)
            self._compressed[scope["path"]] = content
        headers = {
            "content-encoding": "gzip",
            "content-length": str(len(content)),
            "vary": "Accept-Encoding",
            "cache-control": "public, immutable, max-age=31536000",
        }
        body = b"" if scope["method"] == "HEAD" else content
        await Response(body, headers=headers, media_type=_KINDS[file.suffix])(scope, receive, send)


def _compressed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), _LEVEL, mtime=0)
