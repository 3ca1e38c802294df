"""SQL that would not run, or not mean the same, on a database spread by customer."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path for part in ("services", "db") for path in (ROOT / part).rglob("*.py"))
STATEMENT = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\b.*\b(FROM|SET|VALUES|AS)\b", re.DOTALL)
FORBIDDEN = {
    r"\bpg_notify\b": "a notification from a trigger is lost; poll data_version",
    r"\bSERIALIZABLE\b": "use READ COMMITTED with row locks",
    r"\block_timeout\b": "use NOWAIT or statement_timeout",
    r"\bON DELETE SET NULL\b": "only CASCADE or RESTRICT",
    r"\bnextval\b": "own ids are identities",
    r"\bGROUPING SETS\b|\bROLLUP\s*\(|\bCUBE\s*\(": "only over a materialised CTE; write the grouping out",
    r"DO UPDATE SET[^;]*\b(now|random|clock_timestamp)\(\)": "no volatile function in ON CONFLICT",
}


def written_sql(path: Path) -> list[tuple[int, str]]:
    """String constants of a file that read like SQL statements, f-strings with their gaps left out."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            content = node.value
        elif isinstance(node, ast.JoinedStr):
            content = " ".join(part.value for part in node.values if isinstance(part, ast.Constant))
        else:
            continue
        if STATEMENT.search(content):
            found.append((node.lineno, content))
    return found


@pytest.mark.parametrize(("pattern", "why"), FORBIDDEN.items(), ids=list(FORBIDDEN.values()))
def test_no_statement_uses_what_a_spread_database_lacks(pattern: str, why: str) -> None:
    hits = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in FILES
        for line, sql in written_sql(path)
        if re.search(pattern, sql, re.IGNORECASE)
    ]
    assert hits == [], why


CUSTOMER_TABLES = (
    "invoice", "payment", "payment_allocation", "invoice_settlement", "assessment", "listing", "recovery_case",
    "case_debt",
    "complaint", "dunning_notice", "early_warning", "score", "contract_event", "metric_contribution",
    "information_request", "site_visit", "site_visit_photo", "gate_order", "gate_override", "sales_order", "guarantee",
)  # fmt: skip
JOIN = re.compile(
    r"\b(?:LEFT\s+)?JOIN\s+("
    + "|".join(CUSTOMER_TABLES)
    + r")\b\s+(?:AS\s+)?\w*\s*ON\b(.*?)(?=\bJOIN\b|\bWHERE\b|\bGROUP\b|\bORDER\b|\bCROSS\b|\)|$)",
    re.DOTALL | re.IGNORECASE,
)


def test_the_lint_finds_a_join_without_the_customer() -> None:
    (join,) = JOIN.findall("SELECT 1 FROM invoice i JOIN payment p ON p.invoice_id = i.id WHERE true")
    assert "customer_id" not in join[1]


def test_joins_to_customer_tables_carry_the_customer() -> None:
    hits = [
        f"{path.relative_to(ROOT)}:{line}: {join[0]}"
        for path in FILES
        for line, sql in written_sql(path)
        for join in JOIN.findall(sql)
        if "customer_id" not in join[1]
    ]
    assert hits == []
