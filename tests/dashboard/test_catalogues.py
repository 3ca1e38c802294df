"""The catalogues as texts: complete, up to date, in their own script and terms; and no sentence passes them by."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from dashboard.catalogues import LANGUAGES, po_file
from dashboard.i18n import filled, sentence, using_language
from dashboard.messages import ROOT, TEMPLATE, extracted, main, untranslated, updated, written
from services.errors import IllegalMoveError
from services.imports.differences import ILLEGAL_MOVE
from services.states import ensure_transition
from tests.dashboard.chinese import LATIN, MAINLAND_WORDS, OTHER_MEANING, PHRASES, SIMPLIFIED, TRADITIONAL

CHINESE = ("zh_Hans", "zh_Hant")
PLACE = re.compile(r"%\(\w+\)s")


@lru_cache
def sentences(language: str) -> tuple[tuple[str, str], ...]:
    """English and translation of every sentence; each form of those with a plural."""
    with po_file(language).open("rb") as stream:
        catalogue = read_po(stream, locale=language)
    found: list[tuple[str, str]] = []
    for message in catalogue:
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            # A language of one form says what the plural says.
            found += zip(ids[-len(texts) :], texts, strict=True)
    return tuple(found)


def without_places(text: str) -> str:
    return PLACE.sub(" ", text)


def test_every_sentence_of_the_code_is_in_the_catalogues_and_translated() -> None:
    template = extracted()
    assert TEMPLATE.read_text(encoding="utf-8") == written(template)
    for language in LANGUAGES:
        catalogue = updated(language, template)
        assert list(untranslated(catalogue)) == [], language
        assert po_file(language).read_text(encoding="utf-8") == written(catalogue), language


def test_a_missing_translation_and_a_stale_catalogue_fail_the_check(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("dashboard.messages.ROOT", tmp_path)
    monkeypatch.setattr("dashboard.messages.TEMPLATE", tmp_path / "messages.pot")
    monkeypatch.setattr("dashboard.messages.po_file", lambda language: tmp_path / f"{language}.po")
    (tmp_path / "dashboard").mkdir()
    code = tmp_path / "dashboard" / "page.py"
    code.write_text("_('Sign in')\n", encoding="utf-8")
    main(check=False)
    assert "zh_Hans: 1 sentences, 1 without translation" in capsys.readouterr().out
    with pytest.raises(SystemExit) as untold:
        main(check=True)
    assert untold.value.code == 1
    for language in CHINESE:
        file = tmp_path / f"{language}.po"
        text = file.read_text(encoding="utf-8").replace('msgid "Sign in"\nmsgstr ""', 'msgid "Sign in"\nmsgstr "登"')
        file.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as complete:
        main(check=True)
    assert complete.value.code == 0
    code.write_text("_('Sign out')\n", encoding="utf-8")
    capsys.readouterr()
    with pytest.raises(SystemExit) as stale:
        main(check=True)
    assert stale.value.code == 1
    assert "messages.pot is out of date: run python -m dashboard.messages" in capsys.readouterr().out


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_take_the_same_values_and_keep_no_blanks_at_the_ends(language: str) -> None:
    wrong = [
        (english, text)
        for english, text in sentences(language)
        if sorted(set(PLACE.findall(english))) != sorted(set(PLACE.findall(text)))
        or (PLACE.search(english) and text.count("%") != len(PLACE.findall(text)) + 2 * text.count("%%"))
        or (english[:1].isspace(), english[-1:].isspace()) != (text[:1].isspace(), text[-1:].isspace())
    ]
    assert wrong == []


@pytest.mark.parametrize("language", CHINESE)
def test_each_language_has_its_own_characters(language: str) -> None:
    foreign = TRADITIONAL if language == "zh_Hans" else SIMPLIFIED
    assert [(text, sorted(foreign & set(text))) for _, text in sentences(language) if foreign & set(text)] == []


def test_traditional_says_what_taiwan_says() -> None:
    found = [
        (text, word, better)
        for _, text in sentences("zh_Hant")
        for word, better in MAINLAND_WORDS.items()
        if word in text
    ]
    assert found == []


@pytest.mark.parametrize("language", CHINESE)
def test_chinese_has_chinese_punctuation(language: str) -> None:
    quotes = "「」『』" if language == "zh_Hans" else "“”‘’"
    beside_half_width = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]")
    wrong = [
        (english, text)
        for english, text in sentences(language)
        if any(sign in text for sign in quotes)
        or beside_half_width.search(without_places(text))
        or (english.endswith(".") and not english.endswith("..") and not text.endswith("。"))
        or (text.endswith("。") and not english.endswith((".", "?", "%(id)s")))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", CHINESE)
def test_letters_and_figures_stand_apart_from_chinese(language: str) -> None:
    touching = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]")
    assert [text for _, text in sentences(language) if touching.search(without_places(text))] == []


@pytest.mark.parametrize("language", CHINESE)
def test_no_english_is_left_in_chinese(language: str) -> None:
    found = {
        word: text
        for _, text in sentences(language)
        for word in re.findall(r"[A-Za-z][A-Za-z0-9_-]*", MARKUP.sub(" ", without_places(text)))
        if word not in LATIN
    }
    assert found == {}


def glossary() -> dict[str, tuple[str, str]]:
    """The terms of docs/glossary.md in both Chinese languages."""
    rows = [line.strip().strip("|").split("|") for line in (ROOT / "docs/glossary.md").read_text("utf-8").splitlines()]
    cells = [[cell.strip() for cell in row] for row in rows if len(row) == 5]
    return {re.sub(r"\s*\(.*", "", one[0]): (one[1], one[2]) for one in cells if one[0] not in {"term", "---"}}


def misnamed(english: str, text: str, terms: dict[str, str]) -> list[str]:
    """The terms that the English has and the translation has not."""
    left, missing = without_places(english).lower(), []
    for term in sorted(terms, key=len, reverse=True):
        left, count = re.subn(rf"\b{re.escape(term)}s?\b", " ", left)
        if count and terms[term] not in text and english not in OTHER_MEANING.get(term, ()):
            missing.append(term)
    return missing


def test_terms_are_those_of_the_glossary() -> None:
    words = glossary() | PHRASES
    assert words["customer"] == ("客户", "客戶")
    assert words["case"] == ("专案", "專案")
    for place, language in enumerate(CHINESE):
        terms = {term: both[place] for term, both in words.items()}
        found = [
            (text, missing) for english, text in sentences(language) if (missing := misnamed(english, text, terms))
        ]
        assert found == [], language
    assert misnamed(
        "The final assessment of a customer", "客户的评估", {"final assessment": "复评", "customer": "客户"}
    ) == ["final assessment"]


# --- sentences that would pass the catalogues by

#: What shows its words to the reader, and which of its keywords do, besides the first argument.
_SHOWING = """
title header subheader markdown caption write text info warning success error toast button download_button
link_button page_link form_submit_button checkbox toggle radio selectbox multiselect select_slider slider
text_input text_area number_input date_input time_input file_uploader segmented_control pills expander popover
dialog status spinner progress metric tabs html menu_button add_vline add_hline add_annotation update_layout
"""
SHOWING = frozenset(_SHOWING.split())
_SHOWN_KEYWORDS = """
label help placeholder title body text hovertemplate annotation_text title_text caption
"""
SHOWN_KEYWORDS = frozenset(_SHOWN_KEYWORDS.split())
MARKUP = re.compile(r"<[^>]*>|:material/\w+:|%\{[^}]*\}|&\w+;|\$\\|\w+=\"[^\"]*\"")
#: Modules of commands whose help is in English: messages.py is for authors only.
HELP_IN_ENGLISH = frozenset({"messages.py"})


def plain_words(node: ast.expr) -> str:
    """The letters of a literal that a reader would see untranslated; empty for all that is not one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return plain_words(node.left) + plain_words(node.right)
    elif isinstance(node, ast.IfExp):
        return plain_words(node.body) + plain_words(node.orelse)
    elif isinstance(node, ast.List | ast.Tuple):
        return "".join(plain_words(one) for one in node.elts)
    else:
        return ""
    words = re.findall(r"[A-Za-z]{2,}", MARKUP.sub(" ", text))
    return " ".join(word for word in words if word not in LATIN)


