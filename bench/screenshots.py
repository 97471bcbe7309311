"""Writes each page as a picture: `python -m bench.screenshots`, with `--docs` those of the README.

It runs the whole system and paints a few samples, so it takes some minutes. `--keep` shows what an
earlier run has painted; what it has written of a system that paints stays.
"""

import argparse
import io
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import httpx
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, Page

from bench.browser import launched
from bench.studio import PAIRS, Studio, studio
from gramworks import Job, JobChanged, PreviewReady

FOLDER = Path(".gramworks/screenshots")
DOCS = Path("docs/pictures")
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
WIDTHS = {1200: 900, 380: 800}  # and heights
HERO = ("coffee", "brushwork", "balanced")  # it is watched while it is painted
HERO_ROWS = 400
SHOTS_AT = 4  # previews of it, after which the pages of a busy system are shown
FIRST_MS, FRAME_MS, LAST_MS = 900, 420, 2600
FRAME_WIDTH = 480
VISIBLE = 5  # of 255
QUALITY = 84
MISSING = "/jobs/none"
MOST_HEIGHT = 6000  # the page of the API is longer


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docs", action="store_true", help="write the README's pictures too")
    parser.add_argument("--keep", action="store_true", help="keep what was painted before")
    chosen = parser.parse_args()
    if not chosen.keep:
        shutil.rmtree(FOLDER, ignore_errors=True)
    with launched() as browser, studio(FOLDER / "data") as made:
        write_all(browser, made, FOLDER)
        if chosen.docs:
            write_for_readme(browser, made, DOCS)


def write_all(browser: Browser, made: Studio, folder: Path) -> None:
    """Write each page in each theme and width."""
    if not made.painted():
        shoot(browser, made, folder, {"first-run": "/", "gallery-empty": "/gallery"})
        made.paint()
    if len(made.painted()) <= len(PAIRS):
        write_animation(watch_the_hero(browser, made, folder), folder / "painting.webp")
    shoot(browser, made, folder, pages(made))
    shoot(browser, made, folder, {"sign-in": "/signin"}, signed_in=False)


def pages(made: Studio) -> Mapping[str, str]:
    """Return the addresses of the pages of a system at rest, by name."""
    done = made.painted()
    if not any(made.client.all_trash()):
        made.client.delete(made.submit(*HERO).id)
    headers = {"Authorization": f"Bearer {made.token}"}
    shared = httpx.post(f"{made.url}/api/v1/jobs/{done[0].id}/share", headers=headers)
    return {
        "new": "/",
        "job-succeeded": f"/jobs/{done[0].id}",
        "gallery": "/gallery",
        "compare": f"/compare?jobs={','.join(job.id for job in done[:3])}",
        "trash": "/trash",
        "workers": "/workers",
        "shared": shared.raise_for_status().json()["href"],
        "docs": "/docs",
        "not-found": MISSING,
    }


def watch_the_hero(browser: Browser, made: Studio, folder: Path) -> list[bytes]:
    """Paint a picture and return its previews and the result; show a busy system meanwhile."""
    job = made.submit(*HERO, HERO_ROWS)
    frames: list[bytes] = []
    waiting: list[Job] = []
    for event in made.client.watch(job.id):
        if isinstance(event, PreviewReady):
            frames.append(made.client.preview(job.id))
            if len(frames) == SHOTS_AT:
                waiting = [made.submit(*HERO) for _ in range(3)]
                busy = {"job-running": job.id, "job-queued": waiting[-1].id}
                addresses = {name: f"/jobs/{its_id}" for name, its_id in busy.items()}
                shoot(browser, made, folder, {**addresses, "workers-busy": "/workers"})
                for each in waiting:
                    made.client.cancel(each.id)
                    made.client.delete(each.id, permanently=True)
        elif isinstance(event, JobChanged) and event.job.state == "failed":
            raise RuntimeError(event.job.error)
    return [*frames, made.client.fetch(job.id)]


