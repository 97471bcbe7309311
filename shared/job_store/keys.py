"""Where Redis keeps what, and the limits of the job store: one definition for Python and Lua."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from shared.job import Priority

PRIORITIES: tuple[Priority, ...] = ("high", "normal", "low")
PATIENCE: Mapping[Priority, int] = {"normal": 4, "low": 16}
"""How many jobs of higher priorities may start before one of this priority does."""


class Key(StrEnum):
    """Whole keys, and prefixes (with a colon at the end) that a job, worker or priority follows."""

    INDEX = "gw:jobs"  # sorted set: all jobs, by number
    SEQUENCE = "gw:sequence"  # the last job's number
    ENDED = "gw:ended"  # sorted set: ended jobs, by time in ms
    LEASES = "gw:leases"  # sorted set: running jobs, by the time in ms when their lease expires
    LOAD = "gw:load"  # hash: how many jobs are queued, and the bytes of their pictures
    PASSED = "gw:passed"  # hash: how often each priority was passed over
    VIRTUAL = "gw:virtual"  # hash: the virtual time of each priority
    RECONCILED = "gw:reconciled"  # when expired leases were last looked for, in ms
    WORKERS = "gw:workers"  # hash: worker to what it announced, as JSON
    SEEN = "gw:worker-names"  # sorted set: workers, by when they were last heard from, in s
    LARGEST = "gw:largest"  # sorted set: pixels that a worker took, by when it was heard from, in s
    DRAINING = "gw:draining"  # sorted set: workers that claim no more jobs, by until when, in s
    JOB = "gw:job:"  # hash: the record
    LOG = "gw:log:"  # list: its transitions, as JSON
    LOST = "gw:lost:"  # list: its attempts that were lost in a row, as JSON
    EVENTS = "gw:events:"  # stream: its events
    QUEUE = "gw:queue:"  # sorted set of a priority: queued jobs, by tag
    OWNERS = "gw:owners:"  # hash of a priority: owner to how many jobs are queued
    FINISH = "gw:finish:"  # sorted set of a priority: owners, by their next tag
    CLAIM = "gw:claim:"  # the answer to a worker's last claim, as JSON
    FAILURES = "gw:failures:"  # the attempts that a worker lost in a row, as JSON
    LOCK = "gw:lock:"  # who does what one process does at a time
    DONE = "gw:done:"  # what was done lately


@dataclass(frozen=True)
class Limits:
    """Numbers that the scripts go by; times are in the unit that the name says."""

    log_length: int = 200  # transitions that a job's log keeps
    stream_length: int = 64  # events, about
    stream_seconds: int = 3600  # after the job's end
    claim_answer_seconds: int = 60  # within which a claim that is sent again gets the same answer
    lost_attempts: int = 3  # in a row without a checkpoint; then the job fails
    avoid_ms: int = 10_000  # for which a worker leaves a job that failed on it to other workers
    failed_jobs: int = 3  # that a worker loses in a row before it is suspended
    suspension_ms: int = 30_000  # the first; each further one takes twice as long
    longest_suspension_ms: int = 600_000
    failures_seconds: int = 86_400  # for which a worker's lost attempts are remembered
    heard_seconds: int = 20  # since a worker's last heartbeat; then it does not count as online
    number_digits: int = 16  # before a job's id in the queue, so that equal tags go by number


LIMITS = Limits()


def job_key(job_id: str) -> str:
    """Return the key of a job's record."""
    return f"{Key.JOB}{job_id}"


def log_key(job_id: str) -> str:
    """Return the key of a job's log."""
    return f"{Key.LOG}{job_id}"


def stream_key(job_id: str) -> str:
    """Return the key of a job's events."""
    return f"{Key.EVENTS}{job_id}"


def queue_key(priority: Priority) -> str:
    """Return the key of the queue of a priority."""
    return f"{Key.QUEUE}{priority}"


def queue_member(number: int, job_id: str) -> str:
    """Return how a job is named in its queue."""
    return f"{number:0{LIMITS.number_digits}d}{job_id}"


def job_of_member(member: str) -> str:
    """Return the id of the job that a queue's member names."""
    return member[LIMITS.number_digits :]


def lua_constants() -> str:
    """Return these definitions as Lua: the tables KEY, LIMIT, PRIORITIES and PATIENCE."""
    keys = ", ".join(f"{key.name} = '{key.value}'" for key in Key)
    limits = ", ".join(f"{name} = {value}" for name, value in asdict(LIMITS).items())
    priorities = ", ".join(f"'{priority}'" for priority in PRIORITIES)
    patience = ", ".join(f"{priority} = {jobs}" for priority, jobs in PATIENCE.items())
    return (
        f"local KEY = {{ {keys} }}\n"
        f"local LIMIT = {{ {limits} }}\n"
        f"local PRIORITIES = {{ {priorities} }}\n"
        f"local PATIENCE = {{ {patience} }}\n"
    )
