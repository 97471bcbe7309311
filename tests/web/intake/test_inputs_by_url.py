"""Pictures at URLs are fetched within the bounds of uploads, and never from our own network."""

import io
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.job_store import JobStore
from shared.object_store import ObjectStore
from shared.outbound import Outbound
from tests.own_http_server import OwnHttpServer, endless, file, redirect, serving, status
from tests.web.api_requests import JOBS, PLAIN, accepted, problem, stored_content, upload
from tests.web.conftest import Serve, services_of
from tests.web.pictures import RED, noise, plain
from web.intake.fetcher import Fetcher

OTHER = plain((1, 2, 3))


@pytest.fixture
def server() -> Iterator[OwnHttpServer]:
    with serving() as own:
        own.answers["/plain.png"] = file(PLAIN)
        own.answers["/other.png"] = file(OTHER)
        yield own


@pytest.fixture
def client(serve: Serve) -> FlaskClient:
    return serve(GRAMWORKS_OUTBOUND_ALLOWED="127.0.0.1").test_client()


def send(client: FlaskClient, **form: Any) -> TestResponse:
    return client.post(JOBS, data={"settings": '{"size": 64}', **form})


def test_all_pictures_can_come_from_urls(
    client: FlaskClient, server: OwnHttpServer, jobs: JobStore
) -> None:
    url = server.url
    form = {
        "content_url": url("/plain.png"),
        "style_url": [url("/other.png"), url("/plain.png")],
        "init_url": url("/other.png"),
        "settings": '{"size": 64, "init": "image"}',
    }
    job = jobs.get(accepted(send(client, **form))["id"])
    objects = services_of(client.application).objects
    assert stored_content(jobs, objects, job.id).getpixel((0, 0)) == RED
    assert [style.sha256 for style in job.inputs.styles] == [
        job.inputs.init and job.inputs.init.sha256,
        job.inputs.content.sha256,
    ]
    assert [seen.path for seen in server.seen][1:3] == ["/other.png", "/plain.png"]


def test_files_come_before_urls(client: FlaskClient, server: OwnHttpServer) -> None:
    form = upload() | {"style_url": server.url("/other.png")}
    styles = accepted(client.post(JOBS, data=form))["inputs"]["styles"]
    assert [len(each["sha256"]) for each in styles] == [64, 64]
    assert styles[0]["sha256"] != styles[1]["sha256"]


def test_our_own_network_is_not_reached(serve: Serve, server: OwnHttpServer) -> None:
    client = serve().test_client()
    for url in (server.url("/plain.png"), server.url("/plain.png", "localhost")):
        body = problem(send(client, content_url=url, style_url=url), 422, "address_not_allowed")
        assert body["field"] == "content_url"
    assert server.seen == []


