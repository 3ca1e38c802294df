"""What a messenger answers. DingTalk and WeCom say "refused" with HTTP 200 and a code in the body, which the library
takes for sent (Apprise 2.3 reads such a code of Feishu and Lark only). So each answer passes here before it sees it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock
from typing import Any

import requests
from apprise.plugins.base import NotifyBase

_LAST_OF_OK = 299


@dataclass
class Answers:
    """The refusal that a messenger gave during one sending, if it gave one."""

    refusal: str = ""


_current: ContextVar[Answers | None] = ContextVar("answers", default=None)
_placing = Lock()


class _ReadingRequests:
    """Stands for the module `requests` inside a messenger of the library: all of it, but answers are read."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever the module has)
        return getattr(requests, name)

    def post(self, url: str, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        return self.request("POST", url, **kwargs)

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        response = requests.request(method, url, **{**kwargs, "allow_redirects": False})  # noqa: S113  (it is given)
        refusal = refusal_in(response.status_code, _body(response))
        if refusal:
            if (answers := _current.get()) is not None:
                answers.refusal = refusal
            raise requests.RequestException(refusal)
        return response


_READING = _ReadingRequests()


def _body(response: requests.Response) -> object:
    try:
        return response.json()
    except ValueError:
        return None


def refusal_in(status: int, body: object) -> str:
    """What a messenger refused a message with; empty where it took it."""
    said = body if isinstance(body, dict) else {}
    code = next((said[name] for name in ("errcode", "code", "StatusCode") if name in said), 0)
    words = str(next((said[name] for name in ("errmsg", "msg", "message", "error") if said.get(name)), ""))
    if status > _LAST_OF_OK:
        return f"HTTP {status} {words}".strip()
    if isinstance(code, int) and code != 0:
        return f"{code} {words}".strip()
    return ""


@contextmanager
def answers_read(messenger: NotifyBase) -> Iterator[Answers]:
    """Read the answers that a messenger gets inside this block.

    Raises:
        RuntimeError: the library changed, so that they would go by unread.
    """
    module = sys.modules[type(messenger).__module__]
    with _placing:
        if getattr(module, "requests", None) not in (requests, _READING):
            raise RuntimeError(f"the answers of {module.__name__} can't be read: the library changed")
        module.requests = _READING  # type: ignore[attr-defined]
    answers = Answers()
    token = _current.set(answers)
    try:
        yield answers
    finally:
        _current.reset(token)
