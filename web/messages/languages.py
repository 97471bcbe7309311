"""The languages of pages and of errors: which one a request gets, and the translations.

English stands in the code. A language's folder in `translations/` has a file for each part of the
pages; those named `js-…` are for scripts.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, Domain, force_locale, get_locale

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "pl": "Polski"}
COOKIE = "language"
FOLDER = Path(__file__).with_name("translations")


def gettext_noop(text: str) -> str:
    """Mark a text that is translated later, where it is shown."""
    return text


class Catalogs(Domain):  # type: ignore[misc] # published without types
    """Reads the .po files themselves, so that nothing has to be compiled after a change."""

    def get_translations(self) -> NullTranslations:
        """Return the translations for this request."""
        locale = get_locale()
        return _translations(locale.language if locale else ENGLISH)


def install(app: Flask) -> None:
    """Translate what `app` says."""
    babel = Babel(app, locale_selector=select_language)
    babel.domain_instance = Catalogs()
    app.jinja_env.globals.update(languages=LANGUAGES, language=current_language)
    app.after_request(_declare)


def select_language() -> str:
    """Return the language that was chosen on a page, or else the browser's.

    It is asked for once in a request, if anything in its answer depends on it.
    """
    if not has_request_context():
        return ENGLISH
    chosen = request.cookies.get(COOKIE)
    if chosen not in LANGUAGES:
        accepted = (tag.split("-")[0].lower() for tag in request.accept_languages.values())
        chosen = next((each for each in accepted if each in LANGUAGES), ENGLISH)
    g.language = chosen
    return chosen


def current_language() -> str:
    """Return the language of this request's answer."""
    locale = get_locale()
    return str(locale.language) if locale else ENGLISH


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything in a language, also outside of a request."""
    if language == current_language():
        yield
    else:
        with force_locale(language):
            yield


def of_scripts(language: str) -> dict[str, Any]:
    """Return what scripts say: a sentence, or a list of plural forms, by the English one."""
    found = (FOLDER / language).glob("js-*.po") if language in LANGUAGES else ()
    messages = (each for each in _catalog(language, found) if each.id and each.string)
    return {_singular(each.id): each.string for each in messages}


def _singular(message_id: str | Sequence[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


@cache
def _translations(language: str) -> NullTranslations:
    if language == ENGLISH:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, _catalog(language, (FOLDER / language).glob("*.po")))
    compiled.seek(0)
    return Translations(compiled)


def _catalog(language: str, paths: Iterable[Path]) -> Catalog:
    """Return the messages of several files as one catalog."""
    catalog = Catalog(language)
    for path in sorted(paths):
        with path.open("rb") as file:
            for message in read_po(file, language):
                if message.id:
                    catalog[message.id] = message
    return catalog


def _declare(response: Response) -> Response:
    if "language" in g:
        response.headers["Content-Language"] = g.language
        response.vary.update(("Accept-Language", "Cookie"))
    return response
