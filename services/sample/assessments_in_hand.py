"""The assessments of the last two weeks, by the people of the sample through their own commands: half written, handed
in, asked about, visited, returned, overridden and decided. What lies before came with the files."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw
from sqlalchemy import select, text

from db.enums import ListingState, RiskLevel
from db.models import AppUser, Assessment, Customer, Department, Invoice, Listing
from services import assessments
from services.assessments import AssessmentRow, NewPhoto, Pick
from services.context import Actor, Context
from services.sample.words import ASSESSMENT_WORDS as SAID
from services.scoring.commands import score_customers
from services.users.sessions import actor_by_login

_UTC_OFFSET = dt.timedelta(hours=8)
#: Customers assessed within these days are left alone: their history has its own next step.
_QUIET_DAYS = 16
#: Who bought within these days owes something that a guarantee can cover.
_TRADING_DAYS = 60
_LADDER = tuple(RiskLevel)


@dataclass
class _At(Context):
    """The transaction on a day of the story: the sample's business date stands still at its end."""

    day: dt.date = field(default=dt.date.min)

    @property
    def today(self) -> dt.date:
        return self.day


@dataclass(frozen=True)
class _Candidate:
    customer_no: str
    login: str
    level: str
    is_trading: bool

    def step(self, steps: int) -> str:
        """The level so many steps riskier (negative: safer)."""
        return _LADDER[min(max(_LADDER.index(RiskLevel(self.level)) + steps, 0), len(_LADDER) - 1)].value


def lay_out_assessments(ctx: Context, until: dt.date) -> None:
    """Two weeks of two-step work. Call it before the last day is scored: decisions of earlier days then take effect."""
    office = _Office(ctx, until)
    office.decided()
    office.overridden()
    office.asked_and_visited()
    office.waiting()
    office.at_the_desk()


