"""What the page of a job that has succeeded shows: pictures, colours, files, what to do next."""

from typing import Any, NamedTuple

from flask import request, url_for
from flask_babel import gettext, ngettext

from shared.job import Job, JobOptions
from shared.pictures import FORMATS
from shared.settings import DEPROCESS_MEANS, StyleSettings
from web.errors import fault
from web.identity.request_identity import get_identity
from web.intake.estimate import Planned, estimate
from web.intake.fork import Fork, forked_settings
from web.intake.strength import Direction, changed_strength, strength_of
from web.messages.languages import gettext_noop
from web.pages.formatting import about, number
from web.pages.recipe_code import recipe_code
from web.pages.thumbnails import PictureSet, thumbnail, thumbnail_set
from web.services import get_services

VIEW_COOKIE = "compare"  # the view that js/compare.js remembers
FRAME_PIXELS = 1600  # the longest side at which the page shows a picture
LARGEST_ZOOM = 3  # of a small picture
MORE_ITERATIONS = 30
LARGE_WIDTH = 1280  # of the thumbnails in the viewer
CHANNELS = {
    "blue": gettext_noop("Blue"),
    "green": gettext_noop("Green"),
    "red": gettext_noop("Red"),
}
PURPOSES = {
    "png": ("PNG", gettext_noop("Exact, opens everywhere")),
    "jpeg": ("JPEG", gettext_noop("Small, to send and to print")),
    "webp": ("WebP", gettext_noop("Smallest, for web pages")),
    "tiff": ("TIFF", gettext_noop("Exact, for print shops")),
    "png16": (gettext_noop("PNG, 16 bits"), gettext_noop("Finer shades, to edit further")),
    "tiff16": (gettext_noop("TIFF, 16 bits"), gettext_noop("Finer shades, for photo editors")),
}


class Shot(NamedTuple):
    """A picture in a frame of the same shape, whose size is known before the picture is there."""

    picture: PictureSet
    frame: tuple[int, int]


class Download(NamedTuple):
    """A file that the picture can be had as; without its float pixels, not every one can."""

    format: str
    title: str
    purpose: str
    is_offered: bool


def finished_page(job: Job) -> dict[str, Any]:
    """Return what the template needs beside the job's JSON."""
    result, styles = thumbnail_set(job), range(len(job.inputs.styles))
    frame = _frame(result)
    content = thumbnail_set(job, "content")
    made = recipe_code(job, request.host_url.rstrip("/"))
    means = job.settings.deprocess_means
    names = [name for name, values in DEPROCESS_MEANS.items() if values == means]
    return {
        "view": "side" if request.cookies.get(VIEW_COOKIE) == "side" else "slider",
        "before": Shot(content._replace(width=result.width, height=result.height), frame),
        "after": Shot(result, frame),
        "styles": [thumbnail_set(job, f"style-{number}") for number in styles],
        "items": _items(job, made.preset),
        "facts": _facts(job, made.preset),
        "downloads": _downloads(job, result),
        "channels": list(zip(CHANNELS.items(), means, strict=True)),
        "presets_of_means": DEPROCESS_MEANS,
        "painted_means": names[0] if names else None,
        "in_photograph_colours": job.settings.preserve_color == "luminance",
        "variations": _variations(job),
        "more": _more(job),
        "recipe": made,
    }


def _frame(picture: PictureSet) -> tuple[int, int]:
    longest = max(picture.width, picture.height)
    scale = min(LARGEST_ZOOM, FRAME_PIXELS / longest)
    return max(1, round(picture.width * scale)), max(1, round(picture.height * scale))


def _facts(job: Job, preset: str) -> list[str]:
    rows, columns = job.result_shape
    facts = [f"{columns} × {rows}", preset]
    strength = strength_of(job.settings)
    if strength is not None:
        facts.append(gettext("strength %(number)s", number=strength))
    if job.started_at and job.finished_at:
        seconds = (job.finished_at - job.started_at).total_seconds()
        facts.append(gettext("painted in %(time)s", time=about(seconds)))
    if job.stopped_after is not None:
        count = job.stopped_after
        facts.append(
            ngettext("stopped after %(num)s evaluation", "stopped after %(num)s evaluations", count)
        )
    return facts


