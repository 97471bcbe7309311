"""The sentences of a job's log and of its fallbacks."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from web.messages.languages import current_language, gettext_noop, speaking
from web.messages.sentences import Choice, Plural, Sentence, say, texts

STATES: dict[str, Sentence] = {
    "queued": "Queued.",
    "running": Choice("worker", {"None": "Started on a worker."}, "Started on {worker}."),
    "succeeded": "Succeeded.",
    "failed": "Failed.",
    "cancelled": "Cancelled.",
}
AGAIN: dict[str, Sentence] = {  # in another attempt
    "queued": "Queued (attempt {attempt}).",
    "running": Choice(
        "worker",
        {"None": "Started on a worker (attempt {attempt})."},
        "Started on {worker} (attempt {attempt}).",
    ),
    "succeeded": "Succeeded (attempt {attempt}).",
    "failed": "Failed (attempt {attempt}).",
    "cancelled": "Cancelled (attempt {attempt}).",
}
WITH_REASON: dict[str, Sentence] = {
    "paused": "Taken out of the queue: {reason}.",
    "queued": "Queued again: {reason}.",
    "running": "Continues: {reason}.",
    "succeeded": "Succeeded: {reason}.",
    "failed": "Failed: {reason}.",
    "cancelled": "Cancelled: {reason}.",
}
AGAIN_WITH_REASON: dict[str, Sentence] = {
    "paused": "Taken out of the queue: {reason} (attempt {attempt}).",
    "queued": "Queued again: {reason} (attempt {attempt}).",
    "running": "Continues: {reason} (attempt {attempt}).",
    "succeeded": "Succeeded: {reason} (attempt {attempt}).",
    "failed": "Failed: {reason} (attempt {attempt}).",
    "cancelled": "Cancelled: {reason} (attempt {attempt}).",
}
REASONS: dict[str, str] = {
    "lapsed": gettext_noop("its worker was lost"),
    "abandoned": gettext_noop("its worker claimed another job"),
    "error": gettext_noop("its worker had an unexpected error"),
    "handed back": gettext_noop("its worker was stopped"),
    "taken up again": gettext_noop("its worker is connected again"),
    "retried": gettext_noop("it was retried"),
    "paused": gettext_noop("it was paused"),
    "resumed": gettext_noop("it was resumed"),
    "stopped": gettext_noop("it was stopped early, with the pixels that it had"),
    "killed": gettext_noop("its process was killed"),
    "killed for its memory": gettext_noop("its process was killed because it ran out of memory"),
    "hung": gettext_noop("its worker stopped making progress"),
    "unreadable": gettext_noop("its worker could not read it"),
    "store away": gettext_noop("its worker could not reach a store"),
}
LOST: dict[str, Sentence] = {  # an attempt, of those after which a job failed
    "evaluation": "in attempt {attempt}, {reason} at evaluation {evaluation}, after {seconds} s",
    "start": "in attempt {attempt}, {reason}, after {seconds} s",
}
CAUSES: dict[str, str] = {
    "memory_error": gettext_noop("it ran out of memory"),
    "killed": gettext_noop("its process was killed because it ran out of memory"),
}
FALLBACKS: dict[bool, Plural] = {  # by whether there are tiles
    True: Plural(
        "Continued in tiles of {tile} px, with a history of {history} step, because {why}.",
        "Continued in tiles of {tile} px, with a history of {history} steps, because {why}.",
        by="history",
    ),
    False: Plural(
        "Continued as a whole, with a history of {history} step, because {why}.",
        "Continued as a whole, with a history of {history} steps, because {why}.",
        by="history",
    ),
}
_NAMES = ("state", "reason", "attempt", "worker")


def log_texts() -> Iterator[str | tuple[str, str]]:
    """Return all texts of these tables that can be translated."""
    for table in (STATES, AGAIN, WITH_REASON, AGAIN_WITH_REASON, LOST, FALLBACKS):
        for sentence in table.values():
            yield from texts(sentence)


def transition_sentence(transition: Mapping[str, Any], language: str | None = None) -> str:
    """Return the sentence for an entry of a job's log.

    Args:
        transition: the entry.
        language: that of the request, by default; for several entries it is looked up once.
    """
    state, reason, attempt, worker = (transition[name] for name in _NAMES)
    return _sentence(language or current_language(), state, reason, attempt, worker)


@lru_cache(maxsize=4096)  # a job that is watched is shown again and again
def _sentence(
    language: str, state: str, reason: str | None, attempt: int | None, worker: str | None
) -> str:
    words = {"attempt": attempt, "worker": worker}
    with speaking(language):
        if reason is None:
            return say((AGAIN if attempt and attempt > 1 else STATES)[state], words)
        what = "paused" if state == "queued" and reason == "paused" else state
        sentences = AGAIN_WITH_REASON if attempt else WITH_REASON
        return say(sentences[what], {**words, "reason": reason_name(reason)})


def reason_name(reason: str) -> str:
    """Return a reason in words."""
    return say(REASONS[reason], {}) if reason in REASONS else reason


def fallback_sentence(fallback: Mapping[str, Any]) -> str:
    """Return the sentence for how a job continued with less memory."""
    cause = fallback["cause"]
    why = say(CAUSES[cause], {}) if cause in CAUSES else cause
    return say(FALLBACKS[bool(fallback["tile"])], {**fallback, "why": why})
