"""The level in force and why it holds, in words: for the customer page and beside an assessment."""

from __future__ import annotations

from html import escape

from dashboard.components.level_badge import level_badge
from dashboard.i18n import _, format_date, running_on
from dashboard.labels import label
from services.assessments import LevelRow


def level_reason(row: LevelRow) -> str:
    """Why the level is what it is, and until when."""
    words = {
        "computed": label("risk_level_short", row.computed_level), "until": format_date(row.until),
        "since": format_date(row.since),
    }  # fmt: skip
    if row.source == "override":
        return _("Set by a final assessment; the scorecard says %(computed)s. It holds until %(until)s.") % words
    if row.source == "floor":
        return _("Held up by a floor of the scorecard: no assessment and no cooldown puts it lower.")
    if row.source == "cooldown":
        if row.until is None:
            return _("The scorecard says %(computed)s; a level falls one step at a time.") % words
        return _("The scorecard says %(computed)s; the level may fall one step from %(until)s on.") % words
    return _("As the scorecard computes it.")


def two_levels(row: LevelRow) -> str:
    """Both levels in words where the one in force is not the computed one; nothing where they are the same."""
    if row.level is None or row.level == row.computed_level:
        return ""
    words = {
        "computed": label("risk_level_short", row.computed_level), "level": label("risk_level_short", row.level),
        "until": format_date(row.until),
    }  # fmt: skip
    if row.source == "override":
        return _("Computed: %(computed)s. In force: %(level)s, by an override until %(until)s.") % words
    if row.source == "floor":
        return _("Computed: %(computed)s. In force: %(level)s, held up by a floor of the scorecard.") % words
    if row.until is None:
        return _("Computed: %(computed)s. In force: %(level)s, because a level falls one step at a time.") % words
    return _("Computed: %(computed)s. In force: %(level)s; it may fall one step from %(until)s on.") % words


def due_text(row: LevelRow) -> str:
    """When the next assessment is due."""
    if row.due_on is None:
        return _("Never assessed: due now.")
    return _("Last assessed on %(last)s, next due on %(next)s.") % {
        "last": format_date(row.assessed_on), "next": format_date(row.due_on),
    }  # fmt: skip


def level_line(row: LevelRow) -> str:
    """HTML: badge, since when, why, and when the next assessment is due."""
    since = [] if row.since is None else [_("In force since %(day)s.") % {"day": format_date(row.since)}]
    said = running_on([*since, level_reason(row), due_text(row)])
    return (
        f'<div class="gl-in-force"><b>{escape(_("Level in force"))}</b> {level_badge(row.level)} '
        f'<span class="gl-quiet">{escape(said)}</span></div>'
    )
