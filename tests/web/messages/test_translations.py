"""Each sentence that the code says is translated, and nothing else is."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from web.messages.bare_text import bare_texts, texts_of
from web.messages.completeness import Finding, compare, read_files
from web.messages.extraction import Said, extracted
from web.messages.languages import LANGUAGES

ENGLISH = "en"


@pytest.mark.parametrize("language", sorted(LANGUAGES.keys() - {ENGLISH}))
def test_every_sentence_is_translated_and_no_translation_is_stale(language: str) -> None:
    assert compare(extracted(), read_files(language)) == []


def test_sentences_of_templates_python_and_scripts_are_found() -> None:
    said = extracted()
    assert "Skip to the content" in said.server
    assert "paused" in said.server
    assert "Show these keys" in said.scripts


def test_templates_have_no_text_that_is_always_in_english() -> None:
    assert list(bare_texts()) == []


def test_a_text_of_a_template_that_is_not_marked_is_found(tmp_path: Path) -> None:
    template = tmp_path / "page.html"
    template.write_text(
        '<p title="{{ _("Help") }}">{# note #}{{ _("Yes") }} No <code>x</code> 3 px</p>'
        '<img alt="a cat"><script>let it = 1</script>'
    )
    assert sorted(texts_of(template)) == ["No", "a cat"]


def _said(*texts: str | tuple[str, str]) -> Catalog:
    catalog = Catalog()
    for text in texts:
        catalog.add(text, locations=[("web/x.py", 1)])
    return catalog


def _file(text: str) -> Catalog:
    return read_po(io.BytesIO(text.encode()), "pl")


def _findings(
    text: str, server: Sequence[str | tuple[str, str]] = (), scripts: Sequence[str] = ()
) -> list[Finding]:
    return compare(Said(_said(*server), _said(*scripts)), {"page.po": _file(text)})


def test_a_sentence_without_a_translation_is_missing() -> None:
    assert _findings("", ["Cancel"]) == [Finding("missing", "Cancel", "web/x.py:1")]


def test_a_sentence_of_a_script_needs_a_translation_for_scripts() -> None:
    found = _findings('msgid "Cancel"\nmsgstr "Anuluj"', ["Cancel"], ["Cancel"])
    assert found == [Finding("missing", "Cancel", "web/x.py:1")]


def test_a_translation_of_what_nothing_says_is_stale() -> None:
    found = _findings('msgid "Cancel"\nmsgstr "Anuluj"\n\n#~ msgid "Old"\n#~ msgstr "Stare"')
    assert found == [Finding("stale", "Cancel", "page.po"), Finding("stale", "Old", "page.po")]


def test_a_fuzzy_translation_is_found() -> None:
    found = _findings('#, fuzzy\nmsgid "Cancel"\nmsgstr "Anuluj"', ["Cancel"])
    assert found == [Finding("fuzzy", "Cancel", "page.po")]


def test_a_plural_needs_each_form_of_the_language() -> None:
    text = 'msgid "{count} job"\nmsgid_plural "{count} jobs"\nmsgstr[0] "{count} zadanie"\n'
    plural = ("{count} job", "{count} jobs")
    assert {each.kind for each in _findings(text, [plural])} == {"missing", "incomplete"}
    whole = f'{text}msgstr[1] "{{count}} zadania"\nmsgstr[2] "{{count}} zadań"'
    assert _findings(whole, [plural]) == []


@pytest.mark.parametrize(
    ("english", "polish"),
    [
        ("Wait for {name}.", "Poczekaj na {nazwa}."),
        ("Wait for %(name)s.", "Poczekaj."),
        ("Up to {most:g} s.", "Do {} s."),
        ("Up to {most:g} s.", "Do {most s."),
    ],
)
def test_other_placeholders_than_in_english_are_found(english: str, polish: str) -> None:
    found = _findings(f'msgid "{english}"\nmsgstr "{polish}"', [english])
    assert found == [Finding("other placeholders", english, "page.po")]


def test_two_files_that_translate_a_sentence_differently_are_found() -> None:
    files = {name: _file(f'msgid "Style"\nmsgstr "{name}"') for name in ("styl", "obraz")}
    found = compare(Said(_said("Style"), _said()), files)
    assert found == [Finding("translated twice", "Style", "styl, obraz")]
