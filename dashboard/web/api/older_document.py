"""The OpenAPI 3.1 document as 3.0: the page that shows it knows no newer one.

Of what 3.1 says otherwise our document has three things: null as one of several types, exclusive limits as numbers, and
several examples.
"""

from __future__ import annotations

from typing import Any

_NULL = {"type": "null"}


def as_older(document: dict[str, Any]) -> dict[str, Any]:
    """The same document for readers of OpenAPI 3.0."""
    older: dict[str, Any] = _older(document)
    return {**older, "openapi": "3.0.3"}


def _older(part: Any) -> Any:  # noqa: ANN401  (any JSON value)
    if isinstance(part, list):
        return [_older(one) for one in part]
    if not isinstance(part, dict):
        return part
    content = {name: _older(value) for name, value in part.items()}
    for limit in ("Minimum", "Maximum"):
        value = content.get(f"exclusive{limit}")
        if isinstance(value, int | float) and not isinstance(value, bool):
            content |= {limit.lower(): value, f"exclusive{limit}": True}
    if isinstance(content.get("examples"), list):
        content["example"] = content.pop("examples")[0]
    kinds = content.get("anyOf")
    return _or_null(content, kinds) if isinstance(kinds, list) and _NULL in kinds else content


def _or_null(content: dict[str, Any], kinds: list[Any]) -> dict[str, Any]:
    others = [one for one in kinds if one != _NULL]
    rest = {name: value for name, value in content.items() if name != "anyOf"}
    kept = others[0] if len(others) == 1 else {"anyOf": others}
    return {**rest, **kept, "nullable": True}
