"""The page for a new picture in a real browser: choosing pictures and settings, sending them."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from samples import style_path
from shared.job import Job
from shared.job_store import JobStore
from shared.settings import PRESETS, StyleSettings
from tests.web.browser.accessible import check_accessible
from tests.web.browser.on_a_phone import check_page

PICTURE, ANOTHER = style_path("brushwork"), style_path("woodcut-waves")
SIZE = "768 × 600 px"
TRANSFER = """async (name) => {
  const data = new DataTransfer();
  const blob = await (await fetch(`/static/x/styles/${name}.jpg`)).blob();
  data.items.add(new File([blob], `${name}.jpg`, { type: "image/jpeg" }));
  return data;
}"""


@pytest.fixture
def refused(browser: Browser) -> Iterator[Page]:
    """Return a page that may get errors from the server, which Chromium logs."""
    opened = browser.new_page(viewport={"width": 1200, "height": 900}, locale="en")
    yield opened
    opened.close()


def choose_pictures(page: Page) -> None:
    for field in ("content", "style"):
        page.set_input_files(f"input[type=file][name={field}]", PICTURE)


def paint(page: Page) -> None:
    page.get_by_role("button", name="Paint it").click()
    page.wait_for_url("**/jobs/*")


def chosen(page: Page, kind: str) -> Locator:
    return page.locator(f"[data-kind={kind}] .chosen > li")


def latest(jobs: JobStore) -> Job:
    [job] = jobs.page(1).jobs
    assert isinstance(job, Job)
    return job


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def styles_of(job: Job) -> list[str | None]:
    return [style.sha256 for style in job.inputs.styles]


def test_an_untouched_form_sends_only_the_preset(page: Page, url: str, jobs: JobStore) -> None:
    page.goto(url)
    choose_pictures(page)
    paint(page)
    assert latest(jobs).settings == StyleSettings(**PRESETS["balanced"])


def test_the_form_sends_what_was_chosen(page: Page, url: str, jobs: JobStore) -> None:
    page.goto(url)
    choose_pictures(page)
    page.get_by_role("radio", name="Faithful").check()
    page.fill("input[name=size]", "64")
    page.locator("summary", has_text="Photograph").click()
    page.fill("input[name=content_weight]", "0.001")
    page.locator("summary", has_text="Method").click()
    page.select_option("select[name=geometry]", "aspect")
    expect(page.locator("summary", has_text="Method")).to_have_text("Method 1 changed")
    paint(page)
    chosen_values = {"size": 64, "content_weight": 0.001, "geometry": "aspect"}
    assert latest(jobs).settings == StyleSettings.model_validate(chosen_values)


def test_the_form_sends_the_size_of_the_photograph(page: Page, url: str, jobs: JobStore) -> None:
    page.goto(url)
    choose_pictures(page)
    page.get_by_role("button", name="the photograph's").click()
    paint(page)
    job = latest(jobs)
    assert job.settings.size == job.inputs.content.height


def test_fields_show_the_values_of_the_preset(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("radio", name="Draft").check()
    expect(page.locator("#size")).to_have_attribute("placeholder", "200")
    expect(page.locator("#iterations")).to_have_attribute("placeholder", "3")
    expect(page.locator("#geometry option").first).to_have_text("Preset: aspect")
    expect(page.get_by_role("slider", name="Strength")).to_have_value("50")


def test_the_strength_is_sent_only_if_it_was_moved(page: Page, url: str, jobs: JobStore) -> None:
    page.goto(url)
    choose_pictures(page)
    slider, reset = page.get_by_role("slider", name="Strength"), page.locator("#reset-strength")
    slider.focus()
    slider.press("ArrowRight")
    expect(page.locator("#strength")).to_have_value("56")
    reset.click()
    expect(page.locator("#strength")).to_have_value("")
    expect(reset).to_be_hidden()
    slider.fill("80")
    paint(page)
    expected = StyleSettings.model_validate({**PRESETS["balanced"], "strength": 80})
    assert latest(jobs).settings == expected


def test_a_chosen_picture_is_shown_with_its_size_and_can_be_removed(page: Page, url: str) -> None:
    page.goto(url)
    choose_pictures(page)
    item = chosen(page, "content")
    expect(item).to_contain_text(f"brushwork.jpg{SIZE}")
    assert item.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)")
    page.set_input_files("input[type=file][name=content]", ANOTHER)  # it replaces the first
    expect(item).to_have_count(1)
    expect(item).to_contain_text("woodcut-waves.jpg")
    item.get_by_role("button", name="Remove woodcut-waves.jpg").click()
    expect(item).to_have_count(0)
    expect(page.locator("[data-kind=content] .drop input")).to_be_focused()


@pytest.mark.parametrize("target", ["[data-kind=style]", "footer"])
def test_pictures_can_be_dropped_on_their_place_or_anywhere(
    page: Page, url: str, target: str
) -> None:
    page.goto(url)
    data = page.evaluate_handle(TRANSFER, "woodcut-waves")
    page.dispatch_event(target, "dragover", {"dataTransfer": data})
    assert page.locator("body").get_attribute("class") == "dropping"
    page.dispatch_event(target, "drop", {"dataTransfer": data})
    kind = "content" if target == "footer" else "style"  # without a place: what is missing first
    expect(chosen(page, kind)).to_contain_text(f"woodcut-waves.jpg{SIZE}")
    page.dispatch_event(target, "drop", {"dataTransfer": data})
    expect(chosen(page, "style").last).to_contain_text("woodcut-waves.jpg")
    assert page.locator("body").get_attribute("class") == ""


def test_pictures_can_be_pasted(page: Page, url: str, jobs: JobStore) -> None:
    page.goto(url)
    for name in ("brushwork", "woodcut-waves"):
        data = page.evaluate_handle(TRANSFER, name)
        page.evaluate(
            "data => document.body.dispatchEvent(new ClipboardEvent('paste',"
            " { clipboardData: data, bubbles: true, cancelable: true }))",
            data,
        )
    expect(chosen(page, "content")).to_contain_text("brushwork.jpg")
    expect(chosen(page, "style")).to_contain_text("woodcut-waves.jpg")
    paint(page)
    job = latest(jobs)
    assert [job.inputs.content.sha256, *styles_of(job)] == [hash_of(PICTURE), hash_of(ANOTHER)]


def test_several_styles_are_ordered_and_blended(page: Page, url: str, jobs: JobStore) -> None:
    page.goto(url)
    choose_pictures(page)
    items = chosen(page, "style")
    assert not items.get_by_role("slider").is_visible()  # one style has nothing to be blended with
    page.set_input_files("input[type=file][name=style]", ANOTHER)
    page.get_by_role("checkbox", name="Stained glass").check()
    expect(items).to_have_count(3)
    expect(items.nth(2).locator("output")).to_have_text("33 %")
    items.nth(2).get_by_role("slider").fill("100")
    expect(items.nth(2).locator("output")).to_have_text("50 %")
    items.nth(2).get_by_role("button", name="Move Stained glass forward").click()
    expect(items.nth(1)).to_contain_text("Stained glass")
    expect(items.nth(1).get_by_role("button", name="forward")).to_be_focused()
    items.nth(0).get_by_role("button", name="Remove").click()
    paint(page)
    job = latest(jobs)
    assert styles_of(job) == [hash_of(style_path("stained-glass")), hash_of(ANOTHER)]
    assert job.settings.style_blend == [100, 50]


def test_a_built_in_style_and_an_earlier_photograph_are_used_without_uploads(
    page: Page, url: str, jobs: JobStore
) -> None:
    page.goto(url)
    choose_pictures(page)
    paint(page)
    page.goto(url)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_role("radio", name="Photograph 1").check()
    page.get_by_role("checkbox", name="Woodcut").check()
    expect(chosen(page, "style")).to_contain_text(f"Woodcut{SIZE}")
    paint(page)
    assert "PUT" not in sent
    job = latest(jobs)
    assert [job.inputs.content.sha256, *styles_of(job)] == [hash_of(PICTURE), hash_of(ANOTHER)]


def test_an_error_keeps_all_that_was_chosen(refused: Page, url: str, jobs: JobStore) -> None:
    page = refused
    page.goto(url)
    choose_pictures(page)
    page.get_by_role("radio", name="Bold").check()
    page.fill("#size", "5")
    page.get_by_role("button", name="Paint it").click()
    alert = page.locator("#problem .alert")
    expect(alert).to_contain_text("Not submitted. 'Size' must be 32 or more.")
    expect(alert).not_to_contain_text("Choose them again")
    assert page.url == f"{url}/"
    page.get_by_role("link", name="Go to the setting").click()
    page.fill("#size", "64")
    paint(page)
    job = latest(jobs)
    assert job.settings == StyleSettings(**PRESETS["bold"] | {"size": 64})
    assert styles_of(job) == [hash_of(PICTURE)]


def test_a_file_that_is_no_picture_says_so_at_once(refused: Page, url: str, tmp_path: Path) -> None:
    page, file = refused, tmp_path / "notes.png"
    file.write_bytes(b"no picture")
    page.goto(url)
    page.set_input_files("input[type=file][name=content]", file)
    expect(chosen(page, "content")).to_contain_text("is not an image of a supported format")


def test_without_its_hash_a_picture_is_sent_with_the_form(
    page: Page, url: str, jobs: JobStore
) -> None:
    page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    page.goto(url)  # as from another machine without HTTPS
    page.get_by_role("checkbox", name="Woodcut").check()
    choose_pictures(page)
    expect(chosen(page, "style").first).to_contain_text("brushwork.jpg")  # files come first
    chosen(page, "style").last.get_by_role("slider").fill("100")
    paint(page)
    job = latest(jobs)
    assert styles_of(job) == [hash_of(PICTURE), hash_of(ANOTHER)]
    assert job.settings.style_blend == [50, 100]


def test_an_upload_that_is_too_large_shows_the_error_of_the_server(page: Page, url: str) -> None:
    page.goto(url)
    page.evaluate("document.querySelector('#new').dataset.limit = 1000")
    choose_pictures(page)
    message = "The upload is too large. Files can have up to 64 MB together."
    expect(page.locator("[data-kind=content] .chosen small")).to_have_text(message)


def test_a_picture_is_painted_with_the_keyboard_alone(page: Page, url: str, jobs: JobStore) -> None:
    page.on("filechooser", lambda chooser: chooser.set_files(PICTURE))
    page.goto(url)

    def tab_to(target: Locator) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if target.evaluate("each => each === document.activeElement"):
                return
        pytest.fail(f"Tab does not reach {target}")

    tab_to(page.locator(".drop input").first)
    page.keyboard.press("Enter")
    expect(chosen(page, "content")).to_be_visible()
    tab_to(page.get_by_role("checkbox", name="Woodcut"))
    page.keyboard.press("Space")
    tab_to(page.get_by_role("radio", name="Balanced"))
    page.keyboard.press("ArrowRight")
    tab_to(page.get_by_role("button", name="Paint it"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/*")
    job = latest(jobs)
    assert job.settings == StyleSettings(**PRESETS["draft"])
    assert styles_of(job) == [hash_of(ANOTHER)]


def test_a_key_starts_to_paint_once_there_are_pictures(page: Page, url: str) -> None:
    page.goto(url)
    page.keyboard.press("p")
    expect(page.get_by_role("alert")).to_have_count(0)
    choose_pictures(page)
    page.keyboard.press("p")
    page.wait_for_url("**/jobs/*")


def test_the_page_works_without_javascript(plain_page: Page, url: str, jobs: JobStore) -> None:
    page = plain_page
    page.goto(url)
    page.set_input_files("input[type=file][name=content]", PICTURE)
    page.get_by_role("checkbox", name="Woodcut").check()
    page.get_by_role("checkbox", name="Stained glass").check()
    page.fill("#size", "5")
    page.get_by_role("button", name="Paint it").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose them again")
    expect(page.get_by_role("checkbox", name="Woodcut")).to_be_checked()
    page.fill("#size", "64")
    page.set_input_files("input[type=file][name=content]", PICTURE)
    page.locator("summary", has_text=re.compile("^Style")).click()
    page.fill("#style_blend", "3, 1")
    paint(page)
    assert latest(jobs).settings.style_blend == [3, 1]
    page.goto(url)
    page.get_by_role("radio", name="Photograph 1").check()
    page.get_by_role("checkbox", name="Woodcut").check()
    paint(page)
    assert latest(jobs).inputs.content.sha256 == hash_of(PICTURE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_page_on_every_screen(
    page: Page, url: str, scheme: str, tmp_path: Path
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(url)
    check_accessible(page)
    choose_pictures(page)
    paint(page)
    page.goto(url)
    choose_pictures(page)
    page.get_by_role("checkbox", name="Stained glass").check()
    expect(chosen(page, "style")).to_have_count(2)
    for details in page.locator("details").all():
        details.evaluate("each => { each.open = true; }")
    check_accessible(page)
    page.screenshot(path=tmp_path / f"{scheme}.png", full_page=True)
    check_page(page)
    check_accessible(page)
    button = page.get_by_role("button", name="Paint it")
    box = button.bounding_box()  # it stays in view while the page is scrolled
    assert box is not None
    assert 0 < box["y"] < 800 - box["height"]
    page.screenshot(path=tmp_path / f"{scheme}-phone.png")
