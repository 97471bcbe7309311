"""Uploaded images are their owner's alone, count with the bytes kept, and end after a while."""

import time

import pytest

from shared.errors import OwnerQuotaReached
from shared.job_store import JobStore, UploadedImage, UploadedImages
from shared.job_store.connection import Connection
from tests.shared.job_store.transitions import queued

HASH, OTHER = "a" * 64, "b" * 64
ANN = "ann:x"  # an owner's name can contain what separates it from the hash
MAXIMUM = 1000


@pytest.fixture
def images(redis: Connection) -> UploadedImages:
    return UploadedImages(redis)


def image(number: int = 1, size: int = 400) -> UploadedImage:
    return UploadedImage(key=f"images/{number}.png", width=4, height=3, bytes=size, orientation=6)


def kept_bytes(redis: Connection, owner: str = ANN) -> int:
    return int(str(redis.hget("gw:kept", owner) or 0))


def test_an_image_is_found_by_its_owner_alone(images: UploadedImages) -> None:
    assert images.keep(ANN, HASH, image(), MAXIMUM) is None
    assert images.use(ANN, HASH) == image()
    found = images.find(ANN, HASH)
    assert found is not None
    assert found[0] == image()
    assert 0 <= found[1] < 1
    for owner, sha256 in (("bob", HASH), (ANN, OTHER), ("ann", HASH)):
        assert images.use(owner, sha256) is None
        assert images.find(owner, sha256) is None
        assert images.forget(owner, sha256) is None


def test_the_same_image_again_is_the_earlier_one(images: UploadedImages, redis: Connection) -> None:
    images.keep(ANN, HASH, image(1), MAXIMUM)
    assert images.keep(ANN, HASH, image(2), MAXIMUM) == image(1)
    assert kept_bytes(redis) == 400


def test_bytes_count_until_the_image_is_deleted(images: UploadedImages, redis: Connection) -> None:
    for number in range(3):
        images.keep(ANN, f"{number}" * 64, image(number), MAXIMUM)
    assert kept_bytes(redis) == 1200
    with pytest.raises(OwnerQuotaReached) as caught:
        images.keep(ANN, HASH, image(), MAXIMUM)
    assert caught.value.parameters == {"bound": "bytes", "maximum": MAXIMUM}
    assert images.keep("bob", HASH, image(), MAXIMUM) is None
    assert images.forget(ANN, "0" * 64) == "images/0.png"
    assert images.forget(ANN, "0" * 64) is None
    assert kept_bytes(redis) == 800
    assert images.keep(ANN, HASH, image(), MAXIMUM) is None


def test_bytes_of_jobs_and_images_count_together(
    images: UploadedImages, jobs: JobStore, redis: Connection
) -> None:
    job_id = queued(jobs, owner=ANN)
    of_job = kept_bytes(redis)
    assert of_job > 0
    images.keep(ANN, HASH, image(), of_job + 1)
    jobs.cancel(job_id)
    jobs.delete(job_id)
    assert kept_bytes(redis) == 400


def test_an_image_that_is_not_used_is_forgotten(images: UploadedImages, redis: Connection) -> None:
    images.keep(ANN, HASH, image(1), MAXIMUM)
    images.keep(ANN, OTHER, image(2), MAXIMUM)
    assert images.keys() == {"images/1.png", "images/2.png"}
    time.sleep(0.1)
    images.use(ANN, OTHER)
    assert images.forget_unused(10) == []
    assert images.forget_unused(0.08) == ["images/1.png"]
    assert images.keys() == {"images/2.png"}
    assert images.forget_unused(0, limit=1) == ["images/2.png"]
    assert kept_bytes(redis) == 0
    assert redis.keys("gw:image*") == []


def test_a_damaged_record_is_no_image(images: UploadedImages, redis: Connection) -> None:
    images.keep(ANN, HASH, image(), MAXIMUM)
    redis.set(f"gw:image:{ANN}:{HASH}", "{")
    assert images.use(ANN, HASH) is None
    assert images.find(ANN, HASH) is None
    assert images.keys() == set()
    assert images.forget_unused(0) == [""]
    assert redis.keys("gw:image*") == []
