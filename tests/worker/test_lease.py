"""A lease is kept for as long as its work may take, and no longer."""

import pytest

from worker.lease import PATIENCE, PATIENCE_PER_PIXEL, Lease


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("worker.lease.time.monotonic", lambda: now[0])
    return now


def hopeful_after(lease: Lease, clock: list[float], seconds: float) -> bool:
    clock[0] += seconds
    return lease.hopeful


def test_work_that_gives_no_sign_loses_its_lease(clock: list[float]) -> None:
    lease = Lease()
    assert hopeful_after(lease, clock, PATIENCE - 1)
    assert not hopeful_after(lease, clock, 2)
    lease.sign_of_life()
    assert hopeful_after(lease, clock, 0)


def test_a_large_result_may_be_silent_for_longer(clock: list[float]) -> None:
    lease = Lease()
    lease.allow_for(13_000_000)
    assert hopeful_after(lease, clock, PATIENCE + 13_000_000 * PATIENCE_PER_PIXEL - 1)
    assert not hopeful_after(lease, clock, 2)
