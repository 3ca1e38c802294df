"""Languages: which one, words, numbers, money, dates; and that every sentence in the code can be found."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from dashboard.catalogues import LANGUAGES, catalogue, po_file
from dashboard.i18n import (
    accepted_language,
    environment_language,
    format_compact,
    format_date,
    format_datetime,
    format_money,
    format_month,
    format_number,
    format_per_mille,
    format_percent,
    known_language,
    language,
    listed,
    one_of,
    quoted,
    running_on,
    sentence,
    set_language,
    several,
    using_language,
    with_aside,
    with_value,
)
from dashboard.labels import LABELS, label
from dashboard.messages import UnextractableError, extracted, messages_in, updated, written
from db import enums
from services.errors import RefusedError
from services.policy import parsed_setting


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("zh", "zh_Hans"),
        ("zh-CN", "zh_Hans"),
        ("zh-SG", "zh_Hans"),
        ("zh-TW", "zh_Hant"),
        ("zh_HK.UTF-8", "zh_Hant"),
        ("zh-Hant", "zh_Hant"),
        ("zh-Hans-HK", "zh_Hans"),
        ("en_GB.UTF-8", "en"),
        ("fr", None),
        ("C", None),
        (None, None),
    ],
)
def test_tags_name_one_of_three_languages(tag: str | None, expected: str | None) -> None:
    assert known_language(tag) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh_Hant"),
        ("en;q=0.5,zh-CN", "zh_Hans"),
        ("de,zh-CN;q=0.1", "zh_Hans"),
        ("fr-FR,fr;q=0.9", "en"),
        ("zh;q=0,en;q=0.1", "en"),
        ("zh;q=many", "zh_Hans"),
        ("*", "zh_Hans"),
        ("", "zh_Hans"),
        (None, "zh_Hans"),
    ],
)
def test_the_browsers_first_choice_that_exists_counts(header: str | None, expected: str) -> None:
    assert accepted_language(header) == expected


def test_the_command_line_follows_its_own_setting_then_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GREYLEDGER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert environment_language() == "en"
    monkeypatch.setenv("LANG", "zh_TW.UTF-8")
    assert environment_language() == "zh_Hant"
    monkeypatch.setenv("GREYLEDGER_LANG", "zh_Hans")
    assert environment_language() == language() == "zh_Hans"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("GREYLEDGER_LANG")
    assert environment_language() == "en"


def test_a_language_lasts_for_its_block_and_unknown_ones_are_refused() -> None:
    with using_language("zh_Hant"):
        with using_language("en"):
            assert language() == "en"
        assert language() == "zh_Hant"
    with pytest.raises(ValueError, match="fr"):
        set_language("fr")


@pytest.mark.parametrize(
    ("value", "hans", "hant", "english"),
    [
        (0, "0", "0", "0"),
        (Decimal("0.4"), "0", "0", "0"),
        (999, "999", "999", "999"),
        (1000, "1,000", "1,000", "1K"),
        (Decimal("9999.4"), "9,999", "9,999", "10K"),
        (Decimal("9999.5"), "1万", "1萬", "10K"),
        (12_345, "1.23万", "1.23萬", "12.3K"),
        (999_949, "100万", "100萬", "1M"),
        (99_949_999, "9,990万", "9,990萬", "99.9M"),
        (99_950_000, "1亿", "1億", "100M"),
        (1_234_567_890, "12.3亿", "12.3億", "1.23B"),
        (-1_245_000, "−125万", "−125萬", "−1.25M"),
        (None, "—", "—", "—"),
        (float("nan"), "—", "—", "—"),
    ],
)
def test_large_numbers_in_three_figures(value: Decimal | None, hans: str, hant: str, english: str) -> None:
    found = []
    for one in LANGUAGES:
        with using_language(one):
            found.append(format_compact(value))
    assert found == [hans, hant, english]


def test_money_has_its_sign_before_the_currency() -> None:
    with using_language("en"):
        assert format_money(Decimal("-1240000.005")) == "−¥1,240,000.01"
        assert format_money(1_240_000, compact=True) == "¥1.24M"
        assert format_money(5, "USD") == "$5.00"
        assert format_money(5, "JPY", digits=0) == "JP¥5"
        assert format_money(5, "CHF") == "CHF 5.00"
        assert format_money(None) == "—"
    with using_language("zh_Hans"):
        assert format_money(1_240_000, compact=True) == "¥124万"
        assert format_money(5, "USD") == "US$5.00"


@pytest.mark.parametrize(
    ("amount", "currency", "hans", "hant", "english"),
    [
        (Decimal("0.004"), "CNY", "¥0", "¥0", "¥0"),
        (Decimal("-0.4"), "CNY", "¥0", "¥0", "¥0"),
        (Decimal("9999.49"), "CNY", "¥9,999", "¥9,999", "¥10K"),
        (10_000, "CNY", "¥1万", "¥1萬", "¥10K"),
        (105_000, "CNY", "¥10.5万", "¥10.5萬", "¥105K"),
        (99_994_999, "CNY", "¥1亿", "¥1億", "¥100M"),
        (231_000_000, "CNY", "¥2.31亿", "¥2.31億", "¥231M"),
        (-45_678, "USD", "−US$4.57万", "−US$4.57萬", "−$45.7K"),
        (1_500_000, "TWD", "NT$150万", "NT$150萬", "NT$1.50M"),
        (10**12, "HKD", "HK$10,000亿", "HK$10,000億", "HK$1,000B"),
    ],
)
def test_compact_money_in_each_language(
    amount: Decimal | int, currency: str, hans: str, hant: str, english: str
) -> None:
    found = []
    for one in LANGUAGES:
        with using_language(one):
            found.append(format_money(amount, currency, compact=True))
    assert found == [hans, hant, english]


@pytest.mark.parametrize("one", LANGUAGES)
def test_exact_figures_are_written_the_same_in_every_language(one: str) -> None:
    with using_language(one):
        assert format_money(Decimal("1240000"), "CNY") == "¥1,240,000.00"
        assert format_percent(Decimal("-0.042")) == "−4.2%"
        assert format_percent(Decimal("0.99999")) == "100.0%"
        assert format_percent(1, 0) == "100%"
        assert format_per_mille(0) == "0.0‰"
        assert format_number(-0.04, 1) == "0.0"


def test_numbers_ratios_and_rates() -> None:
    assert format_number(Decimal("1234.5")) == "1,235"
    assert format_number(-0.4) == "0"
    assert format_number(-1234.56, 1) == "−1,234.6"
    assert format_percent(Decimal("0.8245")) == "82.5%"
    assert format_percent(None) == "—"
    assert format_per_mille(Decimal("3.14")) == "3.1‰"


def test_dates_as_each_language_writes_them() -> None:
    evening = dt.datetime(2025, 6, 30, 10, 5, tzinfo=dt.UTC)
    found = {}
    for one in LANGUAGES:
        with using_language(one):
            found[one] = (format_date(evening.date()), format_month(evening.date()), format_datetime(evening))
    assert found == {
        "zh_Hans": ("2025年6月30日", "2025年6月", "2025年6月30日 18:05"),
        "zh_Hant": ("2025年6月30日", "2025年6月", "2025年6月30日 18:05"),
        "en": ("Jun 30, 2025", "Jun 2025", "Jun 30, 2025 18:05"),
    }
    new_year = dt.datetime(2024, 12, 31, 16, 0, tzinfo=dt.UTC)
    with using_language("zh_Hant"):
        assert format_datetime(new_year, "Asia/Taipei") == "2025年1月1日 00:00"
    with using_language("en"):
        assert format_datetime(new_year, "America/New_York") == "Dec 31, 2024 11:00"
    assert (format_date(None), format_month(None), format_datetime(None)) == ("—", "—", "—")


def test_every_state_and_category_of_the_database_has_a_word() -> None:
    pairs = {
        "risk_level": enums.RiskLevel, "dimension": enums.Dimension, "role": enums.Role,
        "department_kind": enums.DepartmentKind, "customer_kind": enums.CustomerKind,
        "assessment_stage": enums.AssessmentStage, "assessment_state": enums.AssessmentState,
        "warning_state": enums.WarningState, "warning_outcome": enums.WarningOutcome, "criterion": enums.Criterion,
        "grade": enums.Grade, "listing_state": enums.ListingState, "case_state": enums.CaseState,
        "case_outcome": enums.CaseOutcome, "incentive_kind": enums.IncentiveKind,
        "incentive_measure": enums.IncentiveMeasure, "incentive_state": enums.IncentiveState,
        "complaint_cause": enums.ComplaintCause, "contract_event_kind": enums.ContractEventKind,
        "reputation_kind": enums.ReputationKind, "dunning_response": enums.DunningResponse,
        "guarantee_kind": enums.GuaranteeKind, "scorecard_state": enums.ScorecardState, "job_state": enums.JobState,
        "import_state": enums.ImportState, "information_request_state": enums.InformationRequestState,
        "site_visit_state": enums.SiteVisitState, "site_visit_conclusion": enums.SiteVisitConclusion,
        "level_source": enums.LevelSource,
    }  # fmt: skip
    assert {group: set(LABELS[group]) for group in pairs} == {group: set(names) for group, names in pairs.items()}
    with using_language("zh_Hans"):
        assert label("risk_level", "critical") == "极高风险"
        assert label("risk_level", None) == "—"
        assert label("risk_level", "new one") == "new one"


def test_sentences_are_found_wherever_they_stand() -> None:
    code = "a = _('one')\nb = f'{_(\"two\")} {x}'\nc = ngettext('three', 'threes', n)\nd = N_('fo' 'ur')\n_(variable)\n"
    assert messages_in(code, "x.py") == ["one", "two", ("three", "threes"), "four"]


def test_a_sentence_put_together_before_its_translation_is_refused() -> None:
    with pytest.raises(UnextractableError, match=r"x\.py:1"):
        messages_in("_(f'{n} rows')", "x.py")


def test_updating_keeps_translations_and_mixes_no_languages() -> None:
    template = extracted()
    catalogues = {one: updated(one, template) for one in LANGUAGES}
    assert {one: found.get("Sign in").string for one, found in catalogues.items()} == {
        "zh_Hans": "登录",
        "zh_Hant": "登入",
        "en": "Sign in",
    }
    assert len({id(found.get("Sign in")) for found in catalogues.values()}) == 3
    text = written(catalogues["en"])
    assert "POT-Creation-Date" not in text
    assert "Generated-By" not in text


def test_the_files_are_read_as_they_are_without_compiling() -> None:
    assert all(po_file(one).is_file() for one in LANGUAGES)
    assert catalogue("zh_Hant").gettext("Sign in") == "登入"
    assert catalogue("zh_Hant").gettext("a sentence that is nowhere") == "a sentence that is nowhere"
    assert catalogue("en").ngettext("%(n)s nowhere", "%(n)s nowheres", 2) == "%(n)s nowheres"


@pytest.mark.parametrize(
    ("language", "text"), [("en", "A Ltd., B, C"), ("zh_Hans", "A Ltd.、B、C"), ("zh_Hant", "A Ltd.、B、C")]
)
def test_names_stand_one_after_another_as_the_language_writes_them(language: str, text: str) -> None:
    with using_language(language):
        assert several(["A Ltd.", "B", "C"]) == text


@pytest.mark.parametrize(
    ("name", "value", "text"), [("Closed", "Recovered", "Closed：Recovered"), ("", "x", "x"), ("x", "", "x")]
)
def test_a_name_and_its_value_are_parted_by_a_chinese_colon(name: str, value: str, text: str) -> None:
    with using_language("zh_Hans"):
        assert with_value(name, value) == text


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", ("A, B, and C", "A, B, or C", "“A”", "A (B)", "A: B", "A. B.")),
        ("zh_Hans", ("A、B和C", "A、B或C", "“A”", "A（B）", "A：B", "A.B.")),
        ("zh_Hant", ("A、B和C", "A、B或C", "「A」", "A（B）", "A：B", "A.B.")),
    ],
)
def test_what_stands_between_words_is_the_languages_own(code: str, expected: tuple[str, ...]) -> None:
    with using_language(code):
        made = (
            listed("ABC"), one_of("ABC"), quoted("A"), with_aside("A", "B"), with_value("A", "B"),
            running_on(("A.", "B.")),
        )  # fmt: skip
    assert made == expected


def test_a_refused_value_names_its_setting_by_title() -> None:
    with pytest.raises(RefusedError) as refused:
        parsed_setting("arrears_days", "ten")
    with using_language("zh_Hans"):
        assert sentence(refused.value) == "“ten”不能作为“欠款逾期多少天须启动黑灰识别（天）”的取值。"


def test_a_payments_channel_is_said_in_words_and_an_unknown_one_as_written() -> None:
    with using_language("zh_Hant"):
        assert (label("payment_channel", "letter_of_credit"), label("payment_channel", "托收")) == ("信用狀", "托收")
