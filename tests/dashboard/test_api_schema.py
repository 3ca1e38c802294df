"""schemathesis asks what the OpenAPI document allows, and what it does not, and finds nothing. Bounded and seeded.

A longer run: SCHEMATHESIS_EXAMPLES=300 pytest tests/dashboard/test_api_schema.py
"""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, settings
from schemathesis.checks import CHECKS, load_all_checks

from dashboard.web.api import bearers
from dashboard.web.api.app import machines
from db.enums import ApiScope
from services.context import unit_of_work
from services.scoring import ensure_default_scorecard
from tests.dashboard.api_machines import token_for
from tests.people import stand_still
from tests.services.makers import make_customer

load_all_checks()
#: Valid values may still name nobody, or an order that was asked before with other values.
_CONFIG = schemathesis.Config.from_dict(
    {
        "seed": 20250630,
        "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", 404, 410, 422]}},
    }
)
schema = schemathesis.openapi.from_asgi("/v1/openapi.json", machines, config=_CONFIG)
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "12"))


@pytest.fixture(scope="module")
def token(module_database: str) -> str:
    stand_still()
    bearers.forget_all()
    with unit_of_work() as ctx:
        make_customer(ctx, "0")
        ensure_default_scorecard(ctx)
    return token_for("schemathesis", *ApiScope, per_minute=1_000_000)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests without a token are many here."""
    monkeypatch.setattr(bearers, "WRONG_PER_MINUTE", 1_000_000)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_nothing_is_found(case: schemathesis.Case, token: str) -> None:
    # A list or an object without anything in it does not appear in an address at all.
    assume(all(value not in ([], {}) for value in (case.query or {}).values()))
    case.call_and_validate(
        headers={"Authorization": f"Bearer {token}"},
        excluded_checks=[CHECKS.get_one("ignored_auth")],
    )
