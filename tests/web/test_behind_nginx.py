"""The recipe in docs/operations.md: nginx with TLS in front of the web."""

import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shared.job_store import JobStore
from tests.ports import free_port
from tests.shared.job_store.transitions import claimed, progress
from tests.system.running_system import wait_until
from tests.web.api_requests import JOBS, PLAIN
from tests.web.identity.requests import bearer

NAME = "gramworks.example"
TOKEN = "0123456789abcdef" * 4
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"  # where Debian has it
NGINX = shutil.which("nginx", path=PATH)
ROOT = Path(__file__).parents[2]
AROUND = """
daemon off;
pid {folder}/nginx.pid;
{user}
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {recipe}
}}
"""

pytestmark = pytest.mark.skipif(
    NGINX is None, reason="no nginx is installed (on Debian: apt-get install nginx-light)"
)


def _recipe(folder: Path, port: int, web_port: int) -> str:
    """Return the recipe of the documentation with this test's ports and certificate."""
    page = (ROOT / "docs/operations.md").read_text()
    found = re.search(r"```nginx\n(.*?)```", page, re.S)
    assert found is not None
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/gramworks.pem": str(folder / "certificate.pem"),
        "/etc/ssl/gramworks.key": str(folder / "key.pem"),
        "127.0.0.1:8000": f"127.0.0.1:{web_port}",
    }
    recipe = found[1]
    for old, new in changes.items():
        assert old in recipe
        recipe = recipe.replace(old, new)
    return recipe


def _make_certificate(folder: Path) -> None:
    names = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)


@pytest.fixture(scope="module")
def https(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client that reaches the web through nginx, under its public name."""
    folder = tmp_path_factory.mktemp("nginx")
    port, web_port = free_port(), free_port()
    _make_certificate(folder)
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = AROUND.format(folder=folder, user=user, recipe=_recipe(folder, port, web_port))
    (folder / "nginx.conf").write_text(configuration)
    environment = {
        **os.environ,
        "REDIS_URL": redis_url,
        "GRAMWORKS_DATA": str(folder / "data"),
        "GRAMWORKS_PORT": str(web_port),
        "GRAMWORKS_PROXIES": "1",
        "GRAMWORKS_HOSTS": NAME,
        "GRAMWORKS_TOKEN": TOKEN,
    }
    web = subprocess.Popen([sys.executable, "-m", "web"], cwd=ROOT, env=environment)
    nginx = subprocess.Popen(
        [str(NGINX), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    )
    verified = ssl.create_default_context(cafile=str(folder / "certificate.pem"))
    client = httpx.Client(
        base_url=f"https://127.0.0.1:{port}",
        headers={"Host": f"{NAME}:{port}", "Origin": f"https://{NAME}:{port}"},
        verify=verified,
        timeout=10,
        event_hooks={"request": [_name_server]},
    )
    try:
        wait_until(lambda: _answers(client), "nginx and the web answer", 30)
        yield client
    finally:
        client.close()
        for process in (nginx, web):
            process.terminate()
            process.wait(20)


def _name_server(request: httpx.Request) -> None:
    request.extensions["sni_hostname"] = NAME


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").is_success
    except httpx.TransportError:
        return False


def _csrf(https: httpx.Client) -> str:
    return https.get("/signin").text.partition('csrf_token" value="')[2][:64]


def test_signing_in_gives_a_secure_cookie_that_submits_and_signs_out(
    https: httpx.Client, jobs: JobStore
) -> None:
    https.cookies.clear()
    form = {"csrf_token": _csrf(https), "token": TOKEN}
    signed_in = https.post("/signin", data=form)
    assert (signed_in.status_code, signed_in.headers["Location"]) == (303, "/")
    cookie = signed_in.headers["Set-Cookie"]
    assert cookie.startswith("__Host-gramworks=")
    assert all(part in cookie for part in ("; Secure", "; HttpOnly", "; SameSite=Lax"))
    files = {"content": ("a", PLAIN), "style": ("b", PLAIN)}
    sent = https.post("/", data={"csrf_token": _csrf(https)}, files=files)
    [job] = jobs.page(2).jobs
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/jobs/{job.id}")
    https.post("/signout", data={"csrf_token": _csrf(https)})
    assert https.get(JOBS).status_code == 401


def test_a_page_of_another_site_is_refused(https: httpx.Client, jobs: JobStore) -> None:
    https.cookies.clear()
    https.post("/signin", data={"csrf_token": _csrf(https), "token": TOKEN})
    data = {"csrf_token": _csrf(https)}
    for origin in ("https://evil.example", f"http://{NAME}"):
        answer = https.post("/", data=data, headers={"Origin": origin})
        assert answer.status_code == 403, answer.text
    assert jobs.page(1).jobs == []


def test_only_the_public_name_is_served(https: httpx.Client) -> None:
    assert https.get("/healthz", headers={"Host": "evil.example"}).status_code == 421


def test_events_arrive_at_once(https: httpx.Client, jobs: JobStore) -> None:
    files = {"content": ("a", PLAIN), "style": ("b", PLAIN)}
    job = https.post(JOBS, files=files, headers=bearer(TOKEN)).json()
    claim = claimed(jobs)
    with https.stream("GET", job["links"]["events"], headers=bearer(TOKEN)) as response:
        lines = (line for line in response.iter_lines() if line.startswith("data: "))
        assert json.loads(next(lines)[6:])["state"] == "running"
        for evaluation in range(1, 6):
            began = time.monotonic()
            jobs.report(claim, progress(evaluation), None)
            assert json.loads(next(lines)[6:])["progress"]["evaluation"] == evaluation
            assert time.monotonic() - began < 1


def test_the_largest_upload_passes(https: httpx.Client) -> None:
    files = {"content": ("a", bytes(60_000_000)), "style": ("b", PLAIN)}
    answer = https.post(JOBS, files=files, headers=bearer(TOKEN))
    assert answer.json()["code"] == "not_an_image"  # said by the web, not by nginx
