"""A worker's speed is measured over its last jobs, without the first of a process."""

from worker.job.throughput import JobTiming, Throughput


def test_the_speed_is_unknown_before_the_first_job() -> None:
    throughput = Throughput()
    assert throughput.estimate() is None


def test_the_first_job_counts_until_there_is_a_second() -> None:
    throughput = Throughput()
    throughput.add(JobTiming(work=100.0, painting=10.0, overhead=3.0))
    assert throughput.estimate() == (10.0, 3.0)
    throughput.add(JobTiming(work=100.0, painting=1.0, overhead=1.0))
    assert throughput.estimate() == (100.0, 1.0)


def test_what_an_earlier_process_measured_counts_until_the_second_job() -> None:
    """The first job traces the network, so it says less than an earlier process."""
    throughput = Throughput()
    throughput.expect((50.0, 0.5))
    assert throughput.estimate() == (50.0, 0.5)
    throughput.add(JobTiming(work=100.0, painting=10.0, overhead=3.0))
    assert throughput.estimate() == (50.0, 0.5)
    throughput.add(JobTiming(work=100.0, painting=1.0, overhead=1.0))
    assert throughput.estimate() == (100.0, 1.0)


def test_the_slower_half_is_ignored_and_long_jobs_count_more() -> None:
    throughput = Throughput()
    jobs = (
        (1.0, 1.0, 9.0),
        (10.0, 10.0, 0.5),
        (990.0, 98.0, 1.0),
        (10.0, 2.0, 1.5),
        (1.0, 0.9, 2.0),
    )
    for work, painting, overhead in jobs:
        throughput.add(JobTiming(work, painting, overhead))
    assert throughput.estimate() == (10.0, 1.25)


def test_old_jobs_no_longer_count() -> None:
    throughput = Throughput()
    for _ in range(5):
        throughput.add(JobTiming(1.0, 100.0, 100.0))
    for _ in range(9):
        throughput.add(JobTiming(10.0, 1.0, 1.0))
    assert throughput.estimate() == (10.0, 1.0)
