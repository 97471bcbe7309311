"""The gallery's list: jobs that match a filter, newest first, at a cost that has a bound.

A page is found by scanning the owner's records from a place on. A request scans a fixed number of
them; if it has not found a whole page then, the answer says where to go on.
"""

from collections.abc import Callable, Iterable
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticKnownError

from shared.job import Job, JobState
from shared.job_store import Page, UnreadableJob
from shared.settings import OF_REQUESTS, PRESETS, closest_preset
from web.identity.load_job import list_newer, list_older

PAGE = 24
SCANNED = 240  # records that a request reads for a page
PART = 60  # that are read together, if only some of them match
RECENT = 48  # jobs whose style images are offered as filters
STYLES = 12  # style images that are offered
STATES: dict[str, frozenset[JobState]] = {
    "succeeded": frozenset({JobState.SUCCEEDED}),
    "live": frozenset({JobState.QUEUED, JobState.RUNNING}),
    "failed": frozenset({JobState.FAILED}),
    "cancelled": frozenset({JobState.CANCELLED}),
}
Listed = Job | UnreadableJob
Place = Annotated[str, Field(pattern=r"^[0-9]{1,19}$")]


def _known_preset(name: str) -> str:
    if name not in PRESETS:
        raise PydanticKnownError("literal_error", {"expected": " or ".join(PRESETS)})
    return name


class Filter(BaseModel):
    """Which jobs the gallery shows."""

    model_config = OF_REQUESTS

    state: Literal["succeeded", "live", "failed", "cancelled"] | None = None
    """Only jobs in this state; `live` are those that are queued or running."""

    preset: Annotated[str, AfterValidator(_known_preset)] | None = None
    """Only jobs whose settings are closest to this preset."""

    style: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    """Only jobs with the style image that has this SHA-256."""

    whose: Literal["mine", "all"] = "mine"
    """`all` are everybody's, for an operator."""

    @property
    def chooses(self) -> bool:
        """Whether some jobs may be left out."""
        return bool(self.state or self.preset or self.style)

    def matches(self, job: Listed) -> bool:
        """Return whether a job is shown; an unreadable one is only without a choice."""
        if isinstance(job, UnreadableJob):
            return not self.chooses
        return (
            (self.state is None or job.state in STATES[self.state])
            and (self.style is None or self.style in {each.sha256 for each in job.inputs.styles})
            and (self.preset is None or closest_preset(job.settings).name == self.preset)
        )


class View(NamedTuple):
    """A page of the gallery.

    `newer` and `older` are the places where the pages before and after it begin, None at an end.
    `is_unfinished` says that the scan ended before the page was full.
    """

    jobs: list[Listed]
    newer: str | None
    older: str | None
    is_unfinished: bool


class _Scan(NamedTuple):
    jobs: list[Listed]
    numbers: dict[str, int]
    end: str | None  # where to go on; None at the end
    is_unfinished: bool


def older_than(wanted: Filter, before: str | None) -> View:
    """Return the page of jobs that were submitted before the place `before`; None is the newest."""
    of_everybody = wanted.whose == "all"
    scan = _scan(wanted, before, lambda limit, at: list_older(limit, at, of_everybody=of_everybody))
    newer = str(scan.numbers[scan.jobs[0].id]) if scan.jobs else before
    return View(scan.jobs, newer if before else None, scan.end, scan.is_unfinished)


def newer_than(wanted: Filter, after: str) -> View:
    """Return the page of jobs that were submitted after `after`, or the newest page."""
    of_everybody = wanted.whose == "all"
    scan = _scan(
        wanted, after, lambda limit, at: list_newer(limit, at or "0", of_everybody=of_everybody)
    )
    if scan.end is None:
        return older_than(wanted, None)
    jobs = scan.jobs[::-1]
    older = str(scan.numbers[jobs[-1].id]) if jobs else after
    return View(jobs, scan.end, older, scan.is_unfinished)


def recent_styles(wanted: Filter) -> dict[str, tuple[str, int]]:
    """Return the style images of the newest jobs, by SHA-256: a job that has it, and its number."""
    page = list_older(RECENT, None, of_everybody=wanted.whose == "all")
    found: dict[str, tuple[str, int]] = {}
    for job, number, sha256 in _styles(page.jobs):
        if len(found) < STYLES:
            found.setdefault(sha256, (job.id, number))
    return found


def find_style(jobs: Iterable[Listed], wanted: str) -> tuple[str, int] | None:
    """Return a job with a style image, and the image's number in it."""
    return next(((job.id, number) for job, number, each in _styles(jobs) if each == wanted), None)


def _styles(jobs: Iterable[Listed]) -> Iterable[tuple[Job, int, str]]:
    for job in jobs:
        if isinstance(job, UnreadableJob):
            continue
        for number, style in enumerate(job.inputs.styles):
            if style.sha256:
                yield job, number, style.sha256


def _scan(wanted: Filter, begin: str | None, read: Callable[[int, str | None], Page]) -> _Scan:
    found: list[Listed] = []
    numbers: dict[str, int] = {}
    place, scanned = begin, 0
    part = PART if wanted.chooses else PAGE
    while True:
        page = read(part, place)
        numbers |= page.numbers
        for index, job in enumerate(page.jobs):
            if not wanted.matches(job):
                continue
            found.append(job)
            if len(found) == PAGE:
                is_last = index == len(page.jobs) - 1 and page.cursor is None
                return _Scan(found, numbers, None if is_last else str(numbers[job.id]), False)
        place, scanned = page.cursor, scanned + part
        if place is None or scanned >= SCANNED:
            return _Scan(found, numbers, place, place is not None)
