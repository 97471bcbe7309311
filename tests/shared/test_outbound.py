"""A URL of a user reaches only what may be called, in bounded time, and gives bounded bytes."""

import io
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.errors import (
    AddressNotAllowed,
    InvalidUrl,
    OutboundError,
    TooManyRedirects,
    UrlRefused,
    UrlTooLarge,
    UrlTooSlow,
    UrlUnreachable,
)
from shared.outbound import MOST_REDIRECTS, Outbound, parse
from shared.public_addresses import AllowedTargets
from tests.own_http_server import (
    OwnHttpServer,
    endless,
    file,
    redirect,
    serving,
    silent,
    slow_head,
    status,
)

ONE = AllowedTargets.parse("127.0.0.1")
SECONDS = 0.4


@pytest.fixture
def server() -> Iterator[OwnHttpServer]:
    with serving() as own:
        yield own


class Names:
    """A resolver; each lookup of a name gets the next of its answers, and then the last again."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = answers
        self.lookups = 0

    def __call__(self, host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        self.lookups += 1
        answers = self.answers[host.partition(".")[0]]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]


def fetched(outbound: Outbound, url: str, max_bytes: int = 1000, seconds: float = 5.0) -> bytes:
    buffer = io.BytesIO()
    outbound.get(url, buffer, max_bytes=max_bytes, seconds=seconds)
    return buffer.getvalue()


def test_what_is_at_a_url_is_fetched(server: OwnHttpServer) -> None:
    server.answers["/a.png?x=1"] = file(b"picture")
    assert fetched(Outbound(ONE), server.url("/a.png?x=1#part")) == b"picture"
    (seen,) = server.seen
    assert seen.headers["Host"] == f"127.0.0.1:{server.port}"
    assert "Cookie" not in seen.headers


def test_loopback_is_refused_unless_it_is_allowed(server: OwnHttpServer) -> None:
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"):
        with pytest.raises(AddressNotAllowed):
            fetched(Outbound(AllowedTargets()), server.url("/", host))
    assert server.seen == []


def test_a_name_whose_answer_changes_does_not_reach_another_address(server: OwnHttpServer) -> None:
    server.answers["/"] = file(b"allowed")
    names = Names(rebinds=[["127.0.0.1"], ["127.0.0.2"]])
    with serving("127.0.0.2", server.port) as forbidden:
        outbound = Outbound(ONE, resolve=names)
        url = server.url("/", "rebinds.test")
        assert fetched(outbound, url) == b"allowed"
        assert names.lookups == 1  # what was checked is what was connected to
        with pytest.raises(AddressNotAllowed):
            fetched(outbound, url)
        assert forbidden.seen == []
    (seen,) = server.seen
    assert seen.headers["Host"] == f"rebinds.test:{server.port}"


def test_a_redirect_is_checked_again(server: OwnHttpServer) -> None:
    names = Names(rebinds=[["127.0.0.1"], ["127.0.0.2"]])
    server.answers["/same-name"] = redirect("/secret")
    server.answers["/elsewhere"] = redirect("http://169.254.169.254/latest/meta-data")
    server.answers["/other-port"] = redirect("http://127.0.0.1:25/")
    server.answers["/other-scheme"] = redirect("file:///etc/passwd")
    with serving("127.0.0.2", server.port) as forbidden:
        with pytest.raises(AddressNotAllowed):
            fetched(Outbound(ONE, resolve=names), server.url("/same-name", "rebinds.test"))
        assert forbidden.seen == []
    with pytest.raises(AddressNotAllowed):
        fetched(Outbound(ONE), server.url("/elsewhere"))
    for path in ("/other-port", "/other-scheme"):
        with pytest.raises(InvalidUrl):
            fetched(Outbound(ONE), server.url(path))


def test_a_host_with_both_kinds_of_addresses_is_called_at_the_allowed_one(
    server: OwnHttpServer,
) -> None:
    server.answers["/"] = file(b"allowed")
    names = Names(both=[["127.0.0.2", "127.0.0.1"]])
    with serving("127.0.0.2", server.port) as forbidden:
        assert fetched(Outbound(ONE, resolve=names), server.url("/", "both.test")) == b"allowed"
        assert forbidden.seen == []


@pytest.mark.parametrize("number", [301, 302, 303, 307, 308])
def test_a_few_redirects_are_followed(server: OwnHttpServer, number: int) -> None:
    for step in range(MOST_REDIRECTS):
        server.answers[f"/{step}"] = redirect(f"{step + 1}", number)
    server.answers[f"/{MOST_REDIRECTS}"] = file(b"end")
    assert fetched(Outbound(ONE), server.url("/0")) == b"end"
    server.answers["/before"] = redirect("/0", number)
    with pytest.raises(TooManyRedirects):
        fetched(Outbound(ONE), server.url("/before"))


@pytest.mark.parametrize(
    "answer",
    [endless(b"x", 0.02), slow_head(0.02), silent],
    ids=["body", "head", "nothing"],
)
def test_a_slow_answer_ends_in_time(server: OwnHttpServer, answer: Any) -> None:
    server.answers["/"] = answer
    begin = time.monotonic()
    with pytest.raises(UrlTooSlow):
        fetched(Outbound(ONE), server.url("/"), seconds=SECONDS)
    assert time.monotonic() - begin < SECONDS + 0.5


def test_a_slow_chain_of_redirects_ends_in_time(server: OwnHttpServer) -> None:
    def late(handler: Any) -> None:
        time.sleep(SECONDS / 2)
        redirect("/")(handler)

    server.answers["/"] = late
    begin = time.monotonic()
    with pytest.raises(UrlTooSlow):
        fetched(Outbound(ONE), server.url("/"), seconds=SECONDS)
    assert time.monotonic() - begin < SECONDS + 0.5


def test_a_resolver_that_does_not_answer_ends_in_time() -> None:
    released = threading.Event()

    def resolve(*_: Any, **__: Any) -> Any:
        released.wait(10)
        return []

    with pytest.raises(UrlTooSlow):
        fetched(Outbound(ONE, resolve=resolve), "http://slow.test/", seconds=0.1)
    released.set()


@pytest.mark.parametrize("answer", [endless(b"x" * 1000), file(b"x" * 1001)], ids=["endless", "1"])
def test_a_large_answer_is_cut_off(server: OwnHttpServer, answer: Any) -> None:
    server.answers["/"] = answer
    buffer = io.BytesIO()
    with pytest.raises(UrlTooLarge):
        Outbound(ONE).get(server.url("/"), buffer, max_bytes=1000, seconds=5)
    assert len(buffer.getvalue()) <= 1000


def test_a_declared_length_over_the_bound_is_refused_before_the_body(server: OwnHttpServer) -> None:
    server.answers["/"] = status(200, Content_Length="9" * 15)
    with pytest.raises(UrlTooLarge):
        fetched(Outbound(ONE), server.url("/"))


def test_a_compressed_answer_is_refused(server: OwnHttpServer) -> None:
    server.answers["/"] = file(b"x", Content_Encoding="gzip")
    with pytest.raises(UrlUnreachable, match="compressed"):
        fetched(Outbound(ONE), server.url("/"))


@pytest.mark.parametrize("number", [204, 206, 304, 401, 403, 404, 500])
def test_another_status_is_an_error(server: OwnHttpServer, number: int) -> None:
    server.answers["/"] = status(number)
    with pytest.raises(UrlRefused) as caught:
        fetched(Outbound(ONE), server.url("/"))
    assert caught.value.parameters["answered"] == number


def test_an_answer_that_is_not_http_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"-ERR unknown command 'GET'\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(UrlUnreachable) as caught:
            fetched(Outbound(ONE), f"http://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()
        assert caught.value.parameters["reason"] == "its answer is not HTTP"


def test_a_port_where_nobody_listens_is_an_error() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(UrlUnreachable):
            fetched(Outbound(ONE), f"http://127.0.0.1:{unused.getsockname()[1]}/")


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "//x/", "ftp://x/", "file:///etc/passwd", "gopher://x/", "http://", "http:///x"),
        *("http://user:pw@x/", "http://user@x/", "http://x:22/", "http://x:0/", "http://x:70000/"),
        *("http://x\r\nA: b/", "http://[::1/", "http://x:1x/", "http://x/" + "a" * 2048),
    ],
)
def test_what_is_not_a_url_to_call_is_refused(url: str) -> None:
    with pytest.raises(InvalidUrl):
        parse(url)


def test_no_proxy_of_the_environment_is_used(
    server: OwnHttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.2:9")
    server.answers["/"] = file(b"direct")
    assert fetched(Outbound(ONE), server.url("/")) == b"direct"


def test_bytes_are_posted_and_the_answer_is_returned(server: OwnHttpServer) -> None:
    server.answers["/hook"] = file(b"0123456789", X_Id="7")
    answer = Outbound(ONE).post(
        server.url("/hook"), b"{}", {"Content-Type": "text/x"}, max_bytes=4, seconds=5
    )
    assert (answer.status, answer.headers["x-id"], answer.body) == (200, "7", b"0123")
    (seen,) = server.seen
    assert (seen.method, seen.body, seen.headers["Content-Type"]) == ("POST", b"{}", "text/x")


def test_a_post_that_wants_no_body_does_not_wait_for_it(server: OwnHttpServer) -> None:
    server.answers["/hook"] = endless(b"x", pause=0.1)
    answer = Outbound(ONE).post(server.url("/hook"), b"", {}, max_bytes=0, seconds=SECONDS)
    assert (answer.status, answer.body) == (200, b"")


def test_a_url_is_checked_without_a_call(server: OwnHttpServer) -> None:
    names = Names(allowed=[["127.0.0.1"]], private=[["10.0.0.1"]])
    outbound = Outbound(ONE, resolve=names)
    outbound.check(server.url("/", "allowed.test"), seconds=SECONDS)
    with pytest.raises(AddressNotAllowed):
        outbound.check(server.url("/", "private.test"), seconds=SECONDS)
    with pytest.raises(InvalidUrl):
        outbound.check("ftp://allowed.test/", seconds=SECONDS)
    assert server.seen == []


def test_a_post_follows_no_redirect(server: OwnHttpServer) -> None:
    server.answers["/hook"] = redirect("/other", 307)
    answer = Outbound(ONE).post(server.url("/hook"), b"", {}, max_bytes=10, seconds=5)
    assert answer.status == 307
    assert [seen.path for seen in server.seen] == ["/hook"]


def test_a_receiver_that_reads_nothing_ends_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        begin = time.monotonic()
        with pytest.raises(UrlTooSlow):
            Outbound(ONE).post(url, b"x" * 20_000_000, {}, max_bytes=1, seconds=SECONDS)
        assert time.monotonic() - begin < SECONDS + 0.5


def test_the_certificate_is_checked_by_the_name(tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    names = ["-subj", "/CN=ok.test", "-addext", "subjectAltName=DNS:ok.test"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make, *names, *files], check=True, capture_output=True)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate, key)
    names_of = Names(ok=[["127.0.0.1"]], other=[["127.0.0.1"]])
    trusting = Outbound(
        ONE, resolve=names_of, tls=ssl.create_default_context(cafile=str(certificate))
    )
    with serving(tls=ours) as server:
        server.answers["/"] = file(b"over TLS")
        assert fetched(trusting, server.url("/", "ok.test")) == b"over TLS"
        for outbound, name in ((trusting, "other.test"), (Outbound(ONE, resolve=names_of), "ok")):
            with pytest.raises(OutboundError, match="certificate"):
                fetched(outbound, server.url("/", name))
        assert len(server.seen) == 1
