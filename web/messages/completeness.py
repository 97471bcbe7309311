"""Compares the translations with what the code says: what is missing, stale or inconsistent."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import starmap
from operator import attrgetter
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from web.messages.extraction import Said
from web.messages.languages import FOLDER

Key = tuple[str | None, str | tuple[str, ...]]  # a context, and the text or its plural forms
OF_SCRIPTS = "js-"  # how the names of files for scripts begin
_text = attrgetter("id")  # empty for a file's header
_PERCENT = re.compile(r"%\((\w+)\)[sd]")


class Finding(NamedTuple):
    """One thing that is wrong with a translation, and where."""

    kind: str
    text: str
    where: str


def read_files(language: str, folder: Path = FOLDER) -> dict[str, Catalog]:
    """Return the files of a language by name, each as it is."""
    catalogs = {}
    for path in sorted((folder / language).glob("*.po")):
        with path.open("rb") as file:
            catalogs[path.name] = read_po(file, language, abort_invalid=True)
    return catalogs


def compare(said: Said, files: Mapping[str, Catalog]) -> list[Finding]:
    """Return everything that is wrong with the files of a language."""
    of_scripts = {name: file for name, file in files.items() if name.startswith(OF_SCRIPTS)}
    of_server = {name: file for name, file in files.items() if name not in of_scripts}
    return [
        *_missing(said.server, files),
        *_missing(said.scripts, of_scripts),
        *_stale(said.server, of_server),
        *_stale(said.scripts, of_scripts),
        *_faulty(files),
        *_contradictions(files),
    ]


def _missing(said: Catalog, files: Mapping[str, Catalog]) -> Iterator[Finding]:
    translated = {_key(each) for file in files.values() for each in file if _is_whole(each, file)}
    for message in filter(_text, said):
        if _key(message) not in translated:
            where = ", ".join(f"{path}:{line}" for path, line in message.locations)
            yield Finding("missing", _shown(message), where)


def _stale(said: Catalog, files: Mapping[str, Catalog]) -> Iterator[Finding]:
    known = {_key(message) for message in said}
    for name, file in files.items():
        for message in filter(_text, file):
            if _key(message) not in known:
                yield Finding("stale", _shown(message), name)
        for message in file.obsolete.values():
            yield Finding("stale", _shown(message), name)


def _faulty(files: Mapping[str, Catalog]) -> Iterator[Finding]:
    for name, file in files.items():
        for message in filter(_text, file):
            if message.fuzzy:
                yield Finding("fuzzy", _shown(message), name)
            if not _is_whole(message, file):
                yield Finding("incomplete", _shown(message), name)
            elif any(starmap(_differs, _pairs(message))):
                yield Finding("other placeholders", _shown(message), name)


def _contradictions(files: Mapping[str, Catalog]) -> Iterator[Finding]:
    seen: dict[Key, tuple[object, str]] = {}
    for name, file in files.items():
        for message in filter(_text, file):
            first, where = seen.setdefault(_key(message), (message.string, name))
            if first != message.string:
                yield Finding("translated twice", _shown(message), f"{where}, {name}")


def _key(message: Message) -> Key:
    text = message.id if isinstance(message.id, str) else tuple(message.id)
    return message.context, text


def _shown(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(message: Message) -> Sequence[str]:
    return (message.string,) if isinstance(message.string, str) else message.string or ()


def _is_whole(message: Message, file: Catalog) -> bool:
    """Return whether each form that the language has is there."""
    forms = _forms(message)
    return all(forms) and len(forms) == (file.num_plurals if message.pluralizable else 1)


def _pairs(message: Message) -> Iterator[tuple[str, list[str]]]:
    """Return each translated form, and the English forms of which it must have the placeholders."""
    english = [message.id] if isinstance(message.id, str) else list(message.id)
    for index, form in enumerate(_forms(message)):
        yield form, english if index == 0 else english[-1:]


def _differs(form: str, english: Sequence[str]) -> bool:
    return _placeholders(form) not in map(_placeholders, english)


def _placeholders(text: str) -> set[str]:
    """Return the names of `%(name)s` and `{name}` in a text."""
    try:
        braces = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:  # a brace that is no placeholder
        braces = {text}
    return braces | set(_PERCENT.findall(text))
