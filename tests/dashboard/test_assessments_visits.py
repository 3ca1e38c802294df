"""Site visits on the assessments page: ordered, reported with photos, called off."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from PIL import Image

from services.assessments import (
    order_visit,
)
from tests.dashboard.assessing_pages import (
    Opened,
    at_work,
    errors,
    found_company,
    initial,
    newest,
    opener,
    waiting,
)
from tests.services.assessing import Office

NEXT_WEEK = dt.date(2025, 7, 7)


@pytest.fixture(scope="module")
def company(module_database: str) -> Office:
    return found_company()


@pytest.fixture
def opened(company: Office, monkeypatch: pytest.MonkeyPatch) -> Opened:
    return opener(monkeypatch)


def photo() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 120, 150)).save(content, "JPEG")
    return content.getvalue()


def test_a_visit_is_ordered_and_reported_with_photos(company: Office, opened: Opened) -> None:
    address = waiting(company, "V-1")
    app = opened("reviewer", **address)
    row = initial("V-1")
    draft = f"visit-{row.customer_id}-{row.id}"
    app.button(key="assessments-visit").click().run()
    app.selectbox(key=f"{draft}:assignee_id").set_value(company.seller.user_id)
    app.date_input(key=f"{draft}:due_on").set_value(NEXT_WEEK)
    app.text_area(key=f"{draft}:purpose").set_value("Is the plant running?")
    app.button(key="drawer.save").click().run()
    found = newest("V-1")
    assert found is not None
    (visit,) = found.visits
    app = opened("seller", **address)
    report = f"report-{row.customer_id}-{visit.id}"
    app.date_input(key=f"{report}:visited_on").set_value(dt.date(2025, 6, 29)).run()
    app.button(key=f"report-send-{visit.id}").click().run()
    assert len(errors(app)) == 1
    app.text_area(key=f"{report}:findings").set_value("One shift of three").run()
    app.radio(key=f"{report}:conclusion").set_value("concern").run()
    app.toggle(key=f"report-camera-on-{visit.id}").set_value(True).run()
    app.file_uploader(key=f"report-files-{visit.id}").upload("gate.jpg", photo()).run()
    app.button(key=f"report-send-{visit.id}").click().run()
    found = newest("V-1")
    assert found is not None
    (visit,) = found.visits
    assert (visit.state, visit.visited_on, visit.findings, visit.conclusion) == (
        "done", dt.date(2025, 6, 29), "One shift of three", "concern",
    )  # fmt: skip
    assert [one.file_name for one in visit.photos] == ["gate.jpg"]
    app.toggle(key=f"photos-{row.customer_id}-{visit.id}").set_value(True).run()
    assert len(app.get("image")) == 1


def test_a_visit_is_called_off(company: Office, opened: Opened) -> None:
    address = waiting(company, "V-2")
    row = initial("V-2")
    assert company.seller.user_id is not None
    with at_work(company) as there:
        visit = order_visit(
            there.by(there.reviewer), row.customer_id, row.id, row.version, company.seller.user_id, NEXT_WEEK, "Look"
        )  # fmt: skip
    app = opened("reviewer", **address)
    app.button(key=f"visit-cancel-{visit.id}").click().run()
    app.text_area(key=f"cancel-{row.customer_id}-{visit.id}:reason").set_value("Flooded")
    app.button(key="drawer.save").click().run()
    found = newest("V-2")
    assert found is not None
    assert (found.visits[0].state, found.visits[0].cancelled_reason) == ("cancelled", "Flooded")
