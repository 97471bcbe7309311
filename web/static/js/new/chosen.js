// Shows the chosen pictures: thumbnail, size, order, and how much each style counts.
import { byId, element, icon } from "../dom.js";
import { gettext } from "../messages.js";
import { changed, chosenPictures, moveStyle, removePicture } from "./pictures.js";

const form = byId("new");
const blend = byId("style_blend");
const shown = new Map(); // the list item of each picture

function tool(className, iconName, label, onclick) {
  return element("button", { type: "button", className: `bare ${className}`, "aria-label": label, title: label, onclick }, icon(iconName));
}

function made(picture) {
  const { kind, name } = picture;
  const image = element("img", { alt: "", src: picture.src });
  image.onerror = () => image.replaceWith(element("span", { className: "no-preview" }, icon("image")));
  const tools = element("span", { className: "tools" });
  if (kind === "style") {
    tools.append(
      tool("earlier", "previous", gettext("Move {name} forward", { name }), () => moved(picture, -1, ".earlier")),
      tool("later", "next", gettext("Move {name} back", { name }), () => moved(picture, 1, ".later")));
  }
  tools.append(tool("remove", "close", gettext("Remove {name}", { name }), () => removed(picture)));
  const item = element("li", {}, image, element("span", { className: "name" }, name), element("small"), tools);
  if (kind === "style") item.append(share(picture));
  return item;
}

function share(picture) {
  const range = element("input", { type: "range", min: 0, max: 100, value: picture.weight, oninput: () => {
    picture.weight = Number(range.value);
    changed();
  } });
  return element("label", { className: "share" }, element("span", { className: "visually-hidden" }, gettext("How much {name} counts", { name: picture.name })), range, element("output"));
}

function moved(picture, by, button) {
  moveStyle(picture, by);
  const item = shown.get(picture);
  const focused = item.querySelector(button);
  (focused.disabled ? item.querySelector(".tools button:enabled") : focused).focus();
}

function removed(picture) {
  const { kind, name } = picture;
  removePicture(picture);
  say(kind, gettext("{name} was removed.", { name }));
  form.querySelector(`[data-kind=${kind}] .drop input`).focus();
}

function say(kind, text) {
  form.querySelector(`[data-kind=${kind}] [role=status]`).textContent = text;
}

function describe(picture) {
  if (picture.problem) return picture.problem;
  return picture.width ? `${picture.width} × ${picture.height} px` : gettext("Reading…");
}

function show(kind, pictures) {
  const section = form.querySelector(`[data-kind=${kind}]`);
  const list = section.querySelector(".chosen");
  for (const picture of pictures) {
    if (!shown.has(picture)) {
      shown.set(picture, made(picture));
      say(kind, gettext("{name} was added.", { name: picture.name }));
    }
  }
  const items = pictures.map((picture) => shown.get(picture));
  if (items.some((item, place) => list.children[place] !== item) || list.children.length !== items.length) list.replaceChildren(...items);
  list.hidden = !items.length;
  list.classList.toggle("several", items.length > 1);
  section.classList.toggle("has-pictures", items.length > 0);
  const { first, another } = section.querySelector(".drop").dataset;
  section.querySelector(".drop .button span").textContent = items.length ? another : first;
  section.querySelector(".drop input").setAttribute("aria-label", items.length ? another : first);
  const total = pictures.reduce((sum, picture) => sum + picture.weight, 0);
  pictures.forEach((picture, place) => {
    const item = shown.get(picture);
    const text = item.querySelector(":scope > small");
    text.textContent = describe(picture);
    text.classList.toggle("failed", Boolean(picture.problem));
    item.classList.toggle("uploading", picture.isUploading);
    if (kind !== "style") return;
    item.querySelector(".earlier").disabled = place === 0;
    item.querySelector(".later").disabled = place === pictures.length - 1;
    item.querySelector("input").value = picture.weight;
    item.querySelector("output").textContent = `${total ? Math.round((100 * picture.weight) / total) : 0} %`;
  });
}

// Gives the styles the weights that the field has, if it has one for each.
export function readBlend() {
  const weights = blend.value.split(",").map(Number);
  const { styles } = chosenPictures();
  if (blend.value && weights.length === styles.length && weights.every((weight) => weight >= 0)) {
    const largest = Math.max(...weights, 1e-9);
    styles.forEach((style, place) => { style.weight = Math.round((100 * weights[place]) / largest); });
    changed();
  }
}

function writeBlend(styles) {
  const isEqual = styles.every((style) => style.weight === styles[0].weight);
  blend.value = isEqual ? "" : styles.map((style) => style.weight).join(", ");
}

form.addEventListener("pictures", () => {
  const { content, styles } = chosenPictures();
  show("content", content ? [content] : []);
  show("style", styles);
  writeBlend(styles);
  for (const picture of shown.keys()) if (picture !== content && !styles.includes(picture)) shown.delete(picture);
});
blend.closest(".field").hidden = true; // the sliders stand for it
