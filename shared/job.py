"""A job: its record, its states with the legal transitions, and its options."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.settings import OF_REQUESTS, StyleSettings


class JobState(StrEnum):
    """The states of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED}),
    JobState.RUNNING: frozenset(
        # queued again when an attempt was lost or released
        {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED, JobState.QUEUED}
    ),
    JobState.SUCCEEDED: frozenset(),
    JobState.FAILED: frozenset({JobState.QUEUED}),  # by a retry
    JobState.CANCELLED: frozenset(),
}
ENDED = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})


Priority = Literal["high", "normal", "low"]
Pending = Literal["pause", "stop"]
"""What a user wants of the attempt that runs a job: it ends with a checkpoint, or with a result."""


class JobOptions(BaseModel):
    """How a job is handled; nothing here changes what is painted."""

    model_config = OF_REQUESTS

    priority: Priority = "normal"
    """Jobs of a higher priority start first, except that one in five is of a lower priority if any
    is queued."""

    provenance: bool = True
    """Whether the result's file says how it was made: settings, losses, version, and hashes of the
    pictures and weights. It never holds file names."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class InputImage(_Record):
    """An input picture in the object store.

    `width` and `height` are of the upright picture; `orientation` is EXIF's, of the stored one.
    `convert_to` names the colours that a worker converts it to: sRGB, or those of the content
    image; None if it is stored as it is painted. `sha256` is of the file as it was uploaded.
    """

    key: str
    width: int
    height: int
    bytes: int
    sha256: str | None = None
    orientation: Annotated[int, Field(ge=1, le=8)] = 1
    convert_to: Literal["srgb", "content"] | None = None


class JobInputs(_Record):
    """The input pictures of a job; `init` is the one to start from, if the user sent one."""

    content: InputImage
    styles: list[InputImage]
    init: InputImage | None = None

    @property
    def all(self) -> list[InputImage]:
        """All of them: the content, the styles, and `init` if there is one."""
        return [self.content, *self.styles, *([self.init] if self.init else [])]


class JobProgress(_Record):
    """How far a running job is. `fraction` is of the work; coarse levels are a small part of it.

    `loss` maps each term of the loss to its weighted value, and `total` to their sum. `history` is
    how many pairs L-BFGS remembers. `tile` is the side in pixels of the tiles in which the image is
    evaluated, or None without tiles. Both depend on the worker's memory.
    """

    evaluation: int
    evaluations: int
    level: int
    levels: int
    fraction: Annotated[float, Field(ge=0, le=1)]
    loss: dict[str, float]
    history: int
    tile: int | None


class Transition(_Record):
    """One entry of a job's log: its new state, when, in which attempt, and why.

    docs/reliability.md lists the reasons; in a normal run there is none.
    """

    state: JobState
    at: datetime
    attempt: int
    worker: str | None = None
    reason: str | None = None


class Fallback(_Record):
    """How a job continued with less memory after it ran out, in `attempt` at `evaluation`.

    `fallback_step` counts the steps so far. `cause` is `memory_error` if the process got an error,
    `killed` if the kernel ended it.
    """

    attempt: int
    evaluation: int
    fallback_step: int
    cause: Literal["memory_error", "killed"]
    history: int
    tile: int | None


class JobFault(_Record):
    """Why a job failed: a code of `shared.errors` and its parameters."""

    code: str
    parameters: dict[str, Any] = {}


class Job(_Record):
    """A job's record.

    `position` is 1 for the job that starts next, None unless queued. `pixels` is the result's
    size; `work` is the cost of all evaluations (`Level.work`). The next attempt starts at
    `fallback_step`, which is above 0 if earlier ones ran out of memory. `float_pixels` is the key
    of what the result can be rendered from again (`shared.kept_pixels`), while that is kept.
    `shared` says whether the job has a share link. A job that `is_paused` is queued without a
    position; `pending` is what was asked of a running one. `stopped_after` is how many evaluations
    a job made that was ended early by its user.
    `shared` says whether the job has a share link. `deleted_at` is None unless the job is in the
    trash.
    """

    id: str
    state: JobState
    attempt: int
    pixels: int
    work: float
    owner: str
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
    float_pixels: str | None = None
    checkpoint: str | None = None
    fallback_step: int = 0
    fallbacks: list[Fallback] = []
    worker: str | None = None
    shared: bool = False
    is_paused: bool = False
    pending: Pending | None = None
    stopped_after: int | None = None
    held_since: datetime | None = None
    deleted_at: datetime | None = None
    error: JobFault | None = None
    log: list[Transition] = []

    @property
    def result_shape(self) -> tuple[int, int]:
        """Rows and columns of the result."""
        return self.settings.result_shape(self.inputs.content.width, self.inputs.content.height)

    @property
    def files(self) -> set[str]:
        """The keys of all objects that belong to the job."""
        inputs = {image.key for image in self.inputs.all}
        outputs = (self.preview, self.result, self.float_pixels, self.checkpoint)
        return inputs | {key for key in outputs if key}

    @property
    def ended(self) -> bool:
        """Whether the job has ended."""
        return self.state in ENDED