def shoot(
    browser: Browser,
    made: Studio,
    folder: Path,
    addresses: Mapping[str, str],
    *,
    signed_in: bool = True,
) -> None:
    """Write pages, as long as they are, in each theme and width."""
    for page, suffix in sessions(browser, made, signed_in=signed_in):
        for name, address in addresses.items():
            show(page, made.url + address)
            save(page.screenshot(full_page=True), folder / f"{name}-{suffix}.webp")
        page.context.close()


def sessions(browser: Browser, made: Studio, *, signed_in: bool) -> Iterator[tuple[Page, str]]:
    """Yield a page in each theme and width, and what its pictures are called."""
    for theme in THEMES:
        for width, height in WIDTHS.items():
            page = new_page(browser, theme, width, height)
            if signed_in:
                made.sign_in(page)
            yield page, f"{theme}-{width}"


def new_page(browser: Browser, theme: Theme, width: int, height: int) -> Page:
    """Return a page in a session of its own."""
    size = {"width": width, "height": height}
    return browser.new_context(
        locale="en",
        viewport=size,  # type: ignore[arg-type] # a TypedDict that Playwright does not export
        color_scheme=theme,
        reduced_motion="reduce",
    ).new_page()


def show(page: Page, address: str) -> None:
    """Open a page and wait until its pictures are there."""
    answer = page.goto(address)
    if answer is None or (answer.status >= 400 and not address.endswith(MISSING)):
        raise RuntimeError(f"{address}: {answer and answer.status}")
    page.wait_for_timeout(600)  # what scripts show after a first answer
    page.evaluate(
        "Promise.all([...document.images].filter(i => i.currentSrc && i.loading !== 'lazy')"
        ".map(i => i.decode().catch(() => 0)))"
    )


def save(png: bytes, path: Path, quality: int = QUALITY) -> None:
    """Write the upper part of a screenshot as WebP."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(png)) as picture:
        shown = picture.crop((0, 0, picture.width, min(picture.height, MOST_HEIGHT)))
        shown.convert("RGB").save(path, quality=quality, method=6)
    print(path)


def write_animation(frames: list[bytes], path: Path) -> None:
    """Write those previews that differ visibly from the one before, and for longer the result."""
    drawn = [_frame(frames[0])]
    for each in map(_frame, frames[1:-1]):
        if _difference(each, drawn[-1]) > VISIBLE:
            drawn.append(each)
    drawn.append(_frame(frames[-1]))
    durations = [FIRST_MS] + [FRAME_MS] * (len(drawn) - 2) + [LAST_MS]
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn[0].save(
        path, save_all=True, append_images=drawn[1:], duration=durations, loop=0, quality=75
    )
    print(path, f"{path.stat().st_size / 1e6:.2f} MB, {len(drawn)} frames")


def _frame(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as picture:
        height = round(picture.height * FRAME_WIDTH / picture.width)
        return picture.convert("RGB").resize((FRAME_WIDTH, height), Image.Resampling.LANCZOS)


def _difference(one: Image.Image, other: Image.Image) -> float:
    """Return by how much two frames differ on average, of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def choose(page: Page) -> None:
    """Choose a photograph that was used before, and a built-in style."""
    for name in ("content", "style"):
        page.locator(f"input[name={name}_sha256]:not([value=''])").first.check(force=True)
    page.wait_for_timeout(1500)  # for the estimate


def write_for_readme(browser: Browser, made: Studio, folder: Path) -> None:
    """Write the README's three pictures and its animation."""
    hero = made.painted()[0].id
    wanted: Mapping[str, tuple[str, Theme]] = {
        "studio-new": ("/", "light"),
        "studio-job": (f"/jobs/{hero}", "light"),
        "studio-gallery": ("/gallery", "dark"),
    }
    for name, (address, theme) in wanted.items():
        page = new_page(browser, theme, 1200, 860)
        made.sign_in(page)
        show(page, made.url + address)
        if address == "/":
            choose(page)
        save(page.screenshot(), folder / f"{name}.webp")
        page.context.close()
    shutil.copy(FOLDER / "painting.webp", folder / "painting.webp")


if __name__ == "__main__":
    main()
