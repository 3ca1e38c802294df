"""Values that can't be used, field by field, in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.i18n import N_, _
from dashboard.web.api.problems import ProblemError

_UNUSABLE = N_("This value can't be used here.")
_SENTENCES: dict[str, str] = {
    "missing": N_("This field is missing."),
    "extra_forbidden": N_("There is no field of this name."),
    "string_type": N_("This has to be text."),
    "bool_type": N_("This has to be true or false."),
    "string_pattern_mismatch": N_("This is not written as it has to be."),
    "string_too_long": N_("At most %(max_length)s characters are possible."),
    "string_too_short": N_("This can't be empty."),
    "greater_than_equal": N_("This has to be at least %(ge)s."),
    "less_than_equal": N_("This has to be at most %(le)s."),
    "int_parsing": N_("This has to be a whole number."),
    "value_error": N_("This has to be a number that is not too large."),
}
_PLACES = frozenset({"body", "query", "path", "header"})


def problem_of_validation(found: Sequence[Any]) -> ProblemError:
    """What is wrong with a question, each field by its name."""
    errors = [_said(one) for one in found]
    named = ", ".join(dict.fromkeys(one["field"] for one in errors if one["field"]))
    detail = _("Look at these fields: %(fields)s.") % {"fields": named} if named else _(_UNUSABLE)
    return ProblemError("invalid", detail, errors=errors)


def _said(one: Mapping[str, Any]) -> dict[str, str]:
    kind, place = str(one["type"]), [str(part) for part in one["loc"]]
    field = ".".join(place[1:] if place and place[0] in _PLACES else place)
    sentence = _(_SENTENCES.get(kind, _UNUSABLE))
    if "%(" in sentence:
        sentence %= dict(one.get("ctx") or {})
    return {"field": field[:100], "code": kind, "message": sentence}
