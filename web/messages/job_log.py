"""A job's story in English: where it stands, how long it takes, what befell it."""

from collections.abc import Mapping
from typing import Any

STEPS: dict[str, str] = {
    "queued": "Put into the queue",
    "running": "Started on {worker}",
    "succeeded": "Finished",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
RETURNS: dict[str, str] = {  # what a step is with a reason
    "queued": "Back in the queue",
    "running": "Goes on",
    "failed": "Given up",
}
REASONS: dict[str, str] = {
    "lapsed": "its worker was lost",
    "abandoned": "its worker had let go of it",
    "handed back": "its worker was told to stop",
    "taken up again": "its worker, believed lost, was there again",
    "retried": "tried again by hand",
    "killed": "its process was killed",
    "killed for its memory": "its process was killed for want of memory",
    "hung": "its worker gave no more signs of life",
    "store away": "its worker could not reach a store",
}
CAUSES: dict[str, str] = {
    "memory_error": "the memory ran out",
    "killed": "its process was killed for want of memory",
}


def place(job: Mapping[str, Any]) -> str:
    """Say where a queued job stands: `Number 3 in the queue, starts in about 2 min.`."""
    position, starts = job["position"], job["starts_in_seconds"]
    if position is None:  # it was started while it was read
        return ""
    when = "" if starts is None else f", starts in {about(starts)}"
    return f"Number {position} in the queue{when}."


def left(job: Mapping[str, Any]) -> str:
    """Say when a live job will be done: `about 40 s left`; nothing where nobody knows."""
    seconds = job["eta_seconds"]
    if seconds is None or job["state"] not in ("queued", "running"):
        return ""
    return f"done in {about(seconds)}" if job["state"] == "queued" else f"{about(seconds)} left"


def about(seconds: float) -> str:
    """Say how long that is, as coarsely as it is known: `about 40 s`, `about 2 min`."""
    if seconds < 1:
        return "a moment"
    step = 1 if seconds < 20 else 5 if seconds < 120 else 60
    whole = round(seconds / step) * step
    parts = {"h": whole // 3600, "min": whole // 60 % 60, "s": whole % 60}
    return "about " + " ".join(f"{count} {unit}" for unit, count in parts.items() if count)


def step(transition: Mapping[str, Any]) -> str:
    """Return the English sentence for a line of a job's log."""
    state, reason, attempt = (transition[name] for name in ("state", "reason", "attempt"))
    again = f" (attempt {attempt})" if attempt and (reason or attempt > 1) else ""
    if reason is None:
        return STEPS[state].format(worker=transition["worker"] or "a worker") + again + "."
    return f"{RETURNS.get(state, STEPS[state])}: {REASONS.get(reason, reason)}{again}."


def fallback(known: Mapping[str, Any]) -> str:
    """Return the English sentence for how the work went on with less memory."""
    tile, history, cause = (known[name] for name in ("tile", "history", "cause"))
    where = f"in tiles of {tile} px" if tile else "in one piece"
    why = CAUSES.get(cause, cause)
    return f"Went on {where}, with {history} steps of history, after {why}."
