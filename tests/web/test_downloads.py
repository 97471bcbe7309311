"""Downloads are bounded in number, and a client that reads too slowly is dropped."""

from collections.abc import Iterator

import pytest

from shared.errors import DownloadsBusy
from web.downloads import AT_ONCE, BYTES_PER_SECOND, GRACE_SECONDS, Downloads


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def endless(clock: Clock | None = None, seconds: float = 0.0) -> Iterator[bytes]:
    """Yield parts that take some time to make."""
    while True:
        if clock:
            clock.now += seconds
        yield bytes(1000)


def read(download: Iterator[bytes], clock: Clock, seconds: float, parts: int) -> None:
    """Read some parts, each in `seconds`."""
    for _ in range(parts):
        next(download)
        clock.now += seconds


def test_there_are_so_many_at_a_time_and_fewer_of_each_owner() -> None:
    downloads = Downloads(threads=12, of_owner=2)
    first = downloads.begin("alice", endless())
    downloads.begin("alice", endless())
    with pytest.raises(DownloadsBusy):
        downloads.begin("alice", endless())
    downloads.begin("bob", endless())
    with pytest.raises(DownloadsBusy):
        downloads.begin("carol", endless())
    for _ in range(2):
        first.close()
    assert downloads.running == 2
    downloads.begin("carol", endless())
    with pytest.raises(DownloadsBusy):
        downloads.begin("alice", endless())


@pytest.mark.parametrize(("threads", "most"), [(4, 1), (20, 5), (200, AT_ONCE), (2000, AT_ONCE)])
def test_they_leave_most_threads_to_others(threads: int, most: int) -> None:
    downloads = Downloads(threads)
    for owner in range(most):
        downloads.begin(str(owner), endless())
    with pytest.raises(DownloadsBusy):
        downloads.begin("another", endless())


def test_a_client_that_reads_too_slowly_gets_an_error_instead_of_an_end() -> None:
    clock = Clock()
    download = Downloads(200).begin("alice", endless(), clock)
    with pytest.raises(ConnectionResetError):
        read(download, clock, seconds=1.0, parts=1000)
    assert GRACE_SECONDS <= clock.now <= GRACE_SECONDS + 3


def test_a_client_that_is_fast_enough_may_take_as_long_as_it_needs() -> None:
    clock = Clock()
    download = Downloads(200).begin("alice", endless(), clock)
    read(download, clock, seconds=1000 / BYTES_PER_SECOND, parts=10_000)
    assert clock.now == pytest.approx(500)


def test_the_time_that_the_server_takes_does_not_count() -> None:
    clock = Clock()
    download = Downloads(200).begin("alice", endless(clock, 5.0), clock)
    for _ in range(100):
        next(download)
    assert clock.now == 500
