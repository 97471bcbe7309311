"""Progress is reported while the stores answer; those that do not are tried rarely."""

import time
from itertools import count
from typing import Any, ClassVar

import pytest

from shared.errors import StoreUnavailable
from shared.job_store import JobStore
from shared.kept_pixels import Photograph
from shared.object_store import ObjectStore
from tests.worker.job.scripted import PICTURE, claimed, progress
from worker.job.lease import Lease
from worker.job.progress_reporter import ProgressReporter


class Away(JobStore):
    """Accepts no report."""

    tries: ClassVar[list[float]] = []

    def report(self, *_: Any) -> None:
        self.tries.append(time.monotonic())
        raise StoreUnavailable(store="redis", reason="unplugged")


def report_for(seconds: float, reporter: ProgressReporter) -> None:
    end, evaluations = time.monotonic() + seconds, count(1)
    while time.monotonic() < end:
        reporter.report(progress(next(evaluations), 10_000))
        time.sleep(0.01)


def test_an_unavailable_store_is_tried_again_after_two_seconds(
    jobs: JobStore, objects: ObjectStore
) -> None:
    claim = claimed(jobs, objects)
    away = Away(jobs._connection)
    reporter = ProgressReporter(
        Lease(claim), away, objects, jobs.get(claim.job_id), Photograph(PICTURE)
    )
    report_for(3.2, reporter)
    first, second = away.tries
    assert second - first >= 2


@pytest.mark.parametrize(("known", "expected"), [(None, None), (1000.0, 1.0)])
def test_the_first_estimate_uses_the_worker_s_speed_if_it_is_known(
    jobs: JobStore, objects: ObjectStore, known: float | None, expected: float | None
) -> None:
    claim = claimed(jobs, objects)
    job = jobs.get(claim.job_id).model_copy(update={"work": 2000.0})
    reporter = ProgressReporter(Lease(claim), jobs, objects, job, Photograph(PICTURE), known)
    reporter.report(progress(5, 10))
    assert jobs.get(claim.job_id).eta_seconds == expected
