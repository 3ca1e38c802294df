"""Forms whose sender went away before the end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import anyio
from starlette.requests import Request
from starlette.types import Message

from dashboard.web.sign_in import choose, do_sign_in


def test_a_browser_that_goes_away_in_the_middle_of_a_form_is_no_fault() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    for form in (choose, do_sign_in):
        headers = [(b"content-type", b"application/x-www-form-urlencoded"), (b"content-length", b"9")]
        scope = {"type": "http", "method": "POST", "path": "/language", "headers": headers, "query_string": b""}
        # In a thread: a browser test before this one may have left its event loop in ours.
        with ThreadPoolExecutor(1) as apart:
            assert apart.submit(anyio.run, form, Request(scope, gone)).result().status_code == 499
