"""A small file of every kind, in the import's order, with the cells that spreadsheets and databases like to spoil."""

from __future__ import annotations

#: Kind -> the file as an export writes it (without byte-order mark): columns and rows in the order of the export.
FILES: dict[str, str] = {
    "fx_rates": "currency,as_of,rate\nEUR,2024-01-01,7.8\nUSD,2024-01-01,7.123456\nUSD,2024-07-01,7.2\n",
    "industry_outlooks": (
        "industry_code,as_of,outlook,trend,policy,default_rate\n"
        "0610,2024-01-01,55.5,-1.25,0,0.0125\nC33,2024-01-01,,2,,\n"
    ),
    "customers": (
        "customer_no,name,uscc,kind,industry_code,region,size,owner_department,account_manager,registered_capital,"
        "established_on,legal_representative,phone,address,bank_account,credit_rating,credit_limit,payment_terms_days,"
        "since\n"
        "00017,华东机电有限公司,91310000MA1FL0AB12,company,C33,华东,large,NORTH,王经理,50000000.5,1898-04-01,李四,"
        "'+86 138 0000 0000,\"上海市, 浦东\"\"一\"\"号\",6222021234567890123,AA-,1000000,30,2020-02-29\n"
        "17,Sunrise Trading,,company,0610,,,SOUTH,,,,Ann Lee,,,,,0,0,\n"
        "A-9,'=cmd|' /C calc'!A0,,individual,,\"two\nlines\",,,,,,,,,,,,,\n"
    ),
    "contracts": (
        "contract_no,customer_no,signed_on,ends_on,amount,currency\n"
        "9007199254740993001,17,2024-01-02,2025-01-01,1234567890123456.7891,USD\nK1,00017,2024-01-02,,,\n"
    ),
    "contract_events": (
        "event_no,contract_no,occurred_on,kind,severity,note\n"
        "E1,K1,2024-02-01,quality,3,'@rust on parts\nE2,9007199254740993001,2024-03-01,fulfilled,,\n"
    ),
    "invoices": (
        "invoice_no,customer_no,contract_no,issued_on,due_on,amount,currency,disputed,settled_on\n"
        "0001,00017,K1,2024-01-05,2024-02-04,1000.01,,false,\n"
        "1234567890123456789,17,,2024-01-05,2024-02-04,-0.0001,USD,true,2024-03-01\n"
    ),
    "payments": (
        "payment_no,customer_no,invoice_no,paid_on,amount,currency,channel\n"
        "P1,00017,0001,2024-03-01,400,,bank\nP2,17,,2024-03-02,12.5,USD,'-\n"
    ),
    "financials": (
        "customer_no,period_end,revenue,net_profit,total_assets,total_liabilities,current_assets,current_liabilities,"
        "operating_cash_flow,currency\n"
        "00017,2023-12-31,1000000,-250000.75,,,,,-3,CNY\n"
    ),
    "credit_reports": (
        "customer_no,reported_on,source,rating,overdue_count,overdue_amount,enforcement_count\n"
        "00017,2024-01-31,,BB,0,0,0\n00017,2024-01-31,PBOC,BB+,2,100.5,1\n"
    ),
    "reputation_events": (
        "event_no,customer_no,occurred_on,source,kind,sentiment,title,url\n"
        "R1,17,2024-05-01,法院,court,-2,\"判决, 一审\",https://example.com/a?b=1\nR2,17,2024-05-02,,,,,\n"
    ),
    "dunning": (
        "dunning_no,customer_no,invoice_no,sent_on,channel,response,promised_on\n"
        "D1,00017,0001,2024-02-10,mail,promise,2024-02-20\nD2,00017,,2024-02-20,,none,\n"
    ),
    "orders": "order_no,customer_no,ordered_on,amount,currency,terms_days\nO1,17,2024-06-01,99.9,,45\n",
    "guarantees": (
        "guarantee_no,customer_no,kind,value,currency,valid_from,expires_on\nG1,00017,pledge,5000,,,2024-12-31\n"
    ),
    "assessments": (
        "customer_no,assessed_on,stage,level,score,department,assessor\n"
        "00017,2024-02-01,initial,medium,48.5,NORTH,赵\n00017,2024-02-05,final,high,66.125,RISK,钱\n"
    ),
    "listings": (
        "listing_no,customer_no,criterion,grade,trigger_on,listed_on,decision,decided_on,restored_on,department\n"
        "L1,00017,arrears,grey,2024-05-04,2024-05-10,confirmed,2024-05-10,2024-11-01,NORTH\n"
        "L2,17,fraud,black,2024-05-04,,rejected,2024-05-12,,\n"
        "L3,17,breach,grey,2024-08-01,2024-08-03,confirmed,2024-08-03,,RISK\n"
    ),
    "cases": (
        "case_no,customer_no,opened_on,closed_on,outcome,lead_department\n"
        "S1,00017,2024-05-15,2024-12-01,partly_recovered,LEGAL\nS2,17,2024-08-05,,,\n"
    ),
    "case_debts": "case_no,invoice_no,added_on,amount\nS1,0001,2024-05-15,600.01\n",
    "complaints": (
        "complaint_no,customer_no,received_on,cause,department,closed_on,upheld\n"
        "Q1,00017,2024-06-01,blackgrey_management,RISK,2024-06-09,true\nQ2,17,2024-06-02,other,,,\n"
        "Q3,17,2024-06-03,other,,2024-06-04,false\n"
    ),
    "watchlist": (
        "entry_no,name,aliases,uscc,source,listed_on\n0007,'=Bad Co,\"坏, 公司\",,EU,2020-01-01\n0007,Worse,,,UN,\n"
    ),
    "incentives": (
        "incentive_no,kind,measure,department,person,amount,currency,decided_on,reason\n"
        "I1,reward,bonus,NORTH,孙,500,CNY,2024-07-01,early warning\n"
        "I2,penalty,criticism,SOUTH,,,,2024-07-02,'=late\n"
    ),
}  # fmt: skip


def as_exported(text: str) -> bytes:
    """A file's bytes as an export writes them: lines end in CR LF, those inside a cell are left alone."""
    return ("\ufeff" + text.replace("two\nlines", "two\0lines").replace("\n", "\r\n").replace("\0", "\n")).encode()
