"""A reader of events waits until one comes, or for the time that it asked for."""

import threading
import time

from shared.job_store import JobEvents, JobStore, connect
from tests.shared.job_store.transitions import claimed, progress, queued


def test_a_reader_waits_as_long_as_it_asked(jobs: JobStore, redis_url: str) -> None:
    connection = connect(redis_url)
    events, job_id = JobEvents(connection), queued(jobs)
    begin = time.monotonic()
    assert next(events.follow(job_id, events.last_id(job_id), silence=0.5)) is None
    assert 0.45 < time.monotonic() - begin < 3
    connection.close()


def test_an_event_ends_the_wait(jobs: JobStore, redis_url: str) -> None:
    connection = connect(redis_url)
    events, job_id = JobEvents(connection), queued(jobs)
    claim = claimed(jobs)
    timer = threading.Timer(0.3, jobs.report, (claim, progress(), None))
    begin = time.monotonic()
    timer.start()
    event = next(events.follow(job_id, events.last_id(job_id), silence=9))
    assert event is not None
    assert event.kind == "progress"
    assert time.monotonic() - begin < 5
    timer.join()
    connection.close()