def _items(job: Job, preset: str) -> list[dict[str, Any]]:
    """Return the pictures for the full-screen viewer: the result, the photograph, the styles."""
    rows, columns = job.result_shape
    strength = strength_of(job.settings)
    details = [
        (gettext("Size"), f"{columns} × {rows}"),
        (gettext("Preset"), preset),
        (gettext("Strength"), "–" if strength is None else number(strength)),
        (gettext("Evaluations at full size"), number(job.settings.iterations)),
        (gettext("Job"), job.id),
    ]
    whole = {"src": url_for("jobs.result", job_id=job.id), "thumbnail": thumbnail(job)}
    items = [_item(job, "result", gettext("The painted picture")) | whole | {"details": details}]
    items.append(_item(job, "content", gettext("The photograph")))
    names = [f"style-{number}" for number in range(len(job.inputs.styles))]
    return items + [_item(job, name, gettext("The style")) for name in names]


def _item(job: Job, name: str, caption: str) -> dict[str, Any]:
    picture = thumbnail_set(job, name)
    size = {"width": picture.width, "height": picture.height}
    src = thumbnail(job, name, LARGE_WIDTH)
    return {"src": src, "alt": caption, "caption": caption, **size}


def _downloads(job: Job, result: PictureSet) -> list[Download]:
    longest = max(result.width, result.height)
    return [
        Download(
            name,
            gettext(title),
            gettext(purpose),
            (bool(job.float_pixels) or FORMATS[name].bits == 8)
            and longest <= (FORMATS[name].longest_side or longest),
        )
        for name, (title, purpose) in PURPOSES.items()
    ]


def _variations(job: Job) -> list[dict[str, Any]]:
    """Return what makes the picture weaker and stronger, and what that takes."""
    texts: dict[Direction, str] = {"weaker": gettext("Weaker"), "stronger": gettext("Stronger")}
    takes = _takes(job, job.settings)
    return [
        {
            "direction": direction,
            "title": title,
            "change": _change(changed_strength(job.settings, direction)),
            "takes": takes.time,
        }
        for direction, title in texts.items()
    ]


def _change(changes: dict[str, Any] | None) -> str | None:
    if changes is None:
        return None
    if "strength" in changes:
        return str(gettext("strength %(number)s", number=changes["strength"]))
    return str(gettext("content weight %(number)s", number=number(changes["content_weight"])))


def _more(job: Job) -> dict[str, Any]:
    settings = forked_settings(job.settings, Fork(settings={"iterations": MORE_ITERATIONS}))
    takes = _takes(job, settings)
    return {
        "iterations": MORE_ITERATIONS,
        "takes": takes.time,
        "blocked_by": takes.blocked_by,
        "estimate": {  # what js/job/again.js asks for another number of iterations
            "content": {"width": job.inputs.content.width, "height": job.inputs.content.height},
            "styles": [{"width": each.width, "height": each.height} for each in job.inputs.styles],
            "init": dict(zip(("height", "width"), job.result_shape, strict=True)),
            "settings": settings.model_dump(mode="json"),
        },
    }


class Takes(NamedTuple):
    """How long a job would take, and why none would start now."""

    time: str
    blocked_by: str | None


def _takes(job: Job, settings: StyleSettings) -> Takes:
    """Return what a job with these settings and a job's pictures would take."""
    content = job.inputs.content
    planned = Planned(settings, JobOptions(), (content.width, content.height))
    made = estimate(get_services(), get_identity().owner, planned)
    time = about(made.times.runs) if made.times else gettext("time unknown")
    return Takes(time, fault(made.blocked_by)["detail"] if made.blocked_by else None)
