"""The job store's keys and limits: one definition for Python and Lua."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from shared.job import Priority

PRIORITIES: tuple[Priority, ...] = ("high", "normal", "low")
MAX_PASSED: Mapping[Priority, int] = {"normal": 4, "low": 16}
"""How many jobs of higher priorities may start before one of this priority does."""


class Key(StrEnum):
    """Whole keys, and prefixes (with a colon at the end) of the keys of jobs, workers and so on."""

    INDEX = "gw:jobs"  # sorted set: all jobs, by number
    SEQUENCE = "gw:sequence"  # the number of the last job, or of the last deletion
    ENDED = "gw:ended"  # sorted set: ended jobs, by time in ms
    TRASH = "gw:trash"  # sorted set: jobs in the trash, by the number of their deletion
    PIXELS = "gw:pixels"  # sorted set: jobs whose float pixels are kept, by their end in ms
    LEASES = "gw:leases"  # sorted set: running jobs, by the time in ms when their lease expires
    LOAD = "gw:load"  # hash: how many jobs are queued, and the bytes of their pictures
    INDEXED = "gw:indexed"  # hash: how many queued jobs of each priority are indexed by size
    FORECAST = "gw:forecast"  # when jobs start by their position, as JSON; kept by maintenance
    PASSED = "gw:passed"  # hash: how often each priority was passed over
    VIRTUAL = "gw:virtual"  # hash: the virtual time of each priority
    RECONCILED = "gw:reconciled"  # the time in ms of the last search for expired leases
    WORKERS = "gw:workers"  # hash: worker to its announcement, as JSON
    SEEN = "gw:worker-names"  # sorted set: workers, by the time in s of their last heartbeat
    LARGEST = "gw:largest"  # sorted set: workers' largest results in pixels, by the time in s
    SINCE = "gw:worker-since"  # sorted set: workers, by the time in s when they started
    DRAINING = "gw:draining"  # sorted set: draining workers, by the time in s when draining ends
    JOB = "gw:job:"  # hash: the job's record
    LOG = "gw:log:"  # list: the job's transitions, as JSON
    LOST = "gw:lost:"  # list: the job's attempts that were lost in a row, as JSON
    EVENTS = "gw:events:"  # stream: the job's events
    LOSSES = "gw:losses:"  # list: the job's losses at up to a hundred evaluations, as JSON
    QUEUE = "gw:queue:"  # sorted set: a priority's queued jobs, by tag
    SIZE = "gw:size:"  # sorted set: a priority's queued jobs of one size, by tag
    SIZES = "gw:sizes:"  # sorted set: the first queued job of each size of a priority, by tag
    OWNERS = "gw:owners:"  # hash: a priority's owners to how many jobs they have queued
    OWN = "gw:own:"  # sorted set: a priority's queued jobs of one owner, by tag
    FINISH = "gw:finish:"  # sorted set: a priority's owners, by their next tag
    CLAIM = "gw:claim:"  # the answer to the worker's last claim, as JSON
    FAILURES = "gw:failures:"  # the attempts that the worker lost in a row, as JSON
    REQUEST = "gw:request:"  # the job that a request with an Idempotency-Key made, as JSON
    IMAGES = "gw:images"  # sorted set: uploaded images as owner:hash, by the time in ms of last use
    IMAGE = "gw:image:"  # an uploaded image's record, as JSON, by its owner and hash
    OWNED = "gw:owned:"  # sorted set: an owner's jobs, by number
    OWNED_TRASH = "gw:trash:"  # sorted set: an owner's jobs in the trash, like TRASH
    LIVE = "gw:live:"  # set: an owner's jobs that are queued or running
    KEPT = "gw:kept"  # hash: owner to the bytes that the owner's jobs keep
    PLANNED = "gw:planned"  # hash: owner to how many jobs of accepted batches have no record yet
    BATCHES = "gw:batches"  # sorted set: all batches, by number
    OWNED_BATCHES = "gw:owned-batches:"  # sorted set: an owner's batches, by number
    BATCH = "gw:batch:"  # hash: the batch's record
    BATCH_JOBS = "gw:batch-jobs:"  # list: the ids of the batch's jobs
    PLAN = "gw:plan:"  # list: the batch's jobs that have no record yet, as JSON
    PLANS = "gw:plans"  # set: the batches that have such jobs
    SHARE = "gw:share:"  # the job that a share link shows, by the hash of the link's secret
    WEBHOOKS = "gw:webhooks:"  # sorted set: an owner's webhooks, by the time in ms of their making
    WEBHOOK = "gw:webhook:"  # hash: the webhook's record, with its secret
    PENDING = "gw:pending:"  # sorted set: a webhook's deliveries, by the time in ms of the next try
    DUE = "gw:due:"  # sorted set: `working` or `unproven` webhooks, by when their next one is due
    DELIVERY = "gw:delivery:"  # hash: what is to be sent, and the attempts as JSON
    DELIVERIES = "gw:deliveries:"  # list: the newest deliveries of a job or a webhook
    TOKENS = "gw:tokens"  # sorted set: ids of tokens, by the time in s when they were made
    TOKEN = "gw:token:"  # noqa: S105 - a key's prefix; hash: the token's record
    SESSION = "gw:session:"  # the token that a browser signed in with, by the hash of its cookie
    SIGN_IN = "gw:sign-in:"  # the token that a sign-in link signs in with, by the hash of its code
    LOCK = "gw:lock:"  # the token of the process that holds the lock
    DONE = "gw:done:"  # set for a while after a periodic task was done


@dataclass(frozen=True)
class Limits:
    """The numbers that the scripts use; the names say the unit."""

    log_length: int = 200  # entries that a job's log keeps
    stream_length: int = 64  # events that a job's stream keeps, approximately
    stream_seconds: int = 3600  # for which stream and losses are kept after the job's end
    loss_samples: int = 100  # evaluations of a job of which the losses are kept
    deleted_stream_seconds: int = 10  # for which the stream is kept after the record was deleted
    claim_answer_seconds: int = 60  # within which a repeated claim gets the same answer
    lost_attempts: int = 3  # in a row without a checkpoint, after which the job fails
    avoid_ms: int = 10_000  # for which a worker leaves a job that failed on it to other workers
    failed_jobs: int = 3  # in a row that a worker loses before it is suspended
    suspension_ms: int = 30_000  # the first suspension; each further one takes twice as long
    longest_suspension_ms: int = 600_000
    failures_seconds: int = 86_400  # for which a worker's lost attempts are remembered
    heard_seconds: int = 20  # after its last heartbeat, a worker no longer counts as online
    chunk: int = 100  # members of a queue that a script reads at a time
    passed_jobs: int = 100  # of its owner, that a job which moves to the front passes one by one
    request_seconds: int = 86_400  # for which an Idempotency-Key is remembered
    webhooks: int = 10  # of an owner
    pending_deliveries: int = 5000  # of a webhook; the oldest fails if there are more
    deliveries: int = 50  # that a job's or a webhook's list keeps
    delivery_digits: int = 32  # of a delivery's id, after its prefix
    delivery_seconds: int = 604_800  # for which a delivery is kept; longer than it is attempted
    kept_bytes_a_pixel: int = 10  # float pixels 6.2, a PNG up to 3, a preview
    number_digits: int = 16  # of a job's number before its id, so that equal tags sort by number


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


def losses_key(job_id: str) -> str:
    """Return the key of a job's losses."""
    return f"{Key.LOSSES}{job_id}"


def request_key(name: str) -> str:
    """Return the key of what a request made."""
    return f"{Key.REQUEST}{name}"


def queue_key(priority: Priority) -> str:
    """Return the key of the queue of a priority."""
    return f"{Key.QUEUE}{priority}"


def job_of_member(member: str) -> str:
    """Return the id of the job that a queue's member stands for."""
    return member[LIMITS.number_digits :]


def lua_constants() -> str:
    """Return these definitions as Lua: the tables KEY, LIMIT, PRIORITIES and MAX_PASSED."""
    keys = ", ".join(f"{key.name} = '{key.value}'" for key in Key)
    limits = ", ".join(f"{name} = {value}" for name, value in asdict(LIMITS).items())
    priorities = ", ".join(f"'{priority}'" for priority in PRIORITIES)
    max_passed = ", ".join(f"{priority} = {jobs}" for priority, jobs in MAX_PASSED.items())
    return (
        f"local KEY = {{ {keys} }}\n"
        f"local LIMIT = {{ {limits} }}\n"
        f"local PRIORITIES = {{ {priorities} }}\n"
        f"local MAX_PASSED = {{ {max_passed} }}\n"
    )
