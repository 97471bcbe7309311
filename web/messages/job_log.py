"""The sentences of a job's log and of its fallbacks."""

from collections.abc import Mapping
from typing import Any

STATES: dict[str, str] = {
    "queued": "Queued",
    "running": "Started on {worker}",
    "succeeded": "Succeeded",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
STATES_WITH_REASON: dict[str, str] = {
    "queued": "Queued again",
    "running": "Continues",
    "failed": "Failed",
}
REASONS: dict[str, str] = {
    "lapsed": "its worker was lost",
    "abandoned": "its worker claimed another job",
    "error": "its worker had an unexpected error",
    "handed back": "its worker was stopped",
    "taken up again": "its worker is connected again",
    "retried": "it was retried",
    "paused": "it was paused",
    "resumed": "it was resumed",
    "stopped": "it was stopped early, with the pixels that it had",
    "killed": "its process was killed",
    "killed for its memory": "its process was killed because it ran out of memory",
    "hung": "its worker stopped making progress",
    "unreadable": "its worker could not read it",
    "store away": "its worker could not reach a store",
}
CAUSES: dict[str, str] = {
    "memory_error": "it ran out of memory",
    "killed": "its process was killed because it ran out of memory",
}


def transition_sentence(transition: Mapping[str, Any]) -> str:
    """Return the sentence for an entry of a job's log."""
    state, reason, attempt = (transition[name] for name in ("state", "reason", "attempt"))
    counted = f" (attempt {attempt})" if attempt and (reason or attempt > 1) else ""
    if reason is None:
        return STATES[state].format(worker=transition["worker"] or "a worker") + counted + "."
    is_paused = state == "queued" and reason == "paused"
    what = "Taken out of the queue" if is_paused else STATES_WITH_REASON.get(state, STATES[state])
    return f"{what}: {REASONS.get(reason, reason)}{counted}."


def fallback_sentence(fallback: Mapping[str, Any]) -> str:
    """Return the sentence for how a job continued with less memory."""
    tile, history, cause = (fallback[name] for name in ("tile", "history", "cause"))
    how = f"in tiles of {tile} px" if tile else "as a whole"
    why = CAUSES.get(cause, cause)
    return f"Continued {how}, with a history of {history} steps, because {why}."
