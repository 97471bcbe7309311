"""One reader of Redis serves all watchers of a process."""

import json
import threading
import time
from typing import Any

import pytest
from flask import Flask

from shared.job_store import JobStore
from shared.job_store.connection import Connection
from tests.parts import events_of
from tests.shared.job_store.transitions import progress, running, someone
from tests.system.running_system import wait_until
from web.streams.hub import Hub
from web.streams.mailbox import Mailbox


@pytest.fixture
def hub(app: Flask, jobs: JobStore) -> Hub:
    return Hub(app, events_of(jobs), jobs)


def _watch(hub: Hub, jobs: JobStore, job_id: str, after: str | None = None) -> Mailbox:
    newest = events_of(jobs).last_id(job_id)
    return hub.watch(job_id, after or newest, {"state": "running"})


def _text(mailbox: Mailbox) -> str:
    text, _ = mailbox.wait()
    return text.decode()


def _threads() -> int:
    return sum(thread.name == "event streams" for thread in threading.enumerate())


def test_many_watchers_cost_one_command_at_a_time(
    hub: Hub, jobs: JobStore, redis: Connection
) -> None:
    claims = [running(jobs, by=someone()) for _ in range(30)]
    mailboxes = [_watch(hub, jobs, claim.job_id) for claim in claims]
    redis.config_resetstat()
    for claim in claims:
        jobs.report(claim, progress(3), None)
    assert all('"evaluation": 3' in _text(mailbox) for mailbox in mailboxes)
    time.sleep(1)
    sent: Any = redis.info("commandstats")
    assert sent["cmdstat_xread"]["calls"] <= 15
    for mailbox in mailboxes:
        mailbox.close()


def test_a_watcher_that_resumes_gets_older_events_and_the_others_do_not_get_them_again(
    hub: Hub, jobs: JobStore
) -> None:
    claim = running(jobs)
    start = events_of(jobs).last_id(claim.job_id)
    first = _watch(hub, jobs, claim.job_id)
    jobs.show_preview(claim, "key", 1)
    assert "preview" in _text(first)
    resumed = _watch(hub, jobs, claim.job_id, start)
    assert "preview" in _text(resumed)
    jobs.report(claim, progress(2), None)
    assert [text.count("event: ") for text in (_text(first), _text(resumed))] == [1, 1]
    first.close()
    resumed.close()


def test_each_watcher_is_sent_the_sentences_of_its_language(hub: Hub, jobs: JobStore) -> None:
    claim = running(jobs)
    newest = events_of(jobs).last_id(claim.job_id)
    watchers = [
        hub.watch(claim.job_id, newest, {"state": "running"}, Mailbox(newest, language))
        for language in ("en", "pl", "pl")
    ]
    jobs.cancel(claim.job_id)
    english, polish, other = map(_text, watchers)
    assert '"detail":"Cancelled."' in english
    assert '"detail":"Anulowano."' in polish
    assert polish == other
    assert english.count("event: job") == polish.count("event: job") == 1


def test_every_state_is_sent_also_to_one_that_reads_late(hub: Hub, jobs: JobStore) -> None:
    claim = running(jobs)
    mailbox = _watch(hub, jobs, claim.job_id)
    for evaluation in range(1, 4):
        jobs.report(claim, progress(evaluation), None)
        time.sleep(0.15)
    jobs.release(claim, "for the test")
    time.sleep(0.3)
    jobs.cancel(claim.job_id)
    wait_until(lambda: mailbox.is_closed, "the stream ends", 5)
    text, follows = mailbox.take()
    assert not follows
    data = [line[len("data: ") :] for line in text.decode().split("\n") if line[:6] == "data: "]
    states = [body["state"] for body in map(json.loads, data) if "state" in body]
    assert states == ["queued", "cancelled"]
    assert text.count(b"event: progress") == 1


def test_the_streams_of_a_job_that_is_deleted_end(hub: Hub, jobs: JobStore) -> None:
    claim = running(jobs)
    mailbox = _watch(hub, jobs, claim.job_id)
    jobs.cancel(claim.job_id)
    jobs.delete(claim.job_id)
    wait_until(lambda: mailbox.is_closed, "the stream ends", 5)


def test_the_streams_of_a_job_that_vanished_end(hub: Hub, jobs: JobStore) -> None:
    claim = running(jobs)
    mailbox = _watch(hub, jobs, claim.job_id)
    jobs._connection.flushdb()
    wait_until(lambda: mailbox.is_closed, "the stream ends", 8)


def test_the_thread_ends_with_the_last_watcher_and_begins_with_the_next(
    hub: Hub, jobs: JobStore
) -> None:
    wait_until(lambda: _threads() == 0, "the thread ends", 5)
    claim = running(jobs)
    for _ in range(2):
        mailbox = _watch(hub, jobs, claim.job_id)
        assert _threads() == 1
        mailbox.close()
        wait_until(lambda: _threads() == 0, "the thread ends", 5)
