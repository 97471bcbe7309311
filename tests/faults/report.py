"""The results of a run: a table by kind of fault, and the totals."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from tests.faults.evidence import Evidence, JobData
from tests.faults.fault import Fault
from tests.faults.oracle import Finding, Wrong

AFTERMATH = 15.0  # seconds after a fault for which findings are still attributed to it
NEVER = float("inf")


@dataclass(frozen=True)
class Row:
    """What faults of one kind did; `alone` has recoveries without any other fault.

    `back` is the median of the seconds until the job that was hit was in the queue again.
    """

    kind: str
    meaning: str
    count: int
    hits: int
    lost: int
    doubled: int
    measured: str
    median: float | None
    worst: float | None
    worst_alone: float | None
    back: float | None


@dataclass(frozen=True)
class Outcome:
    """The results of a whole run."""

    title: str
    seed: int
    jobs: int
    ends: dict[str, int]
    resumed: int | None  # pictures finished from a checkpoint; known only with the scripted engine
    seconds: float
    skipped: dict[str, str]
    rows: list[Row]
    findings: list[Finding]
    faults: list[dict[str, object]]

    def number(self, wrong: Wrong) -> int:
        """Return how many jobs (or files) have this finding."""
        return len({finding.about for finding in self.findings if finding.wrong == wrong})

    def as_json(self) -> dict[str, object]:
        """Return all of it, for a file."""
        return asdict(self) | {
            "lost": self.number(Wrong.LOST),
            "doubled": self.number(Wrong.DOUBLED),
        }


def rows(faults: Sequence[Fault], findings: Sequence[Finding], evidence: Evidence) -> list[Row]:
    """Return a row for each kind of the `faults`."""
    kinds = {type(fault): None for fault in faults}
    return [_row(kind, faults, findings, evidence) for kind in kinds]


def reported(faults: Sequence[Fault]) -> list[dict[str, object]]:
    """Return the details of each fault."""
    names = ("kind", "target", "at", "repaired_at", "hit", "took", "back")
    return [{name: getattr(fault, name) for name in names} for fault in faults]


def ends(evidence: Evidence) -> dict[str, int]:
    """Return how many jobs ended in each state."""
    return dict(Counter(_end(job_data) for job_data in evidence.jobs_data.values()).most_common())


def _end(job_data: JobData) -> str:
    job = job_data.record
    if job is None:
        return "no record"
    return f"{job.state} ({job.error.code})" if job.error else str(job.state)


def _row(
    kind: type[Fault], faults: Sequence[Fault], findings: Sequence[Finding], evidence: Evidence
) -> Row:
    ours = [fault for fault in faults if type(fault) is kind]
    took = sorted(fault.took for fault in ours if fault.took is not None)
    back = [fault.back for fault in ours if fault.back is not None]
    alone = [fault.took for fault in ours if fault.took is not None and _alone(fault, faults)]
    return Row(
        kind=kind.kind,
        meaning=kind.meaning,
        count=len(ours),
        hits=len(took),
        lost=_blamed(ours, findings, evidence, Wrong.LOST),
        doubled=_blamed(ours, findings, evidence, Wrong.DOUBLED),
        measured=kind.measured,
        median=statistics.median(took) if took else None,
        worst=took[-1] if took else None,
        worst_alone=max(alone) if alone else None,
        back=statistics.median(back) if back else None,
    )


def _blamed(
    faults: Sequence[Fault], findings: Sequence[Finding], evidence: Evidence, wrong: Wrong
) -> int:
    """Return how many jobs have this finding and existed during one of the faults."""
    lives = {
        finding.about: _life(evidence.jobs_data[finding.about])
        for finding in findings
        if finding.wrong == wrong and finding.about in evidence.jobs_data
    }
    return sum(
        any(fault.at <= end and start <= fault.repaired_at + AFTERMATH for fault in faults)
        for start, end in lives.values()
    )


def _life(job_data: JobData) -> tuple[float, float]:
    if not job_data.log:
        return 0.0, NEVER
    ended = job_data.record is not None and job_data.record.ended
    return job_data.log[0].at, job_data.log[-1].at if ended else NEVER


def _alone(fault: Fault, faults: Sequence[Fault]) -> bool:
    recovered = fault.repaired_at + (fault.took or 0.0)
    return not any(
        other is not fault
        and other.target
        and other.at <= recovered
        and fault.at <= other.repaired_at
        for other in faults
    )
