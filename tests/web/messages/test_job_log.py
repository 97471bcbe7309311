"""A job's log and fallbacks are whole sentences."""

from typing import get_args

import pytest

from shared.job import Fallback, JobState
from web.messages.job_log import CAUSES, REASONS, fallback_sentence, transition_sentence


@pytest.mark.parametrize("reason", [None, *REASONS, "a reason of a newer worker"])
@pytest.mark.parametrize("state", JobState)
def test_every_step_of_a_job_makes_a_whole_sentence(state: JobState, reason: str | None) -> None:
    made = transition_sentence({"state": state, "reason": reason, "attempt": 2, "worker": "w-1"})
    assert made[0].isupper()
    assert made.endswith(" (attempt 2).")
    assert REASONS.get(reason or "", reason or "") in made


def test_a_first_attempt_is_not_counted() -> None:
    started = {"state": "running", "reason": None, "attempt": 1, "worker": "w-1"}
    assert transition_sentence(started) == "Started on w-1."


def test_every_cause_of_a_fallback_has_words() -> None:
    assert set(CAUSES) == set(get_args(Fallback.model_fields["cause"].annotation))


@pytest.mark.parametrize(("tile", "words"), [(256, "in tiles of 256 px"), (None, "as a whole")])
def test_a_fallback_makes_a_whole_sentence(tile: int | None, words: str) -> None:
    made = fallback_sentence({"tile": tile, "history": 3, "cause": "killed"})
    assert made.startswith(f"Continued {words}, with a history of 3 steps")
