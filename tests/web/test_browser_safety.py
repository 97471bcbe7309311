"""What browsers are told: no inline scripts, no frames, no guessed types, no other sites."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import web
from tests.web.api_requests import JOBS

TEMPLATES = sorted((Path(web.__file__).parent / "templates").glob("*.html"))
INLINE = re.compile(
    r"<script(?![^>]* src=)|<style|<[^>]*\s(?:style|on[a-z]+)\s*=|javascript:", re.I
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_script_or_a_style_in_it(template: Path) -> None:
    assert not INLINE.search(template.read_text())


@pytest.mark.parametrize("text", ["<script>x</script>", '<p onclick="x">', '<a style = "x">'])
def test_the_test_finds_inline_scripts_and_styles(text: str) -> None:
    assert INLINE.search(text)


@pytest.mark.parametrize("path", ["/", "/nothing", JOBS, "/healthz", "/static/x/js/job/main.js"])
def test_every_answer_has_the_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        headers = response.headers
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'self'"  # so scripts and styles are files of this site
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert not {"script-src", "style-src"} & policy.keys()
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", JOBS])
def test_what_is_one_owner_s_is_not_kept_by_proxies(client: FlaskClient, path: str) -> None:
    assert "private" in client.get(path).headers["Cache-Control"]
