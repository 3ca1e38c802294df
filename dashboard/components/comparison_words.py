"""What a comparison or a fit of scorecards found, in sentences a leader can read. For pages and commands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from dashboard.i18n import N_, NO_VALUE, _, format_date, format_number, format_percent, ngettext, several

Found = Mapping[str, Any]

OUTCOMES = {
    "late30_60": N_("An invoice goes 30 or more days late within 60 days"),
    "bad90_180": N_("Actually bad as assessment accuracy counts it"),
    "late5_60": N_("An invoice open on the day goes 5 or more days late within 60 days"),
}
LEFT_OUT = {
    "tells_nothing": N_("tells bad from good too little, or is hardly ever known"),
    "adds_nothing": N_("adds nothing beside the others"),
    "too_many": N_("more indicators than the bad customers can carry"),
}
#: A p below this is said as a difference that chance does not explain.
_SURE = 0.05


def day_of(written: str | None) -> dt.date | None:
    """A day as it is stored."""
    return dt.date.fromisoformat(written) if written else None


def edition_words(card: Found) -> str:
    """Which scorecard."""
    return _("edition %(n)s") % {"n": card["edition"]} if card["edition"] else _("the trial")


def figure(value: float | None, digits: int = 3) -> str:
    """A figure, or the sign for none."""
    return NO_VALUE if value is None else format_number(value, digits)


def with_interval(area: Found) -> str:
    """An AUC with its interval."""
    if area["value"] is None or area["low"] is None:
        return figure(area["value"])
    return _("%(value)s (%(low)s to %(high)s)") % {
        "value": figure(area["value"]), "low": figure(area["low"]), "high": figure(area["high"])
    }  # fmt: skip


def sides_of(found: Found) -> tuple[str, str]:
    """Both scorecards in words."""
    return edition_words(found["a"]["card"]), edition_words(found["b"]["card"])


def comparison_sentences(found: Found) -> list[str]:
    """The finding, most important first."""
    first, second = sides_of(found)
    told = [
        _ranking(found["difference"], found["a"]["quality"], first, second),
        _catching(found["caught"], first, second),
        _moving(found, first, second),
        _warning(found, first, second),
    ]
    return [_begun(one) for one in told]


def _begun(sentence: str) -> str:
    """A sentence may begin with what a scorecard is called."""
    return sentence[:1].upper() + sentence[1:]


def _ranking(gap: Found, quality: Found, first: str, second: str) -> str:
    words = {
        "first": first,
        "second": second,
        "bad": format_number(quality["bad"]),
        "n": format_number(quality["cases"]),
    }
    if gap["value"] is None:
        return _("The known outcomes are not both bad and good yet, so nothing can be said of how well they rank.")
    if gap["p"] is None or quality["is_uncertain"]:
        return _("Only %(bad)s of %(n)s observations turned bad: too few to say which ranks better.") % words
    if gap["p"] >= _SURE:
        return (
            _("%(first)s and %(second)s rank equally well, as far as %(bad)s bad of %(n)s observations can tell.")
            % words
        )
    better = {"better": first, "worse": second} if gap["value"] > 0 else {"better": second, "worse": first}
    return _("%(better)s ranks customers better than %(worse)s (%(bad)s bad of %(n)s observations).") % (words | better)


def _catching(caught: Found, first: str, second: str) -> str:
    if not caught["bad"]:
        return _("Nobody turned bad in this time.")
    turned = ngettext("%(n)s customer turned bad.", "%(n)s customers turned bad.", caught["bad"]) % {
        "n": format_number(caught["bad"])
    }
    words = {
        "turned": turned, "first": first, "second": second, "only_first": format_number(caught["only_first"]),
        "only_second": format_number(caught["only_second"]), "both": format_number(caught["both"]),
        "neither": format_number(caught["neither"]),
    }  # fmt: skip
    text = _(
        "%(turned)s Beforehand, both put %(both)s at high or critical, only %(first)s put %(only_first)s there, only "
        "%(second)s put %(only_second)s, and neither %(neither)s."
    )
    return text % words


def lead_sentence(caught: Found, first: str, second: str) -> str:
    """Who saw it sooner, of those that both saw."""
    words = {
        "first": first, "second": second, "earlier": format_number(caught["earlier"]),
        "later": format_number(caught["later"]), "n": format_number(caught["both"]),
    }  # fmt: skip
    return (
        _("Of the %(n)s that both caught, %(first)s was earlier for %(earlier)s and later for %(later)s.") % words
        if caught["both"]
        else _("No customer was caught by both.")
    )


def _moving(found: Found, first: str, second: str) -> str:
    now = found["months"][-1] if found["months"] else None
    if now is None:
        return _("No customer was scored.")
    words = {
        "first": first, "second": second, "higher": format_number(now["higher"]), "lower": format_number(now["lower"]),
        "n": format_number(now["customers"]),
    }  # fmt: skip
    text = _(
        "On the newest day %(first)s puts %(higher)s of %(n)s customers higher than %(second)s, and %(lower)s lower."
    )
    return text % words


def _warning(found: Found, first: str, second: str) -> str:
    one, other = found["a"]["warnings"], found["b"]["warnings"]
    words = {
        "first": first, "second": second, "a": _per_week(one), "b": _per_week(other), "false_a": false_share(one),
        "false_b": false_share(other),
    }  # fmt: skip
    text = _(
        "Customers newly at high or critical: %(a)s a week by %(first)s, %(b)s by %(second)s; false alarms %(false_a)s "
        "and %(false_b)s."
    )
    return text % words


def _per_week(one: Found) -> str:
    return figure(one["entries"] / one["weeks"] if one["weeks"] else None, 1)


def false_share(one: Found) -> str:
    """False alarms among those whose outcome is known, with both numbers."""
    if not one["judged"]:
        return NO_VALUE
    return _("%(share)s (%(n)s of %(of)s)") % {
        "share": format_percent(one["false"] / one["judged"], 0), "n": format_number(one["false"]),
        "of": format_number(one["judged"]),
    }  # fmt: skip


def fit_sentences(found: Found) -> list[str]:
    """What a fit found, most important first."""
    fitted = _("the fitted scorecard")
    in_force = _("edition %(n)s") % {"n": found["against_edition"]}
    told = [
        _begun(_ranking(found["difference"], found["quality"], fitted, in_force)),
        _("On the months kept back: AUC %(a)s for the fitted scorecard, %(b)s for %(in_force)s.")
        % {"a": with_interval(found["quality"]["area"]), "b": with_interval(found["active_quality"]["area"]),
           "in_force": in_force},
        part_sentence(_("Fitted on"), found["train"]),
        part_sentence(_("Tested on"), found["test"]),
    ]  # fmt: skip
    if found["edition"]:
        told.append(
            _("It is drafted as edition %(n)s and changes nothing until two people put it into force.")
            % {"n": found["edition"]}
        )
    return told


def part_sentence(title: str, part: Found) -> str:
    """The months fitted or tested on."""
    words = {
        "title": title, "first": format_date(day_of(part["first"])), "last": format_date(day_of(part["last"])),
        "n": format_number(part["cases"]), "bad": format_number(part["bad_customers"]),
        "months": format_number(part["month_ends"]),
    }  # fmt: skip
    text = _(
        "%(title)s: month ends from %(first)s to %(last)s (%(months)s), %(n)s observations, "
        "%(bad)s customers that turned bad."
    )
    return text % words


def left_out_words(found: Found, names: Mapping[str, str]) -> str:
    """Indicators that the fit did not take, by reason."""
    by_reason: dict[str, list[str]] = {}
    for code, reason in found["left_out"].items():
        by_reason.setdefault(reason, []).append(names.get(code, code))
    return several(
        _("%(names)s: %(reason)s") % {"names": ", ".join(sorted(codes)), "reason": _(LEFT_OUT[reason])}
        for reason, codes in sorted(by_reason.items())
    )
