// Shows how queued and running pictures change, while there are any and somebody looks.
import { showLocalTimes } from "../format.js";

const SECONDS = 10;

export function followLive(list) {
  setTimeout(async () => {
    try {
      if (!document.hidden) await refresh(list);
    } finally {
      followLive(list);
    }
  }, SECONDS * 1000);
}

async function refresh(list) {
  const live = [...list.querySelectorAll(".item[data-live]")];
  const pages = new Set(live.map((item) => item.dataset.page ?? list.dataset.page));
  for (const address of pages) {
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok) return; // the next time
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const item of live.filter((each) => (each.dataset.page ?? list.dataset.page) === address)) {
      const now = page.getElementById(item.id);
      if (now && now.dataset.live !== item.dataset.live) replace(item, now);
    }
  }
}

// Takes over what has changed, and keeps the selection and the focus.
function replace(item, now) {
  const hadFocus = item.contains(document.activeElement);
  if (item.dataset.page) now.dataset.page = item.dataset.page;
  now.querySelector(".pick input").checked = item.querySelector(".pick input").checked;
  showLocalTimes(now);
  item.replaceWith(now);
  if (hadFocus) now.querySelector(".open").focus({ preventScroll: true });
}