def literals_shown(code: str, place: str) -> Iterator[str]:
    """Where a module shows the reader a literal."""
    for node in ast.walk(ast.parse(code, place)):
        if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") not in SHOWING:
            continue
        arguments = [*node.args[:1], *(one.value for one in node.keywords if one.arg in SHOWN_KEYWORDS)]
        if words := " ".join(filter(None, map(plain_words, arguments))):
            yield f"{place}:{node.lineno}: {words}"


def modules(*folders: str) -> list[tuple[str, str]]:
    files = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    return [(file.read_text(encoding="utf-8"), file.relative_to(ROOT).as_posix()) for file in files]


def test_pages_show_no_words_that_are_not_translated() -> None:
    code = (
        "st.title('Overview')\nbox.button(_('Go'), help='Goes')\nst.html(f'<b class=\"x\">{y}</b>')\n"
        "st.write(f'{n} rows')\n"
        "st.caption(_('a') + ' · ' + x)\nst.info(_('b'), icon=':material/info:')\nst.tabs(['One', _('Two')])\n"
        "chart.update_layout(title='Why', template=t)\nst.download_button(_('c'), data, 'rejected.csv')\n"
    )
    assert list(literals_shown(code, "x.py")) == [
        "x.py:1: Overview", "x.py:2: Goes", "x.py:4: rows", "x.py:7: One", "x.py:8: Why",
    ]  # fmt: skip
    pages = [one for one in modules("dashboard") if "import streamlit as st" in one[0]]
    assert "dashboard/views/overview.py" in [place for _, place in pages]
    assert [line for text, place in pages for line in literals_shown(text, place)] == []


