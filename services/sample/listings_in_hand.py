"""Identification as a working week leaves it: candidates, a tip, proposals at every step, a listing held for wrong."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw
from sqlalchemy import select

from db.enums import ListingState
from db.models import AppUser, Customer, Listing
from services import listings
from services.context import Actor, Context
from services.listings import CandidateRow, ListingFilter, ListingRow, NewFile, Writing
from services.sample.words import LISTING_WORDS as SAID
from services.users.sessions import actor_by_login

_UTC_OFFSET = dt.timedelta(hours=8)
_OWN = {"NORTH": "north", "EXPORT": "export"}


@dataclass
class _At(Context):
    """The transaction on a day of the story: the sample's business date stands still at its end."""

    day: dt.date = field(default=dt.date.min)

    @property
    def today(self) -> dt.date:
        return self.day


def lay_out_listings(ctx: Context, until: dt.date) -> None:
    """A fortnight of identification, by the people of the sample through their own commands."""
    listings.find_candidates(ctx)
    court = _Court(ctx, until)
    court.tip()
    court.ready()
    court.asked()
    court.handed_in()
    court.drafted()
    court.put_aside()
    court.held_for_wrong()


class _Court:
    """Who writes, reviews and decides, and the candidates that are left to take."""

    def __init__(self, ctx: Context, until: dt.date) -> None:
        self.ctx, self.until = ctx, until
        logins = ctx.session.execute(select(AppUser.login)).scalars()
        found = {login: actor_by_login(ctx, login) for login in logins}
        self.people: dict[str, Actor] = {login: actor for login, actor in found.items() if actor is not None}
        page = listings.listings_page(ctx, ListingFilter(), limit=500)
        # The freshest first: what is long past its deadline stays on the list, as it would.
        self.candidates = sorted(page.candidates, key=lambda one: (-one.days_left, one.customer_no))

    def at(self, login: str, days_ago: int, hour: int = 10) -> Context:
        """The transaction in a person's name, so many days before the end, at an hour of the company's clock."""
        day = self.until - dt.timedelta(days=days_ago)
        instant = dt.datetime.combine(day, dt.time(hour, 20), dt.UTC) - _UTC_OFFSET
        return _At(session=self.ctx.session, actor=self.people[login], now=instant, day=day)

    def take(self, departments: Sequence[str] = (), age: int = 0) -> CandidateRow | None:
        """The next candidate of one of these departments (none: any) that a test found and nobody paid, whose first
        sign is so many days old at the least."""
        for one in self.candidates:
            is_old_enough = (self.until - one.trigger_on).days >= age
            is_theirs = not departments or one.department in departments
            if one.source == "test" and not one.is_paid and is_old_enough and is_theirs:
                # A customer has one proposal, whatever the number of its signs.
                self.candidates = [other for other in self.candidates if other.customer_no != one.customer_no]
                return one
        return None

    def write(self, one: CandidateRow, login: str, days_ago: int) -> ListingRow:
        """A draft, begun so many days ago: not before the sign itself."""
        ago = min(days_ago, max(0, (self.until - one.trigger_on).days))
        return listings.draft(self.at(login, ago), one.customer_no, Writing((one.criterion,), SAID[one.criterion]))

    def review(self, one: CandidateRow, login: str, days_ago: int) -> ListingRow:
        """Handed in on the day it was written, and taken up by risk management."""
        row = self.write(one, login, days_ago)
        ago = min(days_ago, max(0, (self.until - one.trigger_on).days))
        row = listings.hand_in(self.at(login, ago, 11), row.customer_id, row.id, row.version)
        return listings.take_up(self.at("risk", ago, 15), row.customer_id, row.id, row.version)

    def tip(self) -> None:
        """Somebody of Export saw something at a customer of another department, and took a photo."""
        listed = select(Listing.customer_id)
        quiet = (
            select(Customer.customer_no)
            .where(Customer.customer_id > 0, Customer.customer_id.not_in(listed))
            .order_by(Customer.risk_score.desc().nulls_last(), Customer.customer_no)
            .offset(6)
            .limit(1)
        )
        number = self.ctx.session.execute(quiet).scalar_one()
        seen_on = self.until - dt.timedelta(days=3)
        photo = NewFile("gate.jpg", _photo())
        listings.tip(self.at("export", 2, 18), number, "fraud", SAID["tip"], seen_on, [photo])

    def drafted(self) -> None:
        """One half written by the customer's department, one candidate taken on."""
        if (one := self.take(("NORTH",))) is not None:
            self.write(one, "north", 1)
        if (one := self.take(("EXPORT",))) is not None:
            mine = self.people["export"].user_id or 0
            listings.assign(self.at("export", 0), one.customer_id, one.id, one.version, mine)

    def handed_in(self) -> None:
        """One that waits for risk management."""
        if (one := self.take()) is not None:
            row = self.write(one, "finance", 2)
            listings.hand_in(self.at("finance", 1, 16), row.customer_id, row.id, row.version)

    def asked(self) -> None:
        """One in review, and one of which more is asked."""
        if (one := self.take()) is not None:
            row = self.review(one, "legal", 4)
            by = self.at("legal", 1, 9)
            listings.offer_reply(by, row.customer_id, row.id, row.version, "letter", by.today)
        if (one := self.take(("NORTH", "EXPORT"))) is not None:
            row = self.review(one, _OWN[one.department or "NORTH"], 5)
            due_on = self.until + dt.timedelta(days=2)
            by = self.at("risk", 1, 11)
            listings.ask_for_more(by, row.customer_id, row.id, row.version, SAID["question"], due_on)

    def ready(self) -> None:
        """Two ready for the decision: the customer replied to one, and let the time pass at the other."""
        for login, replies in (("legal", True), ("finance", False)):
            one = self.take(age=11)
            if one is None:
                return
            row = self.review(one, login, 11)
            by = self.at("legal", 10, 9)
            row = listings.offer_reply(by, row.customer_id, row.id, row.version, "email", by.today)
            by = self.at("legal", 1, 10)
            if replies:
                row = listings.record_reply(by, row.customer_id, row.id, row.version, SAID["reply"])
            else:
                row = listings.record_silence(by, row.customer_id, row.id, row.version)
            by = self.at("risk", 0, 9)
            listings.find_ready(by, row.customer_id, row.id, row.version, SAID["recommendation"])

    def put_aside(self) -> None:
        """One that pays by a plan."""
        if (one := self.take()) is not None:
            again_on = self.until + dt.timedelta(days=30)
            by = self.at("risk2", 0, 14)
            listings.put_aside(by, one.customer_id, one.id, one.version, SAID["aside"], again_on)

    def held_for_wrong(self) -> None:
        """One listing in force that legal holds for wrong."""
        query = (
            select(Listing)
            .where(Listing.state == ListingState.CONFIRMED.value)
            .order_by(Listing.decided_on.desc(), Listing.listing_no)
            .offset(2)
            .limit(1)
        )
        row = self.ctx.session.execute(query).scalar_one_or_none()
        if row is not None:
            by = self.at("legal", 0, 15)
            listings.ask_to_end(by, row.customer_id, row.id, row.version, SAID["wrong"])


def _photo() -> bytes:
    """A closed factory gate with a notice on it."""
    image = Image.new("RGB", (480, 320), (188, 196, 204))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 230, 480, 320), fill=(122, 118, 110))
    for left in range(60, 421, 24):
        draw.rectangle((left, 70, left + 8, 260), fill=(58, 66, 78))
    draw.rectangle((52, 62, 428, 74), fill=(58, 66, 78))
    draw.rectangle((190, 120, 290, 190), fill=(244, 242, 232), outline=(90, 80, 60), width=3)
    for line in range(4):
        draw.line((202, 136 + line * 13, 278, 136 + line * 13), fill=(120, 112, 96), width=3)
    written = io.BytesIO()
    image.save(written, format="JPEG", quality=80)
    return written.getvalue()
