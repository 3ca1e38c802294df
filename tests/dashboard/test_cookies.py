"""Where forms of the web application lead back to."""

from __future__ import annotations

import pytest

from dashboard.web.cookies import local_address


@pytest.mark.parametrize(
    ("wish", "where"),
    [
        ("/overview?q=2025", "/overview?q=2025"),
        ("https://evil.example/x", "/x"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: x=y", "/aset-cookie: x=y"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_nobody_is_led_to_another_site(wish: str | None, where: str) -> None:
    assert local_address(wish) == where
