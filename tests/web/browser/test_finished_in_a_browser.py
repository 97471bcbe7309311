"""The page of a finished job: before and after, full screen, colours, files, what comes next."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from gramworks import Client
from samples import style_path
from shared.job import JobState
from shared.job_store import JobStore
from shared.kept_pixels import KeptPixels, Photograph
from shared.object_store import ObjectStore
from shared.settings import DEPROCESS_MEANS
from tests.shared.job_store.transitions import claimed
from tests.web.browser.accessible import check_accessible
from tests.web.browser.on_a_phone import check_page
from tests.web.finished_job import KERAS, finish, painted, photographed

ROWS, COLUMNS = 96, 128
RENDERED = re.compile("^blob:")


def make(
    url: str, jobs: JobStore, data: Path, *, keeps_pixels: bool = True, **settings: Any
) -> str:
    """Return the id of a new finished job, whose pictures are all there."""
    style = style_path("brushwork")
    with Client(url) as client:
        job = client.submit(style, [style, style], {"size": ROWS, **settings})
    rows, columns = jobs.get(job.id).result_shape
    photo = Photograph(photographed(rows, columns))
    kept = KeptPixels.of(painted(rows, columns), KERAS, photo)
    finish(claimed(jobs), jobs, ObjectStore(str(data / "images")), kept)
    if not keeps_pixels:
        jobs._connection.hdel(f"gw:job:{job.id}", "float_pixels")
    return job.id


@pytest.fixture
def job_id(page: Page, url: str, jobs: JobStore, data: Path) -> str:
    """Return a finished job whose page is open."""
    made = make(url, jobs, data, preset="balanced")
    page.goto(f"{url}/jobs/{made}")
    expect(page.locator("#state")).to_have_text("succeeded")
    return made


def shown_part(page: Page) -> str:
    return str(page.locator("#compare").evaluate("each => each.style.getPropertyValue('--at')"))


def colour(page: Page) -> list[float]:
    """Return the mean R, G, B of the result as it is shown."""
    return list(
        page.evaluate("""() => {
          const image = document.querySelector('.result');
          const canvas = document.createElement('canvas');
          canvas.width = canvas.height = 1;
          canvas.getContext('2d').drawImage(image, 0, 0, 1, 1);
          return [...canvas.getContext('2d').getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""")
    )


@pytest.mark.usefixtures("job_id")
def test_the_slider_follows_keys_and_the_pointer(page: Page) -> None:
    assert shown_part(page) == "50%"
    page.keyboard.press("ArrowRight")
    assert shown_part(page) == "55%"
    page.get_by_role("slider", name="How much of the photograph").focus()
    page.keyboard.press("ArrowLeft")
    assert shown_part(page) == "54%"
    box = page.locator(".compare .before").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.54, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 40, steps=4)
    page.mouse.up()
    assert shown_part(page) == "25%"
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + 40)
    assert shown_part(page) == "80%"


def test_side_by_side_is_remembered_and_nothing_moves(page: Page, url: str, job_id: str) -> None:
    page.get_by_role("radio", name="Side by side").check()
    before, after = (
        page.locator(f".compare .{each}").bounding_box() for each in ("before", "after")
    )
    assert before is not None
    assert after is not None
    assert before["x"] + before["width"] <= after["x"]
    page.add_init_script("""
      window.shift = 0;
      new PerformanceObserver((list) => {
        for (const each of list.getEntries()) window.shift += each.value;
      }).observe({ type: 'layout-shift', buffered: true });
    """)
    page.goto(f"{url}/jobs/{job_id}")
    expect(page.locator("#compare")).to_have_attribute("data-view", "side")
    page.evaluate("Promise.all([...document.images].map((each) => each.decode()))")
    page.wait_for_timeout(200)
    assert page.evaluate("window.shift") == 0
    assert page.locator(".compare .after").bounding_box() == after


@pytest.mark.usefixtures("job_id")
def test_a_finger_moves_the_slider_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 380, "height": 800})
    box = page.locator(".compare .before").bounding_box()
    assert box is not None
    x, y = box["x"], box["y"] + 30
    session = page.context.new_cdp_session(page)
    for kind, part in (
        ("touchStart", 0.5),
        ("touchMove", 0.4),
        ("touchMove", 0.2),
        ("touchEnd", None),
    ):
        points = [] if part is None else [{"x": x + box["width"] * part, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert shown_part(page) == "20%"


@pytest.mark.usefixtures("job_id")
def test_full_screen_shows_result_photograph_and_styles(page: Page) -> None:
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="The painted picture")
    expect(dialog).to_be_visible()
    expect(page.get_by_text("1 of 4")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="The photograph")).to_be_visible()
    assert shown_part(page) == "50%"
    page.keyboard.press("Escape")
    page.locator(".styles a").nth(1).click()
    expect(page.get_by_text("4 of 4")).to_be_visible()


def test_other_means_are_rendered_at_once_and_downloaded(page: Page, job_id: str) -> None:
    painted_colour = colour(page)
    page.get_by_role("radio", name="shifted").check()
    result = page.locator(".result")
    expect(result).to_have_attribute("src", RENDERED)
    changes = [
        b - a for a, b in zip(DEPROCESS_MEANS["keras"], DEPROCESS_MEANS["shifted"], strict=True)
    ]
    shift = [after - before for before, after in zip(painted_colour, colour(page), strict=True)]
    assert [each > 0 for each in shift] == [each > 0 for each in reversed(changes)]
    expect(page.locator("#mean-blue")).to_have_value("123.939")
    with page.expect_download() as download:
        page.keyboard.press("d")
    assert download.value.suggested_filename == f"gramworks-{job_id}.png"
    assert "means=shifted" in download.value.url
    page.get_by_role("button", name="As painted").click()
    expect(result).not_to_have_attribute("src", RENDERED)
    assert colour(page) == painted_colour
    assert "means" not in str(page.locator("#download").get_attribute("href"))


@pytest.mark.usefixtures("job_id")
def test_a_slider_makes_means_of_one_s_own_and_renders_only_the_last(page: Page) -> None:
    sent: list[Any] = []
    page.on(
        "request", lambda each: sent.append(each.post_data_json) if "/render" in each.url else None
    )
    blue = page.locator("#mean-blue")
    blue.evaluate("""(each) => {
      for (each.value = 60; each.value < 190; each.value = Number(each.value) + 10) {
        each.dispatchEvent(new Event('input', { bubbles: true }));
      }
      each.dispatchEvent(new Event('input', { bubbles: true }));
    }""")
    expect(page.locator(".result")).to_have_attribute("src", RENDERED)
    assert sent == [{"deprocess_means": [190, 116.779, 123.68], "preserve_color": "none"}]
    expect(page.get_by_role("radio", name="own")).to_be_checked()
    expect(page.locator("output[for=mean-blue]")).to_have_text("190")
    with page.expect_response("**/render") as answer:
        page.get_by_role("radio", name="Photograph’s").check()
    assert answer.value.ok
    assert sent[-1]["preserve_color"] == "luminance"
    expect(page.locator("#render-status")).to_have_text("The picture is rendered.")


@pytest.mark.parametrize(
    ("label", "query"),
    [("shifted", "means=shifted"), ("Photograph’s", "preserve_color=luminance")],
)
def test_what_is_chosen_before_the_scripts_have_loaded_is_shown(
    page: Page, url: str, job_id: str, label: str, query: str
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/job/finished.js*", hold)
    with page.expect_request("**/job/finished.js*"):
        page.goto(f"{url}/jobs/{job_id}", wait_until="domcontentloaded")
    page.get_by_role("radio", name=label).check()
    page.get_by_role("radio", name="Side by side").check()
    with page.expect_response("**/render") as answer:
        held.pop().continue_()
    assert answer.value.status == 200
    expect(page.locator(".result")).to_have_attribute("src", RENDERED)
    expect(page.locator("#compare")).to_have_attribute("data-view", "side")
    assert query in str(page.locator("#download").get_attribute("href"))


def test_a_slow_rendering_is_given_up_for_a_later_one(page: Page, url: str, job_id: str) -> None:
    failed: list[str] = []
    page.on("requestfailed", lambda each: failed.append(each.url))
    held: list[Any] = []
    page.route("**/render", lambda route: held.append(route) if not held else route.continue_())
    page.get_by_role("radio", name="shifted").check()
    page.wait_for_timeout(400)
    expect(page.locator("#compare")).to_have_attribute("aria-busy", "true")
    page.get_by_role("radio", name="Photograph’s").check()
    expect(page.locator(".result")).to_have_attribute("src", RENDERED)
    expect(page.locator("#compare")).to_have_attribute("aria-busy", "false")
    assert failed == [f"{url}/api/v1/jobs/{job_id}/render"]


def test_each_format_is_downloaded(page: Page, job_id: str) -> None:
    names = []
    for name in ("JPEG", "TIFF, 16 bits"):
        page.get_by_label("Other formats").click()
        with page.expect_download() as download:
            page.get_by_role("link", name=name).first.click()
        names.append(download.value.suggested_filename)
        page.keyboard.press("Escape")
    assert names == [f"gramworks-{job_id}.jpeg", f"gramworks-{job_id}.tiff"]


def test_stronger_is_one_click(page: Page, jobs: JobStore, job_id: str) -> None:
    stronger = page.get_by_role("button", name="Stronger")
    expect(stronger).to_contain_text("strength 75")
    expect(stronger).to_contain_text("time unknown")
    expect(page.locator("#again").get_by_text("No worker is online")).to_be_visible()
    stronger.click()
    expect(page.locator("#job")).to_have_attribute("data-state", "queued")
    made = jobs.get(page.url.rpartition("/")[2])
    assert made.settings.strength == 75
    assert made.inputs.content.sha256 == jobs.get(job_id).inputs.content.sha256
    assert made.inputs.init is None


def test_more_iterations_continue_from_the_picture(page: Page, jobs: JobStore, job_id: str) -> None:
    page.get_by_text("More iterations").click()
    with page.expect_response("**/api/v1/estimate") as answer:
        page.get_by_label("Evaluations").fill("7")
    assert answer.value.ok
    page.get_by_role("button", name="Paint on").click()
    expect(page.locator("#job")).to_have_attribute("data-state", "queued")
    made = jobs.get(page.url.rpartition("/")[2])
    assert (made.settings.iterations, made.settings.size) == (7, jobs.get(job_id).settings.size)
    assert made.inputs.init is not None


def test_a_share_link_is_made_copied_and_revoked_on_the_page(
    page: Page, browser: Browser, jobs: JobStore, job_id: str
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    address = page.url
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Make a link").click()
    field = page.get_by_label("Whoever has this link")
    expect(field).to_be_focused()
    page.locator("#share").get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    link = field.input_value()
    assert page.evaluate("navigator.clipboard.readText()") == link
    other = browser.new_page(locale="en")
    other.goto(link)
    expect(other.get_by_role("link", name="Download")).to_be_visible()
    other.close()
    page.get_by_role("button", name="Revoke the link").click()
    expect(page.get_by_text("The link no longer works.")).to_be_visible()
    assert not jobs.get(job_id).shared
    assert page.url == address


def test_the_picture_is_deleted_and_the_deletion_undone(
    page: Page, jobs: JobStore, job_id: str
) -> None:
    page.keyboard.press("Delete")
    expect(page.get_by_text("The picture is in the trash.")).to_be_visible()
    assert jobs.find(job_id).deleted_at is not None
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#finished")).not_to_have_attribute("inert", "")
    assert jobs.find(job_id).deleted_at is None


def test_without_pixels_the_page_says_what_cannot_be_done(
    page: Page, url: str, jobs: JobStore, data: Path
) -> None:
    job_id = make(url, jobs, data, keeps_pixels=False, content_weight=0.01)
    page.goto(f"{url}/jobs/{job_id}")
    expect(page.get_by_text("its colours cannot be changed")).to_be_visible()
    expect(page.get_by_text("More iterations")).to_have_count(0)
    page.get_by_label("Other formats").click()
    expect(page.get_by_text("Files with 16 bits need")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="WebP").click()
    assert download.value.suggested_filename == f"gramworks-{job_id}.webp"
    page.get_by_role("button", name="Weaker").click()
    expect(page.locator("#job")).to_have_attribute("data-state", "queued")
    assert jobs.get(page.url.rpartition("/")[2]).settings.content_weight == 0.03162


def test_without_scripts_all_of_it_works(
    plain_page: Page, url: str, jobs: JobStore, data: Path
) -> None:
    job_id = make(url, jobs, data, preset="balanced")
    plain_page.goto(f"{url}/jobs/{job_id}")
    before, after = (
        plain_page.locator(f".compare .{each} img").bounding_box() for each in ("before", "after")
    )
    assert before is not None
    assert after is not None
    assert before["x"] + before["width"] <= after["x"]
    expect(plain_page.get_by_text("Full screen")).to_be_hidden()
    plain_page.get_by_role("radio", name="shifted").check()
    plain_page.get_by_role("button", name="Show").click()
    plain_page.wait_for_url("**means=shifted**")
    plain_page.goto(f"{url}/jobs/{job_id}")
    plain_page.get_by_text("Share", exact=True).click()
    plain_page.get_by_role("button", name="Make a link").click()
    expect(plain_page.get_by_label("Whoever has this link")).to_have_value(re.compile(f"^{url}/s/"))
    plain_page.get_by_role("button", name="Revoke the link").click()
    assert not jobs.get(job_id).shared
    plain_page.get_by_role("button", name="Weaker").click()
    assert jobs.get(plain_page.url.rpartition("/")[2]).state is JobState.QUEUED
    plain_page.goto(f"{url}/jobs/{job_id}")
    plain_page.get_by_role("button", name="Move to the trash").click()
    expect(plain_page.get_by_role("button", name="Restore the job")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("job_id")
def test_everybody_can_use_the_page(page: Page, scheme: str, tmp_path: Path) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    check_accessible(page)
    check_page(page)
    check_accessible(page)
    page.screenshot(path=tmp_path / f"{scheme}.png", full_page=True)
    page.get_by_role("radio", name="Side by side").check()
    check_page(page)


@pytest.mark.parametrize("width", [1200, 380])
def test_means_of_ones_own_fit_beside_their_names(
    page: Page, url: str, jobs: JobStore, data: Path, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{url}/jobs/{make(url, jobs, data, deprocess_means=[90, 100, 130])}")
    expect(page.get_by_role("radio", name="own")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
