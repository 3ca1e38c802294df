"""Two people at one moment, each in a transaction of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from db.models import Assessment, LedgerEntry
from services.assessments import draft, finalise
from services.context import Actor, Context, unit_of_work
from services.errors import RefusedError
from tests.services.assessing import Office, make_office


@pytest.fixture
def office(ctx: Context) -> Office:
    return make_office(ctx)


def both(office: Office, commands: dict[Actor, Callable[[Context], object]]) -> list[str]:
    """What became of each command, run at the same moment: "done", or the refusal."""
    office.ctx.session.commit()
    start, ends = threading.Barrier(len(commands)), []

    def run(actor: Actor, command: Callable[[Context], object]) -> None:
        start.wait()
        try:
            with unit_of_work(actor, now=office.ctx.now) as ctx:
                command(ctx)
            ends.append("done")
        except RefusedError as refusal:
            ends.append(str(refusal))

    threads = [threading.Thread(target=run, args=pair) for pair in commands.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def count(office: Office, action: str) -> int:
    with unit_of_work() as ctx:
        entries = select(func.count()).select_from(LedgerEntry).where(LedgerEntry.action == action)
        return ctx.session.execute(entries).scalar_one()


def test_of_two_reviewers_one_decides_and_the_other_is_told(office: Office) -> None:
    row = office.in_review(office.customer(), "low")
    ends = both(
        office,
        {
            one: lambda ctx: finalise(ctx, row.customer_id, row.id, row.version, "low")
            for one in (office.reviewer, office.second)
        },
    )
    assert ends == [
        "Somebody changed this record while you were looking at it. Reload and decide again.", "done",
    ]  # fmt: skip
    assert count(office, "assessment.finalised") == 1
    with unit_of_work() as ctx:
        stages = ctx.session.execute(select(Assessment.stage).order_by(Assessment.id)).scalars().all()
    assert stages == ["initial", "final"]


def test_of_two_drafts_of_one_customer_one_is_begun(office: Office) -> None:
    number = office.customer().customer_no
    ends = both(office, {one: lambda ctx: draft(ctx, number, "low") for one in (office.seller, office.colleague)})
    assert ends == ["An assessment of this customer is open already. Go on with that one.", "done"]
    assert count(office, "assessment.drafted") == 1
