"""Files that pages load, under an address that changes with them, so that browsers keep them."""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath

from flask import Blueprint, Flask, Response, jsonify, send_from_directory, url_for

from web.identity.request_identity import public
from web.messages.languages import FOLDER as TRANSLATIONS
from web.messages.languages import of_scripts

ROOT = Path(__file__).with_name("static")
STATIC_IMPORT = re.compile(r"""^(?:import|export)\b[^"';(]*["'](\.[^"']+)["']""", re.MULTILINE)
YEAR_SECONDS = 365 * 86_400
blueprint = Blueprint("static_files", __name__, url_prefix="/static")


def install(app: Flask) -> None:
    """Offer templates the addresses of files and translations, and what modules import."""
    app.jinja_env.globals["static"] = static
    app.jinja_env.globals["translations"] = translations
    app.jinja_env.globals["imported_by"] = imported_by


@cache
def version() -> str:
    """Return a digest of all files: modules import each other, so they change address together."""
    digest = sha256()
    for folder in (ROOT, TRANSLATIONS):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def imported_by(*names: str) -> tuple[str, ...]:
    """Return the modules that these ones import, directly or not, without these themselves.

    A browser that is told of all of them at once loads them in one round trip instead of one for
    each step of the chain.
    """
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        importer = waiting.pop()
        for path in STATIC_IMPORT.findall((ROOT / importer).read_text()):
            name = normpath(join(dirname(importer), path))
            if name not in found and name not in names:
                found[name] = None
                waiting.append(name)
    return tuple(sorted(found))


def static(name: str) -> str:
    """Return the address of a file in `static/`."""
    return url_for("static_files.show", sent_version=version(), name=name)


def translations(language: str) -> str:
    """Return the address of the translations for scripts."""
    return url_for("static_files.messages", sent_version=version(), language=language)


@blueprint.get("/<sent_version>/<path:name>")
@public
def show(sent_version: str, name: str) -> Response:
    """Send a file; under another version's address it is sent too, but not kept."""
    response = send_from_directory(ROOT, name)
    if (response.mimetype or "").startswith("text/"):
        response.direct_passthrough = False  # Flask-Compress has no gzip for what is streamed
        response.make_sequence()
    return _kept(response, sent_version)


@blueprint.get("/<sent_version>/messages-<language>.json")
@public
def messages(sent_version: str, language: str) -> Response:
    """Send what scripts say, by the English sentence."""
    return _kept(jsonify(of_scripts(language)), sent_version)


def _kept(response: Response, sent_version: str) -> Response:
    # a process of another version may have made the page, while an update is rolled out
    is_current = sent_version == version()
    age = f"public, max-age={YEAR_SECONDS}, immutable" if is_current else "no-cache"
    response.headers["Cache-Control"] = age
    return response
