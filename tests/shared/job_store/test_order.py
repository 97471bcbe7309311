"""The order of the queue matches a model: priorities without starvation, equal owners."""

from collections import Counter
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    rule,
    run_state_machine_as_test,
)

from shared.errors import QueueFull
from shared.job import JobOptions, Priority
from shared.job_store import Claim, JobStore, Load, NewJob, connect, new_id
from shared.job_store.keys import MAX_PASSED, PRIORITIES
from shared.job_store.turns import position, turns_of_priorities
from shared.settings import StyleSettings
from tests.parts import queue_of
from tests.shared.job_store.transitions import LEASE, inputs, queued, someone

priorities = st.sampled_from(PRIORITIES)
counts = st.fixed_dictionaries({priority: st.integers(0, 40) for priority in PRIORITIES})


def _claim(jobs: JobStore, pixels: int = 10**9) -> Claim:
    claim = jobs.claim_next(someone(pixels), LEASE)
    assert claim is not None
    return claim


def test_a_thousand_jobs_of_one_owner_do_not_delay_another_owner_s_job(jobs: JobStore) -> None:
    for _ in range(1000):
        queued(jobs, owner="eager")
    for _ in range(3):
        _claim(jobs)
    patient = queued(jobs, owner="patient")
    assert jobs.get(patient).position == 1
    assert _claim(jobs).job_id == patient


def test_owners_get_equal_shares_of_the_work(jobs: JobStore) -> None:
    small = {queued(jobs, owner="small", size=64) for _ in range(60)}
    large = {queued(jobs, owner="large", size=128) for _ in range(60)}
    first = {_claim(jobs).job_id for _ in range(40)}
    work = {
        owner: sum(jobs.get(each).work for each in ids & first)
        for owner, ids in (("small", small), ("large", large))
    }
    assert work["small"] == pytest.approx(work["large"], rel=0.15)


def test_cancelled_jobs_do_not_count_for_their_owner(jobs: JobStore) -> None:
    for job_id in [queued(jobs, owner="undecided") for _ in range(50)]:
        jobs.cancel(job_id)
    theirs = queued(jobs, owner="undecided")
    for _ in range(3):
        queued(jobs, owner="other")
    assert jobs.get(theirs).position == 1


@given(waiting=counts, passed=counts)
def test_no_priority_waits_forever(
    waiting: dict[Priority, int], passed: dict[Priority, int]
) -> None:
    order = list(
        turns_of_priorities(waiting, {priority: passed[priority] % 4 for priority in passed})
    )
    assert Counter(order) == Counter({key: count for key, count in waiting.items() if count})
    for priority, max_passed in MAX_PASSED.items():
        longest = run = 0
        for turn in order[: len(order) - order[::-1].index(priority) if priority in order else 0]:
            run = 0 if turn == priority else run + 1
            longest = max(longest, run)
        assert longest <= max_passed + 1  # a still lower priority may be due at the same time


@given(waiting=counts, passed=counts)
def test_a_position_is_where_the_turns_have_it(
    waiting: dict[Priority, int], passed: dict[Priority, int]
) -> None:
    started: Counter[Priority] = Counter()
    for place, priority in enumerate(turns_of_priorities(waiting, passed), start=1):
        assert position(priority, started[priority], waiting, passed) == place
        started[priority] += 1


def test_a_position_among_many_is_where_the_turns_have_it() -> None:
    waiting: dict[Priority, int] = {"high": 5000, "normal": 2100, "low": 3000}
    passed: dict[Priority, int] = {"high": 0, "normal": 3, "low": 7}
    started: Counter[Priority] = Counter()
    for place, priority in enumerate(turns_of_priorities(waiting, passed), start=1):
        if place % 97 == 0 or place > 10_000:
            assert position(priority, started[priority], waiting, passed) == place
        started[priority] += 1


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(st.tuples(priorities, st.sampled_from("abc")), max_size=25))
def test_positions_match_the_order_of_claims(
    jobs: JobStore, wanted: list[tuple[Priority, str]]
) -> None:
    jobs._connection.flushdb()
    ids = [queued(jobs, priority=priority, owner=owner) for priority, owner in wanted]
    places = {jobs.get(job_id).position: job_id for job_id in ids}
    foretold = [places[place] for place in range(1, len(ids) + 1)]
    assert queue_of(jobs).order() == foretold
    assert [_claim(jobs).job_id for _ in ids] == foretold


