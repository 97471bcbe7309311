"""Whether a page can be used by everybody, as far as axe-core can tell (WCAG 2.2 AA)."""

import json

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def check_accessible(page: Page) -> None:
    """Assert that axe finds nothing in the page as it is now."""
    page.emulate_media(reduced_motion="reduce")  # else a colour may be between two themes
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    shown = [
        {
            "rule": each["id"],
            "help": each["help"],
            "nodes": [f"{node['html'][:200]} {node['failureSummary']}" for node in each["nodes"]],
        }
        for each in found
    ]
    assert not shown, f"{page.url}: {json.dumps(shown, indent=1)}"
