"""Whether a page fits a phone."""

import json

from playwright.sync_api import Page

WIDTH = 380
SMALLEST = 44  # pixels; a finger's width
CONTROLS = "button, select, summary, .button, .drop, .settings input, input[type=password]"
LABELS = "nav a, button, summary, .button, h1, h2, h3, .doing a"  # whose words stay whole
LOAD_IMAGES = """Promise.all([...document.images].filter(image => image.src).map(image => {
  image.loading = "eager"; // one that is out of view would not be loaded
  return image.decode();
}))"""

BROKEN_WORDS = """(labels) => [...document.querySelectorAll(labels)].flatMap((label) => {
  const texts = document.createTreeWalker(label, NodeFilter.SHOW_TEXT), broken = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    for (const { index, 0: word } of text.data.matchAll(/[^\\s-]+/g)) {
      const range = new Range();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      if (new Set([...range.getClientRects()].map((each) => each.top)).size > 1) broken.push(word);
    }
  }
  return broken;
})"""


def check_page(page: Page) -> None:
    """Assert that all of the page, with its details open, is in view and can be tapped."""
    page.set_viewport_size({"width": WIDTH, "height": 800})
    for details in page.locator("details").all():
        details.evaluate("each => { each.open = true; }")
    page.evaluate(LOAD_IMAGES)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= WIDTH, json.dumps({"path": page.url, "width": width})
    broken = page.evaluate(BROKEN_WORDS, LABELS)
    assert not broken, json.dumps({"path": page.url, "words in two lines": broken})
    for control in page.locator(CONTROLS).all():
        box = control.bounding_box()  # None: it is hidden
        assert box is None or box["height"] >= SMALLEST, control.evaluate("each => each.outerHTML")