def test_a_full_queue_refuses_a_job_and_records_nothing(jobs: JobStore) -> None:
    def submit(bounds: Load) -> str:
        settings, options = StyleSettings(size=64), JobOptions()
        return jobs.create(new_id(), NewJob(settings, options, inputs()), bounds).id

    submit(Load(1, 10**9))
    with pytest.raises(QueueFull) as refused:
        submit(Load(1, 10**9))
    assert refused.value.parameters == {"bound": "jobs", "maximum": 1}
    with pytest.raises(QueueFull) as refused:
        submit(Load(100, 1500))
    assert refused.value.parameters == {"bound": "bytes", "maximum": 1500}
    assert len(jobs.page(10).jobs) == 1
    _claim(jobs)
    submit(Load(1, 10**9))
    assert queue_of(jobs).load() == (1, 1500)


class Waiting(NamedTuple):
    """A queued job in the model."""

    tag: float
    number: int
    job_id: str
    priority: Priority
    owner: str
    work: float
    pixels: int


class Model:
    """The order in Python: fair queueing within a priority, MAX_PASSED among priorities."""

    def __init__(self) -> None:
        self.waiting: list[Waiting] = []
        self.time = dict.fromkeys(PRIORITIES, 0.0)
        self.finish: dict[tuple[Priority, str], float] = {}
        self.passed = dict.fromkeys(PRIORITIES, 0)
        self.number = 0
        self.started: set[str] = set()

    def add(self, job_id: str, priority: Priority, owner: str, work: float, pixels: int) -> None:
        tag = max(self.time[priority], self.finish.get((priority, owner), 0))
        self.finish[priority, owner] = tag + work
        self.number += 1
        self.waiting.append(Waiting(tag, self.number, job_id, priority, owner, work, pixels))

    def next(self, pixels: int) -> Waiting | None:
        fitting = sorted(job for job in self.waiting if job.pixels <= pixels)
        first = {job.priority: job for job in reversed(fitting)}
        if not first:
            return None
        ranked = [priority for priority in PRIORITIES if priority in first]
        due = [each for each in ranked if self.passed[each] >= MAX_PASSED.get(each, 10**9)]
        chosen = (due or ranked[:1])[-1]
        for priority in ranked[ranked.index(chosen) + 1 :]:
            self.passed[priority] += 1
        self.passed[chosen] = 0
        if first[chosen].job_id not in self.started:
            self._advance(first[chosen])
        self.started.add(first[chosen].job_id)
        self.waiting.remove(first[chosen])
        return first[chosen]

    def cancel(self, job: Waiting) -> None:
        self.waiting.remove(job)
        if job.job_id not in self.started and (job.priority, job.owner) in self.finish:
            self.finish[job.priority, job.owner] -= job.work

    def _advance(self, job: Waiting) -> None:
        owners = {each.owner for each in self.waiting if each.priority == job.priority}
        time = max(self.time[job.priority], job.tag) + job.work / (len(owners) + 1)
        self.time[job.priority] = time
        ended = [key for key, at in self.finish.items() if key[0] == job.priority and at <= time]
        for key in ended:
            del self.finish[key]


class QueueMachine(RuleBasedStateMachine):
    """Submits, claims, releases and cancels at random; the store must match the model."""

    url: str
    claims = Bundle("claims")

    @initialize()
    def begin(self) -> None:
        self.connection = connect(self.url)
        self.connection.flushdb()
        self.jobs, self.model = JobStore(self.connection), Model()
        self.known: dict[str, Waiting] = {}

    @rule(priority=priorities, owner=st.sampled_from("abc"), size=st.sampled_from([32, 64, 128]))
    def submit(self, priority: Priority, owner: str, size: int) -> None:
        job = self.jobs.get(queued(self.jobs, priority=priority, owner=owner, size=size))
        self.model.add(job.id, priority, owner, job.work, job.pixels)
        self.known[job.id] = self.model.waiting[-1]

    @rule(target=claims, pixels=st.sampled_from([2000, 10**9]))
    def claim(self, pixels: int) -> Claim | None:
        claim, expected = self.jobs.claim_next(someone(pixels), LEASE), self.model.next(pixels)
        assert (claim and claim.job_id) == (expected and expected.job_id)
        return claim

    @rule(claim=consumes(claims))
    def put_back(self, claim: Claim | None) -> None:
        if claim and self.jobs.get(claim.job_id).state == "running":
            self.jobs.release(claim, "for the test")
            self.model.waiting.append(self.known[claim.job_id])

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if self.model.waiting:
            job = data.draw(st.sampled_from(self.model.waiting))
            self.jobs.cancel(job.job_id)
            self.model.cancel(job)

    def teardown(self) -> None:
        if hasattr(self, "connection"):
            assert queue_of(self.jobs).load().jobs == len(self.model.waiting)
            assert len(queue_of(self.jobs).order()) == len(self.model.waiting)
            self.connection.close()


def test_the_queue_matches_the_model(redis_url: str) -> None:
    class Machine(QueueMachine):
        url = redis_url

    run_state_machine_as_test(
        Machine, settings=settings(max_examples=40, stateful_step_count=40, deadline=None)
    )
