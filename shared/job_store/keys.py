"""Where Redis holds what; `lua/common/1_keys.lua` says the same for the scripts."""

from shared.job import Priority

INDEX = "gw:jobs"  # all jobs, by number
ENDED = "gw:ended"  # by when
LEASES = "gw:leases"  # running jobs, by when their lease lapses
LOAD = "gw:load"  # how many jobs wait, and the bytes of their pictures
PASSED = "gw:passed"  # how often each priority has been passed over
DRAINING = "gw:draining"  # workers that take no more jobs, by until when


def job_key(job_id: str) -> str:
    """Return where the record of a job is."""
    return f"gw:job:{job_id}"


def log_key(job_id: str) -> str:
    """Return where its transitions are."""
    return f"gw:log:{job_id}"


def stream_key(job_id: str) -> str:
    """Return where its events are."""
    return f"gw:events:{job_id}"


def queue_key(priority: Priority) -> str:
    """Return where the waiting jobs of a priority are, by their tags."""
    return f"gw:queue:{priority}"


def lock_key(what: str) -> str:
    """Return where it says who is at something that one does at a time."""
    return f"gw:lock:{what}"


def done_key(what: str) -> str:
    """Return where it says that something was done lately."""
    return f"gw:done:{what}"