class _Office:
    """Two business departments with somebody who signs in, and two reviewers."""

    def __init__(self, ctx: Context, until: dt.date) -> None:
        self.ctx, self.until = ctx, until
        logins = ctx.session.execute(select(AppUser.login)).scalars()
        found = {login: actor_by_login(ctx, login) for login in logins}
        self.people: dict[str, Actor] = {login: actor for login, actor in found.items() if actor is not None}
        self.candidates = self._candidates()

    def at(self, login: str, days_ago: int, hour: int = 10) -> Context:
        """The transaction in a person's name, so many days before the end, at an hour of the company's clock."""
        day = self.until - dt.timedelta(days=days_ago)
        instant = dt.datetime.combine(day, dt.time(hour, 20), dt.UTC) - _UTC_OFFSET
        return _At(session=self.ctx.session, actor=self.people[login], now=instant, day=day)

    def _candidates(self) -> list[_Candidate]:
        """Customers of the two departments that trade, are not listed and were not assessed just now; riskier first."""
        listed = select(Listing.customer_id).where(Listing.state == ListingState.CONFIRMED.value)
        recent = select(Assessment.customer_id).where(
            Assessment.assessed_on > self.until - dt.timedelta(days=_QUIET_DAYS)
        )
        since = self.until - dt.timedelta(days=_TRADING_DAYS)
        trading = select(Invoice.customer_id).where(Invoice.issued_on > since)
        query = (
            select(Customer.customer_id, Customer.customer_no, Department.code, Customer.customer_id.in_(trading))
            .join(Department, Department.id == Customer.owner_department_id)
            .where(Department.code.in_(("NORTH", "EXPORT")), Customer.customer_id.not_in(listed))
            .where(Customer.customer_id.not_in(recent))
            .order_by(Customer.risk_score.desc(), Customer.customer_no)
        )
        rows = self.ctx.session.execute(query).all()
        day = self.at("risk", 3)
        score_customers(day, day.today, customer_ids=[row.customer_id for row in rows], dry_run=True)
        scored = self.ctx.session.execute(text("SELECT customer_id, level FROM scored"))
        levels: dict[int, str | None] = {customer_id: level for customer_id, level in scored}
        return [
            _Candidate(row.customer_no, row.code.lower(), level, row[3])
            for row in rows
            if (level := levels.get(row.customer_id)) is not None
        ]

    def take(self, level: str, login: str | None = None, *, is_trading: bool = False) -> _Candidate:
        """The next customer of a computed level (and department); the nearest level where there is none left."""
        fitting = [one for one in self.candidates if login in (None, one.login) and one.is_trading >= is_trading]
        chosen = min(
            fitting, key=lambda one: abs(_LADDER.index(RiskLevel(one.level)) - _LADDER.index(RiskLevel(level)))
        )
        self.candidates.remove(chosen)
        return chosen

    def submit(self, one: _Candidate, level: str, reason: str, days_ago: int, hour: int = 10) -> AssessmentRow:
        by = self.at(one.login, days_ago, hour)
        row = assessments.draft(by, one.customer_no, level, reason)
        return assessments.submit(by, row.customer_id, row.id, row.version)

    def review(self, one: _Candidate, level: str, reason: str, days: Sequence[int], login: str) -> AssessmentRow:
        """Handed in so many days ago, taken up so many days ago."""
        row = self.submit(one, level, reason, days[0])
        return assessments.take_up(self.at(login, days[1], 14), row.customer_id, row.id, row.version)

    def decided(self) -> None:
        """Three that agreed, decided together on the day they came."""
        rows = [self.submit(one, one.level, SAID["agrees"], 3, 9) for one in (self.take("low"), self.take("medium"))]
        rows.append(self.submit(one := self.take("high", "export"), one.level, SAID["agrees_high"], 3, 9))
        picks = [Pick(row.customer_id, row.id, row.version) for row in rows]
        assessments.finalise_agreeing(self.at("risk2", 3, 15), picks)

    def overridden(self) -> None:
        """One level lowered for a guarantee, one raised for a rumour; both come to an end."""
        covered = self.take("high", "north", is_trading=True)
        row = self.review(covered, covered.step(-1), SAID["guarantee"], (6, 5), "risk")
        end = self.until + dt.timedelta(days=55)
        by = self.at("risk", 5, 16)
        assessments.finalise(
            by,
            row.customer_id,
            row.id,
            row.version,
            covered.step(-1),
            SAID["guarantee_checked"],
            end,
            {"credit": "high"},
        )
        rumoured = self.take("medium")
        row = self.review(rumoured, rumoured.level, SAID["agrees"], (4, 3), "risk2")
        end = self.until + dt.timedelta(days=9)
        by = self.at("risk2", 2, 11)
        assessments.finalise(by, row.customer_id, row.id, row.version, rumoured.step(1), SAID["rumour"], end)

    def asked_and_visited(self) -> None:
        """In review: a question open, a visit ordered after an answer, and a visit reported with a photo."""
        one = self.take("high", "north")
        row = self.review(one, one.step(-1), SAID["softer"], (5, 4), "risk")
        due_on = self.until + dt.timedelta(days=2)
        assessments.ask_for_more(self.at("risk", 3), row.customer_id, row.id, row.version, SAID["question"], due_on)
        one = self.take("medium", "north")
        row = self.review(one, one.level, SAID["agrees"], (8, 7), "risk2")
        by = self.at("risk2", 7, 15)
        due_on = self.until - dt.timedelta(days=4)
        asked = assessments.ask_for_more(by, row.customer_id, row.id, row.version, SAID["short_question"], due_on)
        by = self.at("north", 5, 11)
        assessments.answer_request(by, asked.customer_id, asked.id, asked.version, SAID["short_answer"])
        self._send(row, "risk2", "north", 4, SAID["stock"], 4)
        one = self.take("high", "export")
        row = self.review(one, one.level, SAID["quality"], (9, 8), "risk")
        visit = self._send(row, "risk", "export", 8, SAID["plant"], -2)
        by, seen = self.at("export", 2, 17), self.until - dt.timedelta(days=3)
        assessments.report_visit(
            by, visit.customer_id, visit.id, visit.version, seen, SAID["plant_seen"], "concern",
            [NewPhoto("2号车间.jpg", _photo())],
        )  # fmt: skip

    def _send(
        self, row: AssessmentRow, by: str, whom: str, days_ago: int, purpose: str, due_in: int
    ) -> assessments.VisitRow:
        due_on = self.until + dt.timedelta(days=due_in)
        sent = self.people[whom].user_id or 0
        return assessments.order_visit(
            self.at(by, days_ago, 16), row.customer_id, row.id, row.version, sent, due_on, purpose
        )

    def waiting(self) -> None:
        """Handed in, some days ago and today; one that does not agree with the score."""
        self.submit(one := self.take("low", "north"), one.level, SAID["agrees"], 6)
        self.submit(one := self.take("medium", "export"), one.step(-1), SAID["softer"], 4)
        self.submit(one := self.take("low", "export"), one.level, SAID["agrees"], 1)
        self.submit(one := self.take("medium", "north"), one.level, SAID["agrees"], 0)

    def at_the_desk(self) -> None:
        """One returned, two half written."""
        one = self.take("high", "north")
        row = self.review(one, one.step(-2), SAID["softer"], (3, 2), "risk")
        by = self.at("risk", 1, 11)
        assessments.return_to_business(by, row.customer_id, row.id, row.version, SAID["returned"])
        one = self.take("medium", "north")
        assessments.draft(self.at("north", 0, 11), one.customer_no, one.level, "", {"transactions": "high"})
        one = self.take("medium", "export")
        assessments.draft(self.at("export", 2, 9), one.customer_no, one.step(-1))


def _photo() -> bytes:
    """A hall with half its shelves empty."""
    image = Image.new("RGB", (480, 320), (203, 206, 204))
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, 320), (480, 320), (400, 220), (80, 220)], fill=(150, 148, 142))
    for place in range(6):
        left = 40 + place * 70
        draw.rectangle((left, 70, left + 54, 225), outline=(70, 84, 102), width=4)
        for shelf in range(3):
            top = 82 + shelf * 48
            draw.line((left, top + 40, left + 54, top + 40), fill=(70, 84, 102), width=4)
            if (place * 3 + shelf) % 2 == 0:
                draw.rectangle((left + 8, top + 12, left + 44, top + 37), fill=(166, 124, 82), outline=(110, 80, 52))
    written = io.BytesIO()
    image.save(written, format="JPEG", quality=80)
    return written.getvalue()
