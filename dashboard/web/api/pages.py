"""The page that shows the OpenAPI document and lets one try it: Swagger UI, from this server only."""

from __future__ import annotations

from functools import lru_cache

from fastapi import FastAPI
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from swagger_ui_bundle import swagger_ui_path

from dashboard.web.api.problems import ProblemError, answer

_FILES = {
    "swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui-standalone-preset.js": "text/javascript", "favicon-32x32.png": "image/png",
}  # fmt: skip
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Greyledger API</title>
<link rel="icon" href="/v1/docs/favicon-32x32.png">
<link rel="stylesheet" href="/v1/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/v1/docs/swagger-ui-bundle.js"></script>
<script src="/v1/docs/start.js"></script>
</body>
</html>
"""
# The policy of the pages allows no scripts inside of a page, so that this is a file too.
_START = """window.ui = SwaggerUIBundle({
  url: "/v1/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout", persistAuthorization: false
});
"""


async def show() -> Response:
    """The page."""
    return HTMLResponse(_PAGE)


async def to_docs() -> Response:
    """For whoever opens the root."""
    return RedirectResponse("/v1/docs", status_code=303)


async def file(name: str) -> Response:
    """What the page is made of."""
    if name == "start.js":
        return Response(_START, media_type="text/javascript")
    if name not in _FILES:
        return answer(ProblemError("not_found", name[:100]))
    return FileResponse(f"{_folder()}/{name}", media_type=_FILES[name], headers={"cache-control": "max-age=86400"})


@lru_cache(maxsize=1)
def _folder() -> str:
    return str(swagger_ui_path)


def add_to(api: FastAPI) -> None:
    """Add the page and its files."""
    api.add_api_route("/v1", to_docs, include_in_schema=False)
    api.add_api_route("/v1/docs", show, include_in_schema=False)
    api.add_api_route("/v1/docs/{name}", file, include_in_schema=False)
