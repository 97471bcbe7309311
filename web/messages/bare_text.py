"""Finds texts of templates that are not marked for translation."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from web.messages.extraction import ROOT

SHOWN = {"alt", "aria-label", "placeholder", "title"}  # attributes that people see or hear
NOT_SHOWN = {"script", "style", "code", "kbd"}  # code is the same in each language
NAMES = {"Gramworks", "B", "G", "R", "px", "s", "MB", "GB", "ZIP", "PNG"}
UNTRANSLATED = {"docs.html", "docs_body.html"}  # the description of the API is in English
_JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")


def bare_texts() -> Iterator[tuple[str, str]]:
    """Return each template's name with a text in it that is always in English."""
    templates = ROOT / "web" / "templates"
    for path in sorted(templates.rglob("*.html")):
        if path.name not in UNTRANSLATED:
            for text in texts_of(path):
                yield str(path.relative_to(templates)), text


def texts_of(path: Path) -> Iterator[str]:
    """Return the texts of a template that have words and are not made by Jinja."""
    finder = _Finder()
    finder.feed(_JINJA.sub("", path.read_text()))
    for text in finder.found:
        if set(_WORD.findall(text)) - NAMES:
            yield " ".join(text.split())


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the attributes that are shown."""
        self._hidden += tag in NOT_SHOWN
        self.found += [value for name, value in attrs if value and name in SHOWN]

    def handle_endtag(self, tag: str) -> None:
        """Leave a hidden element."""
        self._hidden -= tag in NOT_SHOWN

    def handle_data(self, data: str) -> None:
        """Take a text, unless it is hidden."""
        if not self._hidden:
            self.found.append(data)
