"""Two to four finished pictures side by side, with the settings in which they differ."""

from typing import Any, NamedTuple

from flask import Blueprint, render_template
from flask_babel import gettext
from pydantic import BaseModel

from shared.errors import JobInTrash, RecordUnreadable
from shared.job import Job
from shared.job_store import UnreadableJob
from shared.settings import OF_REQUESTS, shown_strength
from web.identity.request_identity import require
from web.openapi.reading import read_page_query
from web.pages.formatting import about, number, setting
from web.pages.gallery import MOST_COMPARED, shown_details
from web.pages.selection import jobs_of
from web.pages.settings_fields import translated_schema

blueprint = Blueprint("compare_page", __name__, url_prefix="/compare")
MISSING = "–"


class CompareQuery(BaseModel):
    """Which jobs are compared."""

    model_config = OF_REQUESTS

    jobs: str
    """Their ids, with commas between them: two to four."""


class Row(NamedTuple):
    """What one thing is for each job."""

    label: str
    values: list[str]


@blueprint.get("")
def show() -> str:
    """Show the pictures and in what they differ."""
    require("read")
    ids = read_page_query(CompareQuery).jobs.split(",")
    jobs = [_readable(job) for job in jobs_of("jobs", ids, "read", 2, MOST_COMPARED)]
    return render_template(
        "compare.html",
        jobs=jobs,
        rows=[*_outcomes(jobs), *_differing_settings(jobs)],
        inputs=_differing_inputs(jobs),
    )


def _readable(job: Job | UnreadableJob) -> Job:
    if job.deleted_at:
        raise JobInTrash(id=job.id)
    if isinstance(job, UnreadableJob):
        raise RecordUnreadable(id=job.id, reason=job.reason)
    return job


def _outcomes(jobs: list[Job]) -> list[Row]:
    """Return what was chosen if it differs, and what came of it."""
    known = [shown_details(job) for job in jobs]
    terms = dict.fromkeys(name for each in known for name in each["losses"])
    chosen = [
        Row(gettext("Preset"), [each["preset"] for each in known]),
        Row(gettext("Strength"), [_shown(each["strength"]) for each in known]),
        Row(gettext("Size"), [each["size"] for each in known]),
    ]
    came = [
        Row(gettext("Time"), [_shown(each["seconds"], about) for each in known]),
        Row(gettext("Evaluations"), [_evaluations(job) for job in jobs]),
        *(
            Row(
                gettext("Loss: %(term)s", term=term),
                [_shown(each["losses"].get(term), number) for each in known],
            )
            for term in terms
        ),
    ]
    return [
        *(row for row in chosen if len(set(row.values)) > 1),
        *(row for row in came if set(row.values) != {MISSING}),
    ]


def _differing_settings(jobs: list[Job]) -> list[Row]:
    schema = translated_schema()
    values = [job.settings.model_dump(mode="json") for job in jobs]
    shown_above = {"size", "strength"}
    if all(shown_strength(job.settings) is not None for job in jobs):
        shown_above.add("content_weight")
    return [
        Row(schema[name]["title"], [setting(each[name]) for each in values])
        for name in schema
        if name not in shown_above and any(each[name] != values[0][name] for each in values)
    ]


def _differing_inputs(jobs: list[Job]) -> dict[str, bool]:
    """Return whether the photographs differ, and whether the style images do."""
    contents = [job.inputs.content.sha256 or job.id for job in jobs]
    styles = [[each.sha256 or job.id for each in job.inputs.styles] for job in jobs]
    return {
        "content": any(each != contents[0] for each in contents),
        "styles": any(each != styles[0] for each in styles),
    }


def _evaluations(job: Job) -> str:
    return number(job.progress.evaluation) if job.progress else MISSING


def _shown(value: Any, as_text: Any = str) -> str:
    return MISSING if value is None else as_text(value)
