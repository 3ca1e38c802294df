"""How the house is built, held by tests: layers, sizes, what may stand where."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = sorted(path for part in ("dashboard", "services", "db") for path in (ROOT / part).rglob("*.py"))
SOURCES = [*PRODUCT, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]
VERSIONS = ROOT / "db" / "migrations" / "versions"
MOST_LINES, MOST_FUNCTION_LINES = 400, 40


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def is_written(path: Path) -> bool:
    """Migrations are generated from the models, so their size says nothing."""
    return VERSIONS not in path.parents


def test_the_layers_are_kept() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": "200"}
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)])
def test_lint_format_and_types_hold(command: tuple[str, ...]) -> None:
    tool = str(Path(sys.executable).parent / command[0])
    done = subprocess.run([tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_stay_under_400_lines() -> None:
    long = {
        name_of(path): count
        for path in SOURCES
        if is_written(path) and (count := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert long == {}


def test_functions_stay_under_40_lines() -> None:
    """Body lines: the signature and the docstring are not what makes a function hard to hold in mind."""
    long = {}
    for path in filter(is_written, PRODUCT):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                lines = (node.body[-1].end_lineno or 0) - body[0].lineno + 1
                if lines > MOST_FUNCTION_LINES:
                    long[f"{name_of(path)}:{node.name}"] = lines
    assert long == {}


def test_one_place_opens_the_database() -> None:
    makers = [name_of(path) for path in PRODUCT if "create_engine(" in path.read_text()]
    assert makers == ["db/session.py"]


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "manager"])
def test_no_file_has_a_name_that_says_nothing(word: str) -> None:
    assert [name_of(path) for path in PRODUCT if word in path.stem] == []


def test_public_names_are_explained() -> None:
    """Every public function and class of services and db has a docstring, save models and enums."""
    missing = []
    for path in PRODUCT:
        if path.is_relative_to(ROOT / "dashboard") or path.is_relative_to(ROOT / "db" / "migrations"):
            continue
        for node in ast.parse(path.read_text()).body:
            is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if is_public and not ast.get_docstring(node) and path.parent.name not in {"models", "enums"}:
                missing.append(f"{name_of(path)}:{node.name}")
    assert missing == []


def test_nothing_is_drawn_inside_a_transaction() -> None:
    """st.rerun and st.stop are exceptions: inside unit_of_work they would roll a write back silently."""
    found = []
    for path in (ROOT / "dashboard").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.With) and any(
                "unit_of_work" in ast.unparse(item.context_expr) for item in node.items
            ):
                found += [
                    f"{name_of(path)}:{call.lineno}"
                    for part in node.body
                    for call in ast.walk(part)
                    if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("st.")
                ]
    assert found == []


@pytest.mark.parametrize("first", ["dashboard.notice_letters", "services.early_warnings", "services.scoring"])
def test_a_fresh_process_can_begin_with_this_module(first: str) -> None:
    """The worker begins with its letters: an import in a circle shows only where nothing else was imported before."""
    done = subprocess.run(
        [sys.executable, "-c", f"import {first}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
