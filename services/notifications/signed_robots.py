"""Group robots of Feishu and Lark that ask for a signature. Apprise (2.3) does not sign for them, so this does.

As their manual has it: `sign` is the HMAC-SHA-256 of nothing, its key the timestamp in seconds, a line feed and the
secret, written in Base64; timestamp and sign stand in the body. A signature is taken for an hour.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

import requests

from db.enums import NoticeChannel
from services.notifications.answers import refusal_in

HOOKS = {
    NoticeChannel.FEISHU: "https://open.feishu.cn/open-apis/bot/v2/hook/{token}",
    NoticeChannel.LARK: "https://open.larksuite.com/open-apis/bot/v2/hook/{token}",
}
#: A text holds at most so many bytes; the whole body may have 20 KB.
_MOST_BYTES = 18_000


def is_signed(channel: str, address: str) -> bool:
    """Whether a robot's address has a secret to sign with, and its messenger is one of these."""
    return channel in HOOKS and urlsplit(address).username is not None


def signature(timestamp: int, secret: str) -> str:
    """What the robot compares."""
    key = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def post_signed(channel: str, address: str, words: str, timestamp: int, timeouts: tuple[float, float]) -> str:
    """Send a text; what the robot refused it with, empty where it took it.

    Raises:
        requests.RequestException: there was no answer.
    """
    # Not `.hostname`, which writes it small: a token has capitals.
    secret, _at, token = urlsplit(address).netloc.rpartition("@")
    body: dict[str, Any] = {
        "timestamp": str(timestamp), "sign": signature(timestamp, secret), "msg_type": "text",
        "content": {"text": _cut(words)},
    }  # fmt: skip
    url = HOOKS[NoticeChannel(channel)].format(token=token)
    response = requests.post(url, json=body, timeout=timeouts, allow_redirects=False)
    try:
        said: object = response.json()
    except ValueError:
        said = None
    return refusal_in(response.status_code, said)


def _cut(words: str) -> str:
    """As much as fits, without half a character at the end."""
    written = words.encode()
    return words if len(written) <= _MOST_BYTES else written[:_MOST_BYTES].decode(errors="ignore") + "…"