def test_a_redirect_into_our_own_network_is_not_followed(
    client: FlaskClient, server: OwnHttpServer
) -> None:
    with serving("127.0.0.2", server.port) as secret:
        server.answers["/away"] = redirect(secret.url("/"))
        form = upload(style=[]) | {"style_url": server.url("/away")}
        body = problem(client.post(JOBS, data=form), 422, "address_not_allowed")
        assert (body["field"], body["host"]) == ("style_url", "127.0.0.2")
        assert secret.seen == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (file(b"<html>"), "not_an_image"),
        (file(noise("PNG")[:500]), "truncated_image"),
        (file(plain(size=(3, 3))), "image_too_small"),
        (status(404), "url_refused"),
        (redirect("/answer"), "too_many_redirects"),
        (redirect("gopher://x/"), "invalid_url"),
        (endless(b"x" * 100_000), "url_too_large"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_field(
    client: FlaskClient, server: OwnHttpServer, answer: Any, code: str
) -> None:
    client.application.config["MAX_CONTENT_LENGTH"] = 10**6
    server.answers["/answer"] = answer
    form = {"content_url": server.url("/plain.png"), "style_url": server.url("/answer")}
    assert problem(send(client, **form), 422, code)["field"] == "style_url"


@pytest.mark.parametrize("url", ["x", "ftp://x/", "http://u:p@x/", "http://x:25/", "http://" * 500])
def test_what_is_not_a_url_is_refused(client: FlaskClient, url: str) -> None:
    body = problem(send(client, content_url=url, style_url=url), 422, "invalid_url")
    assert (body["field"], body["maximum"]) == ("content_url", 2048)


def test_a_url_that_comes_as_a_file_is_refused(client: FlaskClient) -> None:
    form = upload() | {"style_url": [(io.BytesIO(b"http://x/"), "url.txt")]}
    assert problem(client.post(JOBS, data=form), 422, "invalid_url")["field"] == "style_url"


def test_all_pictures_together_have_the_bound_of_an_upload(
    serve: Serve, server: OwnHttpServer
) -> None:
    client = serve(GRAMWORKS_OUTBOUND_ALLOWED="127.0.0.1", GRAMWORKS_MAX_UPLOAD_MB=1).test_client()
    server.answers["/half"] = file(PLAIN + bytes(600_000))
    form = {"content_url": server.url("/half"), "style_url": server.url("/half")}
    body = problem(send(client, **form), 422, "url_too_large")
    assert (body["field"], body["maximum"]) == ("style_url", 1_000_000)
    form = upload([PLAIN + bytes(450_000)], []) | {"style_url": server.url("/half")}
    problem(client.post(JOBS, data=form), 422, "url_too_large")


def test_fetching_is_bounded_in_time_for_all_urls_together(
    client: FlaskClient, server: OwnHttpServer
) -> None:
    services = services_of(client.application)
    quick = Fetcher(Outbound(services.config.outbound_targets), 64, seconds=0.5)
    client.application.extensions["gramworks"] = replace(services, fetcher=quick)
    server.answers["/slow"] = endless(b"x", 0.02)
    begin = time.monotonic()
    form = {"content_url": server.url("/plain.png"), "style_url": server.url("/slow")}
    body = problem(send(client, **form), 422, "url_too_slow")
    assert time.monotonic() - begin < 1.5
    assert (body["field"], body["seconds"]) == ("style_url", 0.5)


def test_nobody_takes_all_threads_with_slow_urls(serve: Serve, server: OwnHttpServer) -> None:
    app = serve(GRAMWORKS_OUTBOUND_ALLOWED="127.0.0.1", GRAMWORKS_WEB_THREADS=64)
    fetcher = services_of(app).fetcher
    assert (fetcher.most, fetcher.most_of_owner) == (8, 2)
    released, arrived = threading.Event(), threading.Semaphore(0)

    def held(handler: Any) -> None:
        arrived.release()
        released.wait(10)
        file(PLAIN)(handler)

    def fetch(owner: str) -> None:
        fetcher.fetch(owner, server.url("/held"), max_bytes=10**6, seconds=10).close()

    server.answers["/held"] = held
    threads = [threading.Thread(target=fetch, args=("ann",)) for _ in range(2)]
    threads += [threading.Thread(target=fetch, args=("local",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert arrived.acquire(timeout=5)
    url = server.url("/plain.png")
    response = send(app.test_client(), content_url=url, style_url=url)
    problem(response, 503, "fetching_busy")
    assert response.headers["Retry-After"] == "10"
    fetcher.fetch("bob", url, max_bytes=10**6, seconds=5).close()
    released.set()
    for thread in threads:
        thread.join()
    accepted(send(app.test_client(), content_url=url, style_url=url))


def test_nothing_is_stored_of_a_submission_whose_second_url_fails(
    client: FlaskClient, server: OwnHttpServer, jobs: JobStore
) -> None:
    objects: ObjectStore = services_of(client.application).objects
    form = {"content_url": server.url("/plain.png"), "style_url": server.url("/nothing")}
    problem(send(client, **form), 422, "url_refused")
    assert jobs.page(9).jobs == []
    assert list(objects.stored("jobs")) == []
