"""Files that pages load, under an address that changes with them, so that browsers keep them."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Flask, Response, jsonify, send_from_directory, url_for

from web.identity.request_identity import public
from web.messages.languages import FOLDER as TRANSLATIONS
from web.messages.languages import of_scripts

ROOT = Path(__file__).with_name("static")
YEAR_SECONDS = 365 * 86_400
blueprint = Blueprint("static_files", __name__, url_prefix="/static")


def install(app: Flask) -> None:
    """Offer templates `static(name)`, the address of a file, and `translations(language)`."""
    app.jinja_env.globals["static"] = static
    app.jinja_env.globals["translations"] = translations


@cache
def version() -> str:
    """Return a digest of all files: modules import each other, so they change address together."""
    digest = sha256()
    for folder in (ROOT, TRANSLATIONS):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


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
    return _kept(send_from_directory(ROOT, name), sent_version)


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
