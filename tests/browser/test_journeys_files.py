"""Files go in and come out: uploaded, looked at, imported once, wrong rows taken back, lists and kinds downloaded."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.visit import Visitor

HEADERS = "客户编号,客户名称,所属部门"
DONE = '[data-testid="stAlertContentSuccess"]'


def csv_file(folder: Path, name: str, *rows: str) -> Path:
    """A file of customers as a Chinese spreadsheet saves it."""
    file = folder / name
    file.write_bytes("\r\n".join((HEADERS, *rows, "")).encode("gb18030"))
    return file


def uploaded(visitor: Visitor, file: Path) -> Visitor:
    """Choose a file on the imports page, and wait for what is said of it."""
    visitor.page.locator('[data-testid="stFileUploaderDropzoneInput"]').set_input_files(file)
    expect(visitor.page.get_by_role("heading", name="4. Look and import")).to_be_visible()
    return visitor.settle()


def result(visitor: Visitor) -> Locator:
    """The box that says what came of the import."""
    box: Locator = visitor.at("import-result")
    expect(box).to_be_visible()
    visitor.settle()
    return box


def rows_of(content: bytes) -> list[list[str]]:
    """The rows of a CSV file with a byte-order mark."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_chinese_file_is_understood_imported_and_changes_nothing_the_second_time(
    visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    risk = visit("risk")
    file = csv_file(tmp_path, "一季度客户.csv", "J700001,测试一号有限公司,NORTH", "J700002,测试二号有限公司,EAST")
    uploaded(risk.open("/imports"), file)
    assert "encoding GB18030" in risk.text()
    assert "Every row is understood. Importing adds 2 and changes 0." in risk.text()
    risk.click("import_go")
    expect(result(risk)).to_contain_text("2 rows: 2 new, 0 changed, 0 unchanged, 0 rejected")
    risk.open("/customer?customer=J700002")
    assert "测试二号有限公司" in risk.text()

    uploaded(risk.open("/imports"), file)
    assert "Everything that could be imported is stored already: importing this file changes nothing." in risk.text()
    risk.click("import_go")
    expect(result(risk)).to_contain_text("2 rows: 0 new, 0 changed, 2 unchanged, 0 rejected")
    assert risk.faults == []


def test_wrong_rows_come_back_as_a_file_with_their_reasons(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    risk = visit("risk").open("/imports")
    file = csv_file(tmp_path, "customers.csv", "J700011,好客户有限公司,NORTH", "J700012,,NORTH", ",某公司,EAST")
    uploaded(risk, file)
    assert "Importing adds 1 and changes 0; 2 rows are rejected." in risk.text()
    risk.click("import_go")
    expect(result(risk)).to_contain_text("3 rows: 1 new, 0 changed, 0 unchanged, 2 rejected")
    name, content = risk.download("download_result")
    assert name == "rejected.csv"
    head, *rows = rows_of(content)
    assert head[-3:] == HEADERS.split(",")
    assert [(row[0], row[-3:]) for row in rows] == [
        ("3", ["J700012", "", "NORTH"]),
        ("4", ["", "某公司", "EAST"]),
    ]
    assert all(row[3] for row in rows), "every row says why"
    mended = tmp_path / "mended.csv"
    named, numbered = b"J700012,\xe6\x94\xb9\xe5\xa5\xbd,", b",J700013,"
    mended.write_bytes(content.replace(b"J700012,,", named).replace(b",,\xe6\x9f\x90", numbered + b"\xe6\x9f\x90"))
    risk.click("import_again")
    uploaded(risk, mended)
    risk.click("import_go")
    expect(result(risk)).to_contain_text("2 rows: 2 new, 0 changed, 0 unchanged, 0 rejected")


def test_a_double_click_imports_once(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    risk = visit("risk").open("/imports")
    uploaded(risk, csv_file(tmp_path, "double-click.csv", "J700021,双击有限公司,NORTH"))
    risk.at("import_go").locator("button").dblclick()
    expect(result(risk)).to_contain_text("1 row: 1 new, 0 changed, 0 unchanged, 0 rejected")
    risk.open("/imports")
    expect(risk.page.locator(".gl-strong", has_text="double-click.csv")).to_have_count(1)


def test_a_kind_and_a_list_are_downloaded_and_the_ledger_says_by_whom(visit: Callable[..., Visitor]) -> None:
    finance = visit("finance").open("/exports?kind=customers")
    name, content = finance.download("exports-csv")
    assert name == "customers-2025-06-30.csv"
    head, *rows = rows_of(content)
    assert head[:2] == ["customer_no", "name"]
    stated = int(finance.page.locator("p strong").first.inner_text().replace(",", ""))
    assert len(rows) == stated
    by_number = {row[0]: row[1] for row in rows}

    finance.open("/customers?level=critical")
    finance.click("customers-export-export")
    name, content = finance.download("customers-export-export-csv")
    assert name == "customers-2025-06-30.csv"
    head, *rows = rows_of(content)
    assert head[:3] == ["Customer number", "Name", "Level"]
    assert {row[2] for row in rows} == {"critical"}
    assert all(by_number[row[0]] == row[1] for row in rows)
    assert f"of {len(rows)} customers" in finance.text()

    auditor = visit("auditor").open("/ledger?what=export&who=finance")
    entries = auditor.page.locator(".gl-entry")
    for entry, counted in ((entries.nth(0), len(rows)), (entries.nth(1), stated)):
        entry.locator("summary").click()
        expect(entry).to_contain_text("exported")
        expect(entry).to_contain_text(str(counted))
