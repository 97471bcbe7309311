"""Results that would be too large or too narrow: the size that the refusal names works."""

import json

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.api_requests import accepted, problem, submit
from tests.web.pictures import white


def _submitted(client: FlaskClient, shape: tuple[int, int], size: int) -> TestResponse:
    return submit(client, [white(*shape)], settings=json.dumps({"size": size}))


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((64, 48), 4096),
        ((48, 64), 2000),
        ((1600, 400), 800),
        ((640, 16), 400),
        ((3001, 2003), 3000),
    ],
)
def test_the_largest_size_named_works_and_a_larger_one_does_not(
    client: FlaskClient, shape: tuple[int, int], size: int
) -> None:
    body = problem(_submitted(client, shape, size), 422, "result_too_large")
    assert body["field"] == "settings.size"
    assert body["megapixels"] == 2
    assert f"up to {body['maximum']}" in body["detail"]
    accepted(_submitted(client, shape, body["maximum"]))
    beyond = body["maximum"] + 2  # one more may fit, since a width is truncated
    problem(_submitted(client, shape, beyond), 422, "result_too_large")


@pytest.mark.parametrize(
    ("shape", "size"), [((16, 64), 100), ((16, 500), 400), ((17, 1001), 32), ((33, 99), 95)]
)
def test_the_smallest_size_named_works_and_the_one_below_does_not(
    client: FlaskClient, shape: tuple[int, int], size: int
) -> None:
    body = problem(_submitted(client, shape, size), 422, "result_too_narrow")
    assert body["field"] == "settings.size"
    assert f"at least {body['minimum']}" in body["detail"]
    accepted(_submitted(client, shape, body["minimum"]))
    problem(_submitted(client, shape, body["minimum"] - 1), 422, "result_too_narrow")


@pytest.mark.parametrize("shape", [(16, 40_000), (40_000, 16), (16, 2_100)])
@pytest.mark.parametrize("size", [32, 4096])
def test_a_picture_that_no_size_fits_is_refused_without_naming_one(
    client: FlaskClient, shape: tuple[int, int], size: int
) -> None:
    body = problem(_submitted(client, shape, size), 422, "image_too_elongated")
    assert (body["field"], body["width"], body["height"]) == ("content", *shape)
    assert "Crop it" in body["detail"]
