"""What the whole market shares: exchange rates and the outlook of the industries."""

from __future__ import annotations

from datetime import timedelta

from services.sample.company import INDUSTRIES
from services.sample.period import Period, month_end, written

_RATES: dict[str, float] = {"USD": 7.18, "EUR": 7.78}
"""Base units per unit about which the invented rates wander. None for JPY: its rows must show as left out."""


def fx_rows(period: Period) -> list[dict[str, str]]:
    """The file kind `fx_rates`: one rate a month, from the day before the period begins."""
    found = []
    for currency, first in _RATES.items():
        rng = period.random("rates", currency)
        rate = first
        days = [period.start - timedelta(days=1), *(month_end(month) for month in period.months())]
        for day in days:
            if day <= period.until:
                found.append({"currency": currency, "as_of": written(day), "rate": f"{rate:.4f}"})
            rate *= 1 + rng.gauss(0, 0.006)
    return found


def outlook_on(code: str, share: float) -> float:
    """The outlook (0-100) of an industry when that share of the period has passed."""
    industry = next(one for one in INDUSTRIES if one.code == code)
    return industry.outlook_first + (industry.outlook_last - industry.outlook_first) * share


def outlook_rows(period: Period) -> list[dict[str, str]]:
    """The file kind `industry_outlooks`: one row an industry and month."""
    found = []
    months = period.months()
    for industry in INDUSTRIES:
        rng = period.random("outlook", industry.code)
        change = industry.outlook_last - industry.outlook_first
        for place, month in enumerate(months):
            outlook = min(95, max(5, outlook_on(industry.code, place / len(months)) + rng.gauss(0, 1.5)))
            found.append(
                {
                    "industry_code": industry.code,
                    "as_of": written(month),
                    "outlook": f"{outlook:.1f}",
                    "trend": str(max(-2, min(2, round(change / 8 + rng.gauss(0, 0.4))))),
                    "policy": str(max(-2, min(2, round(change / 12 + rng.gauss(0, 0.5))))),
                    "default_rate": f"{max(0.002, 0.055 - outlook * 0.0006 + rng.gauss(0, 0.001)):.4f}",
                }
            )
    return found
