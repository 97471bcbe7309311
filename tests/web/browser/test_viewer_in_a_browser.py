"""The full-screen viewer: zoom, pan, keys, details; the focus stays inside and is given back."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.web.browser.accessible import check_accessible
from tests.web.finished_job import finished, painted

OPEN = """
async ([items, index]) => {
  document.querySelector('.brand').focus();
  const { openViewer } = await import('/static/x/js/viewer.js');
  openViewer(items, index).then((last) => { window.last = last; });
}
"""
STYLE = "document.querySelector('.viewer img').style"


@pytest.fixture
def items(jobs: JobStore, data: Path) -> list[dict[str, object]]:
    """Return two pictures of 640 × 480 pixels, the first with details."""
    objects = ObjectStore(str(data / "images"))
    links = [f"/api/v1/jobs/{finished(jobs, objects, painted(480, 640))}" for _ in range(2)]
    items = [
        {"src": f"{link}/result", "alt": f"picture {number}", "width": 640, "height": 480}
        for number, link in enumerate(links)
    ]
    return [
        items[0] | {"caption": "Bridge", "details": [["Preset", "bold"]], "href": "/"},
        items[1],
    ]


def show(page: Page, url: str, items: list[dict[str, object]], index: int = 0) -> None:
    page.goto(url)
    page.evaluate(OPEN, [items, index])
    expect(page.locator(".viewer .stage")).not_to_have_attribute("aria-busy", "true")


def percent(page: Page) -> int:
    return int(page.locator(".viewer .percent").inner_text().split()[0])


def offset(page: Page) -> list[float]:
    return [float(each[:-2]) for each in page.evaluate(f"{STYLE}.translate").split()]


def test_keys_go_from_picture_to_picture_and_close_it(
    page: Page, url: str, items: list[dict[str, object]]
) -> None:
    show(page, url, items)
    dialog = page.get_by_role("dialog", name="Bridge")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text("1 of 2")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="picture 1")).to_be_visible()
    expect(page.get_by_role("link", name="Open its page")).to_be_hidden()
    page.keyboard.press("ArrowRight")  # there is no third
    page.keyboard.press("Escape")
    expect(page.locator(".viewer")).to_have_count(0)
    assert page.evaluate("last") == 1
    assert page.evaluate("document.activeElement.className") == "brand"


def test_the_focus_stays_inside(page: Page, url: str, items: list[dict[str, object]]) -> None:
    show(page, url, items)
    for _ in range(12):
        page.keyboard.press("Tab")
        inside = (
            "document.activeElement.closest('.viewer') || document.activeElement === document.body"
        )
        assert page.evaluate(f"Boolean({inside})")
    page.get_by_role("button", name="Next picture").focus()
    page.keyboard.press("Enter")  # there, that button is gone
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("dialog", name="Bridge")).to_be_visible()


def test_the_wheel_zooms_around_the_pointer(
    page: Page, url: str, items: list[dict[str, object]]
) -> None:
    show(page, url, items)
    fitting = percent(page)
    box = page.locator(".viewer img").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 4, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    page.wait_for_function(f"parseInt(document.querySelector('.percent').innerText) > {fitting}")
    after = page.locator(".viewer img").bounding_box()
    assert after is not None
    assert (x - after["x"]) / after["width"] == pytest.approx(1 / 4, abs=0.01)
    assert (y - after["y"]) / after["height"] == pytest.approx(1 / 2, abs=0.01)


def test_a_double_click_zooms_and_a_drag_moves_the_picture(
    page: Page, url: str, items: list[dict[str, object]]
) -> None:
    show(page, url, items)
    fitting = percent(page)
    page.mouse.dblclick(600, 450)
    assert percent(page) > fitting
    before = offset(page)
    page.mouse.move(600, 450)
    page.mouse.down()
    page.mouse.move(560, 430, steps=3)
    page.mouse.up()
    assert offset(page) == pytest.approx([before[0] - 40, before[1] - 20], abs=1)
    page.mouse.dblclick(600, 450)
    assert percent(page) == fitting


def test_keys_and_buttons_zoom_and_move_the_picture(
    page: Page, url: str, items: list[dict[str, object]]
) -> None:
    show(page, url, items)
    fitting = percent(page)
    page.keyboard.press("+")
    assert percent(page) > fitting
    page.keyboard.press("-")
    assert percent(page) == fitting
    page.keyboard.press("1")
    assert percent(page) == 100
    page.keyboard.press("0")
    assert percent(page) == fitting
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Zoom in").click()
    before = offset(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowLeft")
    assert offset(page) == pytest.approx([before[0] + 80, before[1] + 80], abs=1)
    page.get_by_role("button", name="Fit to the screen").click()
    assert percent(page) == fitting


def test_details_are_shown_and_remembered(
    page: Page, url: str, items: list[dict[str, object]]
) -> None:
    show(page, url, items)
    expect(page.locator(".viewer dd")).to_be_hidden()
    page.keyboard.press("i")
    expect(page.locator(".viewer .details")).to_have_text("Presetbold")
    show(page, url, items)
    expect(page.locator(".viewer dd")).to_be_visible()
    expect(page.get_by_role("button", name="Details")).to_have_attribute("aria-expanded", "true")


def test_two_fingers_zoom_and_one_turns_to_the_next_picture(
    page: Page, url: str, items: list[dict[str, object]]
) -> None:
    page.set_viewport_size({"width": 380, "height": 800})
    show(page, url, items)
    fitting = percent(page)
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[int, int]) -> None:
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    touch("touchStart", (300, 400))
    touch("touchMove", (200, 405))
    touch("touchMove", (100, 405))
    touch("touchEnd")
    expect(page.get_by_role("dialog", name="picture 1")).to_be_visible()
    touch("touchStart", (150, 400), (220, 400))
    touch("touchMove", (100, 400), (270, 400))
    touch("touchMove", (60, 400), (310, 400))
    touch("touchEnd")
    assert percent(page) > 2 * fitting


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 380])
def test_everybody_can_use_it(
    page: Page, url: str, items: list[dict[str, object]], scheme: str, width: int, tmp_path: Path
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    show(page, url, items)
    page.keyboard.press("i")
    check_accessible(page)
    assert page.evaluate("document.querySelector('.viewer').scrollWidth") <= width
    for button in page.locator(".viewer :is(button, a)").all():
        box = button.bounding_box()
        assert box is None or min(box["height"], box["width"]) >= 44, button.inner_html()
    page.screenshot(path=tmp_path / f"{scheme}{width}.png")
