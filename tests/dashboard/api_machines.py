"""Another system that asks the HTTP API, in process."""

from __future__ import annotations

import json
from typing import Any

from starlette.testclient import TestClient

from dashboard.web.api.app import machines
from services.context import unit_of_work
from services.machines.tokens import make_token


def token_for(name: str, *scopes: str, **more: Any) -> str:
    """A token's secret."""
    with unit_of_work() as ctx:
        return make_token(ctx, name, scopes, **more).secret


class Machine:
    """A caller with a token (None: without)."""

    def __init__(self, secret: str | None, language: str = "en") -> None:
        self.headers = {"accept-language": language} | ({"authorization": f"Bearer {secret}"} if secret else {})
        self.client = TestClient(machines, raise_server_exceptions=False)

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        """Status and content."""
        answer = self.client.get(path, params=query, headers=self.headers)
        return answer.status_code, answer.json()

    def post(self, path: str, content: Any, media_type: str = "application/json") -> tuple[int, Any]:
        """Status and content; bytes are sent as they are."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        answer = self.client.post(path, content=body, headers={**self.headers, "content-type": media_type})
        return answer.status_code, answer.json()
