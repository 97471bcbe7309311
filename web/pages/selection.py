"""The jobs that somebody selected on a page: a form's, or those in an address."""

from collections.abc import Sequence
from typing import Annotated

from flask import request
from pydantic import BaseModel, Field

from shared.errors import InvalidSetting
from shared.job_store import Scope
from shared.settings import OF_REQUESTS, validate
from web.identity import csrf
from web.identity.load_job import load_records
from web.identity.request_identity import require
from web.intake.submission import check_known
from web.picture_list import Listed

MOST = 100  # jobs that are selected at a time
JobId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class _Selection(BaseModel):
    model_config = OF_REQUESTS

    job: list[JobId]


def selected_jobs(
    scope: Scope, least: int = 1, most: int = MOST, known: Sequence[str] = ()
) -> list[Listed]:
    """Return the jobs whose ids a form sends as `job`, those in the trash too.

    Args:
        scope: what is done with them needs it.
        least: how many there must be.
        most: how many there may be.
        known: the form's other fields.

    Raises:
        ScopeMissing: the request's token does not have the scope.
        InvalidSetting: there are fewer or more, or one is no id.
        JobNotFound: one of them is missing, or another owner's.
    """
    require(scope)
    check_known(set(request.form) - {csrf.FIELD}, ("job", *known))
    return jobs_of("job", request.form.getlist("job"), scope, least, most)


def jobs_of(field: str, ids: Sequence[str], scope: Scope, least: int, most: int) -> list[Listed]:
    """Return the jobs with these ids, which came in `field`; see `selected_jobs`."""
    unique = list(dict.fromkeys(ids))
    if len(unique) < least:
        raise InvalidSetting(field=field, problem="too_short", min_length=least)
    if len(unique) > most:
        raise InvalidSetting(field=field, problem="too_long", max_length=most)
    try:
        validate("", _Selection, {"job": unique})
    except InvalidSetting as error:
        raise InvalidSetting(**{**error.parameters, "field": field}) from error
    return load_records(unique, scope)
