"""The gallery in a real browser: find a picture, select several, delete with undo, compare."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from shared.errors import OutOfMemory
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.parts import trash_of
from tests.shared.job_store.transitions import claimed
from tests.web.browser.accessible import check_accessible
from tests.web.browser.on_a_phone import check_page
from tests.web.finished_job import finish
from tests.web.painted_jobs import painted, submitted
from web.picture_list import PAGE


@pytest.fixture
def objects(data: Path) -> ObjectStore:
    """Return the image store of the web server."""
    return ObjectStore(str(data / "images"))


@pytest.fixture
def ids(jobs: JobStore, objects: ObjectStore) -> list[str]:
    """Return the ids of some finished jobs of several shapes, the newest first."""
    sizes = [(96, 64), (64, 96), (120, 64), (64, 64), (150, 64)]
    made = [painted(jobs, objects, size=size, strength=30 + n) for n, size in enumerate(sizes)]
    return made[::-1]


def failed_job(jobs: JobStore, objects: ObjectStore) -> str:
    job_id = submitted(jobs, objects)
    jobs.fail(claimed(jobs), OutOfMemory(width=96, height=64))
    return job_id


def link(page: Page, job_id: str) -> Locator:
    return page.locator(f"#job-{job_id} .open")


def box(page: Page, job_id: str) -> Locator:
    return page.locator(f"#job-{job_id} .pick input")


def shown(page: Page) -> list[str]:
    items = page.locator(".item").evaluate_all("all => all.map((each) => each.id)")
    return [str(each).removeprefix("job-") for each in items]


def test_older_pictures_are_appended_and_back_returns_to_the_one_that_was_opened(
    page: Page, url: str, jobs: JobStore, objects: ObjectStore
) -> None:
    ids = [submitted(jobs, objects) for _ in range(2 * PAGE + 2)][::-1]
    page.goto(f"{url}/gallery")
    older = page.get_by_role("link", name="Older pictures")
    older.click()
    expect(page.locator(".item")).to_have_count(2 * PAGE)
    expect(older).to_be_focused()
    older.click()
    expect(page.locator(".item")).to_have_count(len(ids))
    expect(older).to_have_count(0)
    assert shown(page) == ids
    expect(link(page, ids[2 * PAGE])).to_be_focused()
    opened = ids[PAGE + 3]
    link(page, opened).click()
    expect(page).to_have_url(re.compile(f"/jobs/{opened}"))
    page.go_back()
    expect(page).to_have_url(re.compile(rf"/gallery\?before=\d+#job-{opened}"))
    expect(page.locator(f"#job-{opened}")).to_be_in_viewport()


def test_filters_are_chosen_by_their_chips(
    page: Page, url: str, jobs: JobStore, objects: ObjectStore
) -> None:
    first, second = painted(jobs, objects, style=0), painted(jobs, objects, preset="bold", style=1)
    failed = failed_job(jobs, objects)
    page.goto(f"{url}/gallery")
    assert shown(page) == [failed, second, first]
    page.get_by_role("link", name="Finished").click()
    expect(page.locator(".item")).to_have_count(2)
    page.get_by_text("Preset and style").click()
    page.get_by_role("link", name="bold", exact=True).click()
    expect(page.locator(".item")).to_have_count(1)
    assert shown(page) == [second]
    page.get_by_role("link", name="Any preset").click()
    page.get_by_text("Preset and style").click()
    page.locator(".chip.style").first.click()
    expect(page.locator(".item")).to_have_count(1)
    assert shown(page) == [first]
    expect(page.locator(".chip.style[aria-current]")).to_have_count(1)
    page.get_by_role("link", name="Any style").click()
    page.get_by_role("link", name="All", exact=True).click()
    expect(page.locator(".item")).to_have_count(3)


def test_several_are_selected_and_downloaded(
    page: Page, url: str, ids: list[str], tmp_path: Path
) -> None:
    page.goto(f"{url}/gallery")
    bar = page.locator("#selection")
    expect(bar).to_be_hidden()
    box(page, ids[0]).check()
    expect(page.locator("#selected")).to_have_text("1 selected")
    expect(page.locator("#compare")).to_be_disabled()
    box(page, ids[2]).click(modifiers=["Shift"])
    expect(page.locator("#selected")).to_have_text("3 selected")
    with page.expect_download() as download:
        page.get_by_role("button", name="ZIP").click()
    assert download.value.suggested_filename == "gramworks-3-pictures.zip"
    download.value.save_as(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        rows = json.loads(archive.read("manifest.json"))["jobs"]
    assert [row["job"] for row in rows] == ids[:3]
    page.get_by_role("button", name="Select all shown").click()
    expect(page.locator("#selected")).to_have_text(f"{len(ids)} selected")
    page.get_by_role("button", name="Clear").click()
    expect(bar).to_be_hidden()


def test_a_deletion_is_undone_where_it_was(
    page: Page, url: str, jobs: JobStore, ids: list[str]
) -> None:
    page.goto(f"{url}/gallery")
    box(page, ids[1]).check()
    box(page, ids[2]).check()
    page.locator("#delete").click()
    expect(page.get_by_text("2 pictures were moved to the trash.")).to_be_visible()
    assert shown(page) == [ids[0], *ids[3:]]
    assert jobs.find(ids[1]).deleted_at
    expect(link(page, ids[3])).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 pictures were restored.")).to_be_visible()
    assert shown(page) == ids
    assert not jobs.find(ids[1]).deleted_at
    expect(page.locator("#selection")).to_be_hidden()


def test_the_viewer_goes_from_picture_to_picture_and_returns_to_the_last(
    page: Page, url: str, jobs: JobStore, objects: ObjectStore, ids: list[str]
) -> None:
    submitted(jobs, objects)  # has no picture to view
    page.goto(f"{url}/gallery")
    link(page, ids[0]).click()
    viewer = page.locator("dialog.viewer")
    expect(viewer).to_be_visible()
    expect(viewer.locator("img")).to_have_attribute("src", f"/api/v1/jobs/{ids[0]}/result")
    expect(viewer.get_by_text(f"1 of {len(ids)}")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(viewer.locator("img")).to_have_attribute("src", f"/api/v1/jobs/{ids[1]}/result")
    page.keyboard.press("i")
    expect(viewer.get_by_text("balanced").last).to_be_visible()
    expect(viewer.get_by_text("64 × 64")).to_be_visible()
    check_accessible(page)
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(link(page, ids[1])).to_be_focused()


def test_everything_is_done_by_keys(page: Page, url: str, jobs: JobStore, ids: list[str]) -> None:
    page.goto(f"{url}/gallery")
    page.keyboard.press("ArrowRight")
    expect(link(page, ids[0])).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator("#selected")).to_have_text("2 selected")
    page.keyboard.press("ArrowLeft")
    expect(link(page, ids[0])).to_be_focused()
    page.keyboard.press("Delete")
    expect(link(page, ids[0])).to_have_count(0)
    expect(link(page, ids[2])).to_be_focused()
    page.keyboard.press("Delete")  # without a selection: the one with the focus
    expect(link(page, ids[3])).to_be_focused()
    assert [bool(jobs.find(each).deleted_at) for each in ids] == [True, True, True, False, False]
    page.keyboard.press("Enter")
    expect(page.locator("dialog.viewer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(link(page, ids[3])).to_be_focused()


def test_arrows_go_to_the_nearest_picture_of_the_next_row(
    page: Page, url: str, jobs: JobStore, objects: ObjectStore
) -> None:
    for _ in range(PAGE):
        submitted(jobs, objects)
    page.goto(f"{url}/gallery")
    page.locator(".open").nth(1).focus()
    before = page.locator(".open").nth(1).bounding_box()
    page.keyboard.press("ArrowDown")
    below = page.locator(".open:focus").bounding_box()
    assert before is not None
    assert below is not None
    assert below["y"] > before["y"] + before["height"] / 2
    assert abs(below["x"] - before["x"]) < before["width"]
    page.keyboard.press("ArrowUp")
    expect(page.locator(".open").nth(1)).to_be_focused()


def test_compared_pictures_zoom_together(
    page: Page, url: str, jobs: JobStore, objects: ObjectStore
) -> None:
    sizes = [(600, 400), (400, 500), (700, 350)]
    ids = [painted(jobs, objects, size=size) for size in sizes]
    page.goto(f"{url}/gallery")
    for job_id in ids[:3]:
        box(page, job_id).check()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Compare")).to_be_visible()
    expect(page.locator(".pane")).to_have_count(3)
    width = "all => all.map((each) => each.getBoundingClientRect().width)"
    before = page.locator(".pane img").evaluate_all(width)
    page.get_by_role("button", name="Zoom in").click()
    after = page.locator(".pane img").evaluate_all(width)
    for small, large in zip(before, after, strict=True):
        assert large / small == pytest.approx(1.4, rel=0.01)
    page.locator(".pane").nth(1).hover()
    page.mouse.down()
    page.mouse.move(0, 0)
    page.mouse.up()
    corners = page.locator(".pane").evaluate_all(
        "all => all.map((pane) => pane.getBoundingClientRect().right"
        " - pane.querySelector('img').getBoundingClientRect().right)"
    )
    assert corners == pytest.approx([0, 0, 0], abs=2)  # all are at their right edge
    page.keyboard.press("0")
    assert page.locator(".pane img").evaluate_all(width) == pytest.approx(before, abs=1)


def test_without_scripts_several_are_compared_deleted_and_restored(
    plain_page: Page, url: str, jobs: JobStore, ids: list[str]
) -> None:
    page = plain_page
    page.goto(f"{url}/gallery")
    box(page, ids[0]).check()
    box(page, ids[1]).check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".pane")).to_have_count(2)
    expect(page.get_by_role("row", name="Strength")).to_contain_text("34")
    page.go_back()
    box(page, ids[0]).check()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name=re.compile("Restore (it|these)")).click()
    expect(page.get_by_role("heading", name="Gallery")).to_be_visible()
    assert not any(jobs.find(each).deleted_at for each in ids)
    link(page, ids[2]).click()
    expect(page).to_have_url(re.compile(f"/jobs/{ids[2]}"))


def test_without_scripts_pages_have_links(
    plain_page: Page, url: str, jobs: JobStore, objects: ObjectStore
) -> None:
    ids = [submitted(jobs, objects) for _ in range(PAGE + 1)][::-1]
    plain_page.goto(f"{url}/gallery")
    plain_page.get_by_role("link", name="Older pictures").click()
    expect(plain_page.locator(".item")).to_have_count(1)
    plain_page.get_by_role("link", name="Newer pictures").click()
    expect(plain_page.locator(".item")).to_have_count(PAGE)
    assert shown(plain_page) == ids[:PAGE]


def test_the_trash_is_emptied_and_all_is_deleted_after_a_confirmation(
    page: Page, url: str, jobs: JobStore, ids: list[str]
) -> None:
    page.goto(f"{url}/gallery")
    page.get_by_text("Delete all pictures").click()
    page.get_by_role("button", name="Delete all 5 jobs").click()
    page.get_by_role("button", name="Restore all of it").click()
    expect(page.locator(".item")).to_have_count(5)
    trash_of(jobs).move(ids[0])
    page.get_by_role("link", name="Trash").click()
    expect(page.locator(".item")).to_have_count(1)
    page.get_by_text("Empty the trash").click()
    page.get_by_role("button", name="Delete my picture in the trash for good").click()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    assert jobs.get_all([ids[0]]) == []


def test_pictures_do_not_move_while_they_load(page: Page, url: str, ids: list[str]) -> None:
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => {"
        " for (const each of list.getEntries()) window.moved += each.value;"
        " }).observe({ type: 'layout-shift', buffered: true });"
    )
    page.goto(f"{url}/gallery")
    expect(link(page, ids[0]).locator("img")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.moved") < 0.01


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_state_is_accessible_and_fits_a_phone(
    page: Page, url: str, jobs: JobStore, objects: ObjectStore, ids: list[str], scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    failed_job(jobs, objects)
    submitted(jobs, objects)
    trash_of(jobs).move(painted_id := ids[-1])
    compared = ",".join(ids[:4])
    paths = ("/gallery", "/gallery?state=cancelled", f"/compare?jobs={compared}", "/trash")
    for path in (*paths, f"/trash?deleted={painted_id}"):
        page.set_viewport_size({"width": 1200, "height": 900})
        page.goto(url + path)
        check_accessible(page)
        if page.locator(".pick input").count():
            page.get_by_role("checkbox", name=re.compile("Select")).first.check()
            check_accessible(page)
        check_page(page)
        check_accessible(page)


def test_a_picture_appears_when_its_job_is_done(
    page: Page, url: str, jobs: JobStore, objects: ObjectStore
) -> None:
    page.clock.install()
    job_id = submitted(jobs, objects)
    page.goto(f"{url}/gallery")
    expect(link(page, job_id)).to_contain_text("queued")
    box(page, job_id).check()
    link(page, job_id).focus()
    finish(claimed(jobs), jobs, objects)
    page.clock.run_for(11_000)
    expect(link(page, job_id).locator("img")).to_have_attribute("src", re.compile("name=result"))
    expect(link(page, job_id)).to_be_focused()
    expect(box(page, job_id)).to_be_checked()


def test_the_empty_gallery_leads_to_a_new_picture(page: Page, url: str) -> None:
    page.goto(f"{url}/gallery")
    check_accessible(page)
    page.get_by_role("link", name="Paint the first one").click()
    expect(page).to_have_url(f"{url}/")
