"""The web application: Streamlit's pages, the gate in front of them, sign-in and health, in one process.

Any ASGI server can run `dashboard.web.asgi:app`; `greyledger up` does. One process for each port: a session, its
uploads and its downloads live in it (docs/operations.md).
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.catalogues import LANGUAGES, catalogue
from dashboard.feedback import on_script_error
from dashboard.web.api.app import MachineDoor
from dashboard.web.compressed_assets import CompressedAssets
from dashboard.web.health import healthz
from dashboard.web.options import apply_options
from dashboard.web.security_headers import SecurityHeaders, content_security_policy
from dashboard.web.session_middleware import SessionGate
from dashboard.web.shell import STATIC, Shell, asset, inline_script_hashes, shell_assets, shell_pages
from dashboard.web.sign_in import choose, do_sign_in, do_sign_out, show_sign_in

DASHBOARD = Path(__file__).parents[1]


async def favicon(_request: object) -> Response:
    """The icon of the browser's tab."""
    return FileResponse(DASHBOARD / "web" / "favicon.png", headers={"cache-control": "public, max-age=86400"})


async def to_start(_request: object) -> Response:
    """For addresses that only take forms, typed into a browser; and for Streamlit's page as it came."""
    return RedirectResponse("/", status_code=303)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Import what the first page would import, then take all of it out of the garbage collector's rounds.

    A collection after each rerun was nine tenths of a small rerun's time; what is loaded here never becomes garbage.
    """
    import pandas  # noqa: F401  (Streamlit's tables)

    from dashboard import navigation
    from dashboard.theme import house_template

    for dark in (False, True):
        house_template(dark)
    for language in LANGUAGES:
        catalogue(language)
    shell_assets()
    if not navigation.PAGES or st.get_option("runner.postScriptGC"):
        raise RuntimeError("runner.postScriptGC has to be off")
    gc.collect()
    gc.freeze()
    if not gc.get_freeze_count():
        raise RuntimeError("nothing was taken out of the garbage collector's rounds")
    yield
    gc.unfreeze()


def make_app() -> st.App:
    """The application. Fails when an option does not hold or Streamlit's page has changed."""
    apply_options()
    pages = shell_pages()
    policy = content_security_policy(sorted({one for page in pages.values() for one in inline_script_hashes(page)}))
    return st.App(
        DASHBOARD / "app.py",
        lifespan=lifespan,
        on_script_error=on_script_error,
        routes=[
            Route("/healthz", healthz),
            Route("/sign-in", show_sign_in, methods=["GET"]),
            Route("/sign-in", do_sign_in, methods=["POST"]),
            Route("/sign-out", do_sign_out, methods=["POST"]),
            Route("/language", choose, methods=["POST"]),
            Route("/appearance", choose, methods=["POST"]),
            *(Route(path, to_start, methods=["GET"]) for path in ("/sign-out", "/language", "/appearance")),
            Route("/index.html", to_start),
            Route("/assets/{name}", asset),
            Route("/favicon.png", favicon),
        ],
        middleware=[
            Middleware(SecurityHeaders, policy=policy),
            Middleware(MachineDoor),
            Middleware(CompressedAssets, folder=STATIC),
            Middleware(SessionGate),
            Middleware(Shell),
        ],
    )


app = make_app()
