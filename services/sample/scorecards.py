"""The sample's work on scorecards: one runs in shadow beside the card in force, one is being drafted."""

from __future__ import annotations

import datetime as dt

from db.models import AppUser
from services import scorecards
from services.context import Actor, Context
from services.sample.words import SCORECARDS
from services.scorecards.editing import with_dimension_weight, with_indicator, with_part
from services.scoring.commands import score_in_shadow

#: How long ago the card in shadow was drafted and began to run.
_DRAFTED, _SHADOW = 26, 19


def lay_out_scorecards(ctx: Context, until: dt.date) -> None:
    """Draft two scorecards as risk management does, and let the first score in shadow since some weeks."""
    first = scorecards.scorecard_of_edition(ctx, None)
    drafter = _at(ctx, "risk", until - dt.timedelta(days=_DRAFTED))
    name, note = SCORECARDS["shadow"]
    draft = scorecards.draft_from(drafter, first.row.id, name, note)
    heavier = with_dimension_weight(with_dimension_weight(draft.definition, "credit", 30), "reputation", 10)
    saved = scorecards.change_draft(
        drafter, draft.row.id, draft.row.version, with_part(heavier, "credit_rating", "weight", 14)
    )
    began = _at(ctx, "risk2", until - dt.timedelta(days=_SHADOW))
    scorecards.start_shadow(began, saved.row.id, saved.row.version)
    score_in_shadow(ctx, until)
    scorecards.summarise_shadows(ctx)
    name, note = SCORECARDS["draft"]
    other = _at(ctx, "risk2", until - dt.timedelta(days=2))
    draft = scorecards.draft_from(other, first.row.id, name, note)
    scorecards.change_draft(
        other, draft.row.id, draft.row.version, with_indicator(draft.definition, "amount_trend", "transactions")
    )


def _at(ctx: Context, login: str, day: dt.date) -> Context:
    """The same transaction in a person's name, on a day."""
    user = ctx.session.query(AppUser).filter_by(login=login).one()
    actor = Actor(user.login, user.name, user.role, user.id, user.department_id)  # type: ignore[arg-type]
    return _Earlier(ctx.session, actor, dt.datetime.combine(day, dt.time(7, 30), dt.UTC))


class _Earlier(Context):
    """A context whose business date is its own day: the sample's stands still."""

    @property
    def today(self) -> dt.date:
        """The day of `now`."""
        return self.now.date()
