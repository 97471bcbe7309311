// Arrows move from picture to picture, and Space selects one. Enter opens it, as for every link.
import { shortcut } from "../keyboard.js";
import { gettext } from "../messages.js";

export function moveByKeys(list, selection) {
  const isElsewhere = () => Boolean(document.querySelector("dialog[open]"));
  const links = () => [...list.querySelectorAll(".open")];
  const current = () => document.activeElement.closest?.("#pictures .item");

  function go(find) {
    if (isElsewhere()) return false;
    const all = links(), item = current();
    const next = item ? find(all, all.indexOf(item.querySelector(".open"))) : all[0];
    next?.focus();
    return next !== undefined;
  }

  shortcut("ArrowRight", gettext("Next picture"), () => go((all, index) => all[index + 1]));
  shortcut("ArrowLeft", gettext("Previous picture"), () => go((all, index) => all[index - 1]));
  shortcut("ArrowDown", gettext("The picture below"), () => go((all, index) => inNextRow(all, all[index], 1)));
  shortcut("ArrowUp", gettext("The picture above"), () => go((all, index) => inNextRow(all, all[index], -1)));
  shortcut(" ", gettext("Select the picture"), () => {
    const item = current();
    if (isElsewhere() || !item || document.activeElement.matches("input, button")) return false;
    selection.toggle(item);
    return true;
  });
}

// The picture of the next row down (1) or up (-1) that is closest to this one.
function inNextRow(all, from, way) {
  const middle = ({ left, width }) => left + width / 2;
  const here = from.getBoundingClientRect();
  const boxes = all.map((link) => ({ link, box: link.getBoundingClientRect() }));
  const beyond = boxes.filter(({ box }) => way * (box.top - here.top) > here.height / 2);
  if (!beyond.length) return undefined;
  const row = Math.min(...beyond.map(({ box }) => way * box.top));
  const inRow = beyond.filter(({ box }) => Math.abs(way * box.top - row) < here.height / 2);
  inRow.sort((a, b) => Math.abs(middle(a.box) - middle(here)) - Math.abs(middle(b.box) - middle(here)));
  return inRow[0].link;
}