COMMANDS = frozenset({"Option", "Argument", "Typer", "command"})
REFUSALS = re.compile(r"(Refused|NotAllowed|NotFound|Stale|IllegalMove|WrongFile|WrongCard)Error|Message")


def unmarked(code: str, place: str) -> Iterator[str]:
    """Where a module refuses, or explains a command, in a literal."""
    for node in ast.walk(ast.parse(code, place)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        said = node.args[:1] if REFUSALS.fullmatch(name) else []
        if name in COMMANDS and "hidden" not in {one.arg for one in node.keywords}:
            said = [one.value for one in node.keywords if one.arg == "help"]
        yield from (f"{place}:{one.lineno}: {words}" for one in said if (words := plain_words(one)))


def test_refusals_and_help_go_through_the_catalogues() -> None:
    """A refusal is marked with N_() where it stands or where it is named; a help text is asked for with _()."""
    code = "raise RefusedError('Not now.')\nStaleError(N_('a'))\nNotFoundError(GONE)\ntyper.Option(help='First day')\n"
    assert list(unmarked(code, "x.py")) == ["x.py:1: Not now", "x.py:4: First day"]
    looked_at = [one for one in modules("services", "dashboard", "db") if Path(one[1]).name not in HELP_IN_ENGLISH]
    assert [line for text, place in looked_at for line in unmarked(text, place)] == []


@pytest.mark.parametrize(
    ("language", "command", "expected"),
    [
        ("en", ("user", "add"), ("Let a person sign in.", "The name to sign in with.", "Print JSON.")),
        ("zh_Hans", ("user", "add"), ("新增登录人员。", "登录名。", "所属部门的代码。")),
        ("zh_Hant", ("metrics",), ("四項考核指標", "起始月份", "彙總方式")),
        ("zh_Hant", ("policy", "set"), ("自某日起變更參數", "參數名稱", "生效日期")),
        ("zh_Hans", ("ledger", "verify"), ("重新核验每条链",)),
    ],
)
def test_the_help_of_a_command_is_in_the_readers_language(
    language: str, command: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    environment = {**os.environ, "GREYLEDGER_LANG": language, "COLUMNS": "200"}
    shown = subprocess.run(
        [sys.executable, "-m", "dashboard.cli", *command, "--help"],
        cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip
    assert [words for words in expected if words not in shown] == []


def test_a_move_that_is_refused_names_its_states_in_words() -> None:
    with using_language("zh_Hans"):
        assert filled(ILLEGAL_MOVE, {"detail": "closed", "wanted": "recovering"}) == (
            "该记录目前为“已结案”，不能通过导入改为“追讨中”。"
        )
    with pytest.raises(IllegalMoveError) as refused:
        ensure_transition({}, "resolved", "raised")
    with using_language("zh_Hant"):
        assert sentence(refused.value) == "該紀錄目前為「已結案」，不能改為「待簽收」。請重新整理以查看最新狀態。"
