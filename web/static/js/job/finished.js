// A job that has succeeded: before and after, full screen, colours, what to do next.
import { Compare } from "../compare.js";
import { byId } from "../dom.js";
import { shortcut } from "../keyboard.js";
import { gettext } from "../messages.js";
import { toast } from "../toasts.js";
import { startEstimates } from "./again.js";
import { startColours } from "./colours.js";
import { startDeleting } from "./delete.js";

// Arrow keys belong to what has the focus, if it uses them.
function arrow(compare, direction) {
  return (event) => (event.target.closest("input, summary, pre") ? false : compare.step(direction));
}

function startMenu(menu) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", (event) => { if (!menu.contains(event.relatedTarget)) menu.open = false; });
}

export function start(page) {
  const root = byId("finished");
  const items = JSON.parse(root.dataset.items);
  const compare = new Compare(byId("compare"), byId("view"));
  const show = (index) => import("../viewer.js").then(({ openViewer }) => openViewer(items, index),
    () => toast(gettext("The server does not answer. Try again in a few seconds.")));
  byId("full-screen").addEventListener("click", () => show(0));
  for (const link of root.querySelectorAll("[data-item]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); show(Number(link.dataset.item)); });
  }
  startMenu(byId("downloads"));
  startColours(root, compare, (src) => Object.assign(items[0], { src, thumbnail: "" }));
  startEstimates(byId("fork"));
  startDeleting(page, root);
  shortcut("f", gettext("Full screen"), () => show(0));
  shortcut("d", gettext("Download the picture"), () => byId("download").click());
  shortcut("ArrowLeft", gettext("Less of the photograph"), arrow(compare, -1));
  shortcut("ArrowRight", gettext("More of the photograph"), arrow(compare, 1));
}
