"""What befell a job is told in whole sentences, and times as coarsely as they are known."""

from typing import get_args

import pytest

from shared.job import Fallback, JobState
from web.messages.job_log import CAUSES, REASONS, about, fallback, place, step


@pytest.mark.parametrize("reason", [None, *REASONS, "a reason of a newer worker"])
@pytest.mark.parametrize("state", JobState)
def test_every_step_of_a_job_makes_a_whole_sentence(state: JobState, reason: str | None) -> None:
    made = step({"state": state, "reason": reason, "attempt": 2, "worker": "w-1"})
    assert made[0].isupper()
    assert made.endswith(" (attempt 2).")
    assert REASONS.get(reason or "", reason or "") in made


def test_a_first_attempt_is_not_counted() -> None:
    started = {"state": "running", "reason": None, "attempt": 1, "worker": "w-1"}
    assert step(started) == "Started on w-1."


def test_every_cause_of_a_fallback_has_words() -> None:
    assert set(CAUSES) == set(get_args(Fallback.model_fields["cause"].annotation))


@pytest.mark.parametrize(("tile", "words"), [(256, "in tiles of 256 px"), (None, "in one piece")])
def test_a_fallback_makes_a_whole_sentence(tile: int | None, words: str) -> None:
    made = fallback({"tile": tile, "history": 3, "cause": "killed"})
    assert made.startswith(f"Went on {words}, with 3 steps")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "a moment"),
        (13.4, "about 13 s"),
        (42, "about 40 s"),
        (62, "about 1 min"),
        (100, "about 1 min 40 s"),
        (400, "about 7 min"),
        (7900, "about 2 h 12 min"),
    ],
)
def test_a_time_is_said_as_coarsely_as_it_is_known(seconds: float, said: str) -> None:
    assert about(seconds) == said


@pytest.mark.parametrize(
    ("position", "starts", "said"),
    [
        (3, 118.0, "Number 3 in the queue, starts in about 2 min."),
        (3, None, "Number 3 in the queue."),
        (None, None, ""),
    ],
)
def test_a_place_is_said_with_when_it_is_reached(
    position: int | None, starts: float | None, said: str
) -> None:
    assert place({"position": position, "starts_in_seconds": starts}) == said
