"""docs/policy-map.md, glossary and README say what is true."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| ([0-9.]+) \| (.+?) \| `([\w.]+)` \| `([\w/.]+)::(\w+)` \|$")
LINES = [line for line in (ROOT / "docs" / "policy-map.md").read_text().splitlines() if re.match(r"\| \d", line)]


def test_every_row_of_the_map_can_be_read() -> None:
    assert [line for line in LINES if not ROW.match(line)] == []


@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(line.split("|")[1:3]).strip())
def test_the_function_and_the_test_of_a_clause_exist(line: str) -> None:
    match = ROW.match(line)
    assert match
    _clause, _what, function, file, test = match.groups()
    module, name = function.rsplit(".", 1)
    assert hasattr(importlib.import_module(module), name)
    names = {node.name for node in ast.walk(ast.parse((ROOT / file).read_text())) if isinstance(node, ast.FunctionDef)}
    assert test in names


@pytest.mark.parametrize(
    "page", ["glossary.md", "architecture.md", "metrics.md", "operations.md", "policy-map.md", "scorecard.md"]
)
def test_the_files_that_a_page_names_exist(page: str) -> None:
    content = (ROOT / "docs" / page).read_text()
    named = set(re.findall(r"`((?:services|dashboard|db|tests|docs|benchmarks)/[\w/.-]+?)(?:::\w+)?`", content))
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
