"""A job: its record, its states with the legal transitions, and its options."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.settings import StyleSettings


class JobState(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED}),
    JobState.RUNNING: frozenset(
        # back to the queue when its worker was lost, to failed when that happened too often
        {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED, JobState.QUEUED}
    ),
    JobState.SUCCEEDED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}
ENDED = frozenset(state for state, following in TRANSITIONS.items() if not following)


class JobOptions(BaseModel):
    """How a job is to be handled; nothing here changes the picture."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )

    priority: Literal["high", "normal", "low"] = "normal"
    """Jobs of a higher priority are started first."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class InputImage(_Record):
    """One picture a job works from, as the image store holds it."""

    key: str
    width: int
    height: int


class JobInputs(_Record):
    """The pictures a job works from."""

    content: InputImage
    styles: list[InputImage]


class Losses(_Record):
    """The weighted parts of the loss and their sum."""

    total: float
    style: float
    content: float
    tv: float


class JobProgress(_Record):
    """How far a running job is; `fraction` of the work, which coarse levels do cheaply.

    `history` is how many pairs L-BFGS remembers, `tile` the side in pixels of the tiles that the
    image is evaluated in, null where it is whole: both follow from the worker's memory.
    """

    evaluation: int
    evaluations: int
    level: int
    levels: int
    fraction: Annotated[float, Field(ge=0, le=1)]
    loss: Losses
    history: int
    tile: int | None


class JobFault(_Record):
    """Why a job failed: a code of `shared.errors` and its parameters."""

    code: str
    parameters: dict[str, Any] = {}


class Job(_Record):
    """A job's record. `position` is 1 for the job that is started next, None unless queued."""

    id: str
    state: JobState
    attempt: int
    pixels: int
    settings: StyleSettings
    options: JobOptions
    inputs: JobInputs
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    position: int | None = None
    progress: JobProgress | None = None
    eta_seconds: float | None = None
    preview: str | None = None
    result: str | None = None
    error: JobFault | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to the job."""
        return self.state in ENDED
