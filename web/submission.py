"""From an upload to an accepted job: checked, stored, recorded, announced."""

import math
from collections.abc import Mapping

from werkzeug.datastructures import FileStorage, MultiDict

from shared.errors import MissingFile, ResultTooLarge, ResultTooNarrow, TooManyFiles
from shared.job import InputImage, Job, JobInputs, JobOptions
from shared.jobs.records import new_id
from shared.settings import (
    SHORTEST_RESULT_SIDE,
    StyleSettings,
    parse_settings,
    read_object,
    validate,
)
from web.services import Services
from web.uploads import MEGAPIXEL, CleanImage, read_image

MOST_STYLES = 8


def submit(house: Services, files: MultiDict[str, FileStorage], form: Mapping[str, str]) -> Job:
    """Accept a job, or raise an InvalidRequest that says which field to mend and how.

    Args:
        house: the services.
        files: `content`, one file, and `style`, one or more.
        form: `settings` and `options`, each a JSON object or absent.
    """
    settings = parse_settings(form.get("settings", ""))
    options = validate("options", JobOptions, read_object("options", form.get("options", "")))
    content, *_ = _images(house, files, "content", most=1)
    _check_result(settings, content, house.config.max_result_megapixels)
    styles = _images(house, files, "style", most=MOST_STYLES)
    job = _record(house, settings, options, content, styles)
    house.wake()
    return job


def _images(
    house: Services, files: MultiDict[str, FileStorage], field: str, most: int
) -> list[CleanImage]:
    uploads = [upload for upload in files.getlist(field) if upload.filename]
    if not uploads:
        raise MissingFile(field=field)
    if len(uploads) > most:
        raise TooManyFiles(field=field, maximum=most, count=len(uploads))
    return [read_image(field, upload, house.config.max_input_megapixels) for upload in uploads]


def _check_result(settings: StyleSettings, content: CleanImage, megapixels: float) -> None:
    rows, columns = settings.result_shape(content.width, content.height)
    shape = {"field": "settings.size", "rows": rows, "columns": columns}
    if columns < SHORTEST_RESULT_SIDE:
        least = math.ceil(SHORTEST_RESULT_SIDE * content.height / content.width)
        raise ResultTooNarrow(minimum=least, **shape)
    if rows * columns > megapixels * MEGAPIXEL:
        most = math.isqrt(int(megapixels * MEGAPIXEL * content.height / content.width))
        raise ResultTooLarge(maximum=most, megapixels=megapixels, **shape)


def _record(
    house: Services,
    settings: StyleSettings,
    options: JobOptions,
    content: CleanImage,
    styles: list[CleanImage],
) -> Job:
    job_id = new_id()
    folder = f"jobs/{job_id}"
    try:
        inputs = JobInputs(
            content=_store(house, f"{folder}/content.png", content),
            styles=[
                _store(house, f"{folder}/style-{number}.png", style)
                for number, style in enumerate(styles)
            ],
        )
        return house.jobs.create(job_id, settings, options, inputs)
    except Exception:
        house.images.delete_folder(folder)  # no record names them
        raise


def _store(house: Services, key: str, image: CleanImage) -> InputImage:
    house.images.put(key, image.png)
    return InputImage(key=key, width=image.width, height=image.height)
