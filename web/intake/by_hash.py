"""Pictures that a submission names by their hash, instead of sending them again.

They were uploaded before, or come with Gramworks, or are those of an earlier job.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from werkzeug.datastructures import FileStorage

from shared import paths
from shared.errors import ImageNotUploaded, ObjectNotFound
from shared.input_pictures import profile_of
from shared.job import InputImage, Job, JobInputs
from web.builtin_styles import styles_by_hash
from web.intake.clean import CleanImage, Kept, in_colours
from web.intake.uploaded import uploaded_image
from web.services import Services

LATEST_JOBS = 40  # of an owner, whose pictures can be used again


class JobPicture(NamedTuple):
    """A picture of an earlier job; `name` is what its thumbnail is called."""

    job: Job
    name: str
    image: InputImage


def picture_of_hash(
    services: Services, owner: str, field: str, sha256: str, kept: Kept
) -> CleanImage:
    """Return the picture whose uploaded file had this hash, as `kept` says.

    Raises:
        ImageNotUploaded: the owner has none with this hash, or no longer.
    """
    image = (
        uploaded_image(services, owner, sha256, kept)
        or _builtin_style(services, field, sha256, kept)
        or _of_earlier_job(services, owner, field, sha256, kept)
    )
    if image is None:
        raise ImageNotUploaded(field=field, sha256=sha256)
    return image


def latest_pictures(services: Services, owner: str) -> dict[str, list[JobPicture]]:
    """Return the different pictures of an owner's latest jobs, by `content` and `style`."""
    found: dict[str, dict[str, JobPicture]] = {"content": {}, "style": {}}
    for job in services.jobs.page(LATEST_JOBS, owner=owner).jobs:
        if isinstance(job, Job):
            for field, picture in _pictures(job):
                if picture.image.sha256:
                    found[field].setdefault(picture.image.sha256, picture)
    return {field: list(pictures.values()) for field, pictures in found.items()}


def _pictures(job: Job) -> Iterator[tuple[Literal["content", "style"], JobPicture]]:
    inputs: JobInputs = job.inputs
    yield "content", JobPicture(job, "content", inputs.content)
    for number, style in enumerate(inputs.styles):
        if job.settings.color_profile == "srgb" or _suffix(style) == "jpeg":
            yield "style", JobPicture(job, f"style-{number}", style)
        # otherwise it is stored in the photograph's colours, which its file does not say


def _builtin_style(services: Services, field: str, sha256: str, kept: Kept) -> CleanImage | None:
    style = styles_by_hash().get(sha256)
    if style is None:
        return None
    with style.path.open("rb") as file:
        return services.images.read(field, FileStorage(file, style.path.name), kept)


def _of_earlier_job(
    services: Services, owner: str, field: str, sha256: str, kept: Kept
) -> CleanImage | None:
    """Return a picture as a job has it; one that was used for the same purpose comes first."""
    pictures = latest_pictures(services, owner)
    is_style = field.startswith("style")
    for name in ("style", "content") if is_style else ("content", "style"):
        for _, _, image in pictures[name]:
            if image.sha256 == sha256:
                try:
                    return _clean(image, services.objects.get(image.key), kept)
                except ObjectNotFound:
                    continue
    return None


def _clean(image: InputImage, data: bytes, kept: Kept) -> CleanImage:
    clean = CleanImage(
        data,
        _suffix(image),
        image.width,
        image.height,
        image.sha256 or "",
        image.orientation,
        profile=profile_of(data),
    )
    return in_colours(clean, kept)


def _suffix(image: InputImage) -> Literal["jpeg", "png"]:
    return "jpeg" if paths.suffix_of(image.key) == "jpeg" else "png"
