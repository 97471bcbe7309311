"""How long pages take to load on a slow line with a slow processor: `python -m bench.pages`.

It runs the whole system with a few painted pictures (those of `bench.screenshots`, if they are
there). The line and the factor of the processor are in `bench.page_load`.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from bench.browser import launched
from bench.page_load import OBSERVE_SHIFTS, THREE_G, Times, recorded, throttle, times, transferred
from bench.screenshots import FOLDER
from bench.studio import Studio, studio

SLOWDOWN = 4
ROUNDS = 5
PHONE = {"width": 380, "height": 800}


def main() -> None:
    """Print a table, and write it as JSON if a file is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write what was measured into this file")
    chosen = parser.parse_args()
    with launched() as browser, studio(FOLDER / "data") as made:
        made.paint()
        rows = {name: measured(browser, made, at) for name, at in addresses(made).items()}
    print(f"{'page':10} {'kB':>6} {'first paint':>12} {'usable':>8} {'loaded':>8} {'shift':>7}")
    for name, row in rows.items():
        print(
            f"{name:10} {row['kilobytes']:6.1f} {row['painted']:9.0f} ms {row['usable']:5.0f} ms"
            f" {row['loaded']:5.0f} ms {row['shift']:7.4f}"
        )
    if chosen.json:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(json.dumps(rows, indent=1))


def addresses(made: Studio) -> Mapping[str, str]:
    """Return the addresses of the pages that are measured."""
    job = made.painted()[0]
    return {"new": "/", "job": f"/jobs/{job.id}", "gallery": "/gallery", "workers": "/workers"}


def measured(browser: Browser, made: Studio, address: str) -> dict[str, float]:
    """Return the medians of loads by a browser that has nothing of the site in its cache."""
    loads: list[Times] = []
    for _ in range(ROUNDS):
        page = browser.new_context(locale="en", viewport=PHONE).new_page()  # type: ignore[arg-type] # a TypedDict that Playwright does not export
        made.sign_in(page)
        page.context.new_cdp_session(page).send("Network.clearBrowserCache")
        page.goto("about:blank")
        page.add_init_script(OBSERVE_SHIFTS)
        throttle(page, THREE_G, SLOWDOWN)
        with recorded(page) as requests:
            page.goto(made.url + address, wait_until="load")
            page.wait_for_timeout(1000)
        loads.append(times(page))
        kilobytes, shift = transferred(requests.values()) / 1000, page.evaluate("window.shifts")
        page.context.close()
    painted, usable, loaded = (median(each) for each in zip(*loads, strict=True))
    return {
        "kilobytes": kilobytes,
        "painted": painted,
        "usable": usable,
        "loaded": loaded,
        "shift": shift,
    }


if __name__ == "__main__":
    main()
