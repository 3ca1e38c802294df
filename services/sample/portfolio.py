"""The door of the sample: `generate` makes every import file of SPEC 7 as rows of text."""

from __future__ import annotations

from datetime import date

from services.sample.account import Account
from services.sample.assessments import assessment_rows
from services.sample.complaints import complaint_rows
from services.sample.contracts import contract_event_rows, contract_rows
from services.sample.customers import customer_rows, draw_customers
from services.sample.dunning import dunning_rows
from services.sample.filings import file_accounts, report_rows, statement_rows
from services.sample.guarantees import guarantee_rows
from services.sample.identification import identify
from services.sample.incentives import incentive_rows
from services.sample.market import fx_rows, outlook_rows
from services.sample.orders import order_rows
from services.sample.period import Period
from services.sample.recovery import case_debt_rows, case_rows, listing_rows, number_decisions
from services.sample.reputation import reputation_rows, spread_news
from services.sample.story import cast, judgements
from services.sample.ties import tie
from services.sample.trade import invoice_rows, open_account, payment_rows
from services.sample.watchlist import watchlist_rows

Rows = list[dict[str, str]]


def generate(seed: int = 20250630, until: date = date(2025, 6, 30), months: int = 24) -> dict[str, Rows]:
    """Every file kind of SPEC 7 -> its rows: keys as there, values as a CSV holds them (amounts `1234.50`, ISO dates).

    The last of `months` calendar months is that of `until`. Nothing happens after `until`; only due, expiry, promise
    and end dates lie beyond it. The same arguments give the same rows on every machine. ValueError under 12 months.
    """
    period = Period.ending(until, months, seed)
    customers = cast(draw_customers(period), period)
    accounts = [open_account(customer, period) for customer in customers]
    identify(accounts, judgements(accounts, period), period)
    number_decisions(accounts)
    for account in accounts:
        file_accounts(account, period)
        spread_news(account, period)
    return {
        "fx_rates": fx_rows(period),
        "industry_outlooks": outlook_rows(period),
        "customers": tie(customer_rows(customers, period), customers),
        **_trade_rows(accounts, period),
        **_signal_rows(accounts, period),
        **_decision_rows(accounts, period),
        "watchlist": watchlist_rows(customers, period),
        "incentives": incentive_rows(accounts, period),
    }


def _trade_rows(accounts: list[Account], period: Period) -> dict[str, Rows]:
    return {
        "contracts": contract_rows(accounts, period),
        "contract_events": contract_event_rows(accounts, period),
        "invoices": invoice_rows(accounts),
        "payments": payment_rows(accounts),
        "orders": order_rows(accounts, period),
        "guarantees": guarantee_rows(accounts, period),
        "dunning": dunning_rows(accounts, period),
    }


def _signal_rows(accounts: list[Account], period: Period) -> dict[str, Rows]:
    return {
        "financials": statement_rows(accounts),
        "credit_reports": report_rows(accounts),
        "reputation_events": reputation_rows(accounts),
    }


def _decision_rows(accounts: list[Account], period: Period) -> dict[str, Rows]:
    return {
        "assessments": assessment_rows(accounts, period),
        "listings": listing_rows(accounts),
        "cases": case_rows(accounts),
        "case_debts": case_debt_rows(accounts),
        "complaints": complaint_rows(accounts, period),
    }
