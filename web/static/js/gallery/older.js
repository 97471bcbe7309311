// Appends older pictures to the list where the link to them was followed.
import { byId } from "../dom.js";
import { showLocalTimes } from "../format.js";
import { gettext, ngettext } from "../messages.js";
import { toast } from "../toasts.js";
import { isPlainClick } from "./place.js";

export function loadOlder(list) {
  byId("older")?.addEventListener("click", (event) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    load(list, event.currentTarget);
  });
}

async function load(list, link) {
  if (link.ariaBusy === "true") return;
  link.ariaBusy = "true";
  const { href } = link;
  const answer = await fetch(href).catch(() => null);
  link.ariaBusy = null;
  if (!answer?.ok) {
    toast(gettext("The older pictures cannot be loaded. Try again in a few seconds."));
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const known = new Set([...list.children].map((item) => item.id));
  const items = [...page.querySelectorAll("#pictures > .item")].filter((item) => !known.has(item.id));
  for (const item of items) item.dataset.page = href;
  list.append(...items);
  for (const item of items) showLocalTimes(item);
  const next = page.getElementById("older");
  if (next) {
    link.href = next.href;
    link.textContent = next.textContent;
  } else {
    if (document.activeElement === link) (items[0] ?? list).querySelector(".open")?.focus({ preventScroll: true });
    link.remove();
  }
  byId("loaded").textContent = ngettext("{count} more picture", "{count} more pictures", items.length);
}
