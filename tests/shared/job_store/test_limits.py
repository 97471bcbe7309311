"""A job's data in Redis is bounded, only holders release locks, and Lua has Python's limits."""

import re
from pathlib import Path

import pytest

import shared.job_store
from shared.job_store import JobStore, Locks
from shared.job_store.connection import Connection
from shared.job_store.keys import LIMITS, MAX_PASSED, PRIORITIES, Key
from tests.shared.job_store.transitions import claimed, queued, running, someone

LUA = Path(shared.job_store.__file__).parent / "lua"
SCRIPTS = sorted(path.name for path in LUA.glob("*.lua"))


def test_the_log_keeps_the_newest_two_hundred_lines(jobs: JobStore) -> None:
    job_id = queued(jobs)
    for _ in range(120):
        jobs.release(claimed(jobs), "for the test")
    log = jobs.get(job_id).log
    assert len(log) == 200
    assert (log[-1].state, log[-1].attempt) == ("queued", 120)
    assert (log[0].state, log[0].attempt) == ("running", 21)


def test_a_lock_is_released_only_by_its_holder(redis: Connection) -> None:
    locks = Locks(redis)
    with locks.hold("chore", seconds=30) as first:
        assert first
        redis.delete("gw:lock:chore")  # it expired
        with locks.hold("chore") as second:
            assert second
            with locks.hold("chore") as third:
                assert not third
            assert redis.exists("gw:lock:chore")
    assert not redis.exists("gw:lock:chore")


def test_a_late_release_keeps_the_lock_of_the_next_holder(redis: Connection) -> None:
    locks, late = Locks(redis), Locks(redis).hold("chore")
    assert late.__enter__()
    redis.delete("gw:lock:chore")  # it expired
    with locks.hold("chore") as held:
        assert held
        late.__exit__(None, None, None)
        with locks.hold("chore") as again:
            assert not again


def test_the_lock_of_a_dead_holder_expires(redis: Connection) -> None:
    with Locks(redis).hold("chore"):
        assert 29_000 < redis.pttl("gw:lock:chore") <= 30_000
    with Locks(redis).hold("chore", seconds=2.5):
        assert 2_000 < redis.pttl("gw:lock:chore") <= 2_500


def test_a_periodic_task_is_done_by_the_first_caller(redis: Connection) -> None:
    locks = Locks(redis)
    assert [locks.once_in("chore", 5) for _ in range(3)] == [True, False, False]
    assert 4_000 < redis.pttl("gw:done:chore") <= 5_000
    assert locks.once_in("other chore", 5)


def test_a_lease_expires_after_its_seconds(jobs: JobStore, redis: Connection) -> None:
    def seconds_left() -> float:
        return float(str(redis.zscore("gw:leases", claim.job_id))) / 1000 - redis.clock()

    claim = running(jobs, lease=30)
    assert seconds_left() == pytest.approx(30, abs=1)
    jobs.renew(claim)
    assert seconds_left() == pytest.approx(10, abs=1)
    jobs.renew(claim, 3)
    assert seconds_left() == pytest.approx(3, abs=1)


def test_the_answer_to_a_claim_is_kept_for_a_minute(jobs: JobStore, redis: Connection) -> None:
    queued(jobs)
    worker = someone()
    claimed(jobs, worker)
    assert 55 < redis.ttl(f"gw:claim:{worker.worker}") <= 60


def test_the_limits_are_as_documented() -> None:
    assert (LIMITS.lost_attempts, LIMITS.failed_jobs, LIMITS.avoid_ms) == (3, 3, 10_000)
    assert (LIMITS.suspension_ms, LIMITS.longest_suspension_ms) == (30_000, 600_000)
    assert PRIORITIES == ("high", "normal", "low")
    assert MAX_PASSED == {"normal": 4, "low": 16}


@pytest.mark.parametrize("path", sorted(LUA.rglob("*.lua")), ids=lambda path: path.name)
def test_no_script_defines_a_key_or_a_limit_again(path: Path) -> None:
    code = re.sub(r"--.*", "", path.read_text())
    assert not [key for key in Key if f"'{key}" in code]
    assert not [number for number in re.findall(r"(?<![\w.%])\d{2,}", code) if number != "1000"]
    used = {*re.findall(r"\bKEY\.(\w+)", code)}
    assert used <= {key.name for key in Key}
    assert {*re.findall(r"\bLIMIT\.(\w+)", code)} <= set(LIMITS.__dataclass_fields__)


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_documents_its_arguments_result_and_events(name: str) -> None:
    header = [line for line in (LUA / name).read_text().splitlines() if line.startswith("-- ")]
    for part in ("-- Arguments: ", "-- Result: ", "-- Events: "):
        assert [line for line in header if line.startswith(part)], f"{name} has no {part!r}"
