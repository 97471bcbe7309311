"""The recipe of a finished picture: settings and input pictures, read from its file."""

from contextlib import suppress
from typing import Annotated, Any

from flask import Blueprint, request, url_for
from pydantic import Field

from shared.errors import (
    JobNotFound,
    NoRecipe,
    RateLimited,
    RecordUnreadable,
    UploadTooLarge,
)
from shared.job import InputImage, Job
from shared.job_store import UploadedImage
from web.api import examples
from web.api.models import AnswerModel
from web.identity.load_job import load_job
from web.identity.request_identity import count_submission, get_identity, require
from web.intake.recipe import FoundRecipe, Ingredient, inputs_of, read_recipe
from web.openapi.operation import Answer, Body, documented
from web.openapi.problems import OF_PICTURES
from web.services import get_services

blueprint = Blueprint("recipe", __name__, url_prefix="/api/v1/recipe")
FILE = Body(
    None,
    {"a finished picture": "the bytes of result.png"},
    media_type="application/octet-stream",
    is_required=True,
)


class RecipePicture(AnswerModel):
    """An input picture of a recipe."""

    name: str
    """`content`, `style-0` and so on, or `init`."""

    sha256: str | None
    """Of the file as it was uploaded."""

    width: int | None
    height: int | None
    """Null, and `href` too, if the picture is not here."""

    href: str | None
    """Where the picture is: among those that the owner has uploaded, or with the job."""

    uploaded: bool
    """Whether its hash can be sent instead of a file."""


class PictureRecipe(AnswerModel):
    """How a picture was painted."""

    settings: Annotated[dict[str, Any], Field(json_schema_extra={"example": {"preset": "fine"}})]
    """As `POST /jobs` takes them: the nearest preset, and what differs from it."""

    ignored: list[str]
    """Settings in the file that this version does not know or does not accept."""

    pictures: list[RecipePicture]
    """The content image, the style images in their order, and the image to start from."""

    job: str | None
    """The id of the job that painted it, if this server has it and the owner may see it."""


@blueprint.post("")
@documented(
    Answer(200, "The recipe.", PictureRecipe, {"of a job that is kept": examples.recipe}),
    scope="submit",
    bodies=(FILE,),
    errors=(*OF_PICTURES, NoRecipe, RateLimited, UploadTooLarge),
    is_counted=True,
)
def create() -> dict[str, Any]:
    """Read from a finished picture's file how it was painted.

    Every format that Gramworks sends says so, unless the option `provenance` was off. Nothing is
    stored. It is counted as a submission, since the file is opened.
    """
    require("submit")
    count_submission()
    return recipe_json(read_recipe(get_services(), get_identity().owner, request.stream, _find))


def recipe_json(found: FoundRecipe) -> dict[str, Any]:
    """Return the JSON of a recipe."""
    return {
        "settings": found.recipe.settings,
        "ignored": found.recipe.ignored,
        "pictures": [_picture_json(each) for each in found.ingredients],
        "job": found.job.id if found.job else None,
    }


def _picture_json(picture: Ingredient) -> dict[str, Any]:
    size: UploadedImage | InputImage | None = None
    href = None
    if picture.uploaded:
        size = picture.uploaded
        href = url_for("images.show_file", sha256=picture.sha256)
    elif picture.job:
        size = inputs_of(picture.job)[picture.name]
        href = url_for("inputs.show", job_id=picture.job.id, name=picture.name)
    return {
        "name": picture.name,
        "sha256": picture.sha256,
        "width": size.width if size else None,
        "height": size.height if size else None,
        "href": href,
        "uploaded": picture.uploaded is not None,
    }


def _find(job_id: str) -> Job | None:
    """Return the job that a file names, which can be anybody's, if this request may see it."""
    is_id = job_id.isalnum() and job_id.isascii()
    if is_id and get_identity().has("read"):
        with suppress(JobNotFound, RecordUnreadable):
            return load_job(job_id, "read")
    return None
