// How pictures come in: file inputs, drop, paste, and the cards of pictures that are here.
import { byId } from "../dom.js";
import { gettext } from "../messages.js";
import { toast } from "../toasts.js";
import { addPicture, chosenPictures, removePicture } from "./pictures.js";

const form = byId("new");
const cards = [...form.querySelectorAll(".card-choice input[data-width]")];
const isPicture = (file) => file.type.startsWith("image/") || /\.(heic|heif|avif|tiff?)$/i.test(file.name); // browsers do not know all types

function add(kind, files) {
  const pictures = [...files].filter(isPicture);
  if (pictures.length < files.length) toast(gettext("Only pictures can be used."));
  pictures.slice(0, kind === "style" ? undefined : 1).forEach((file) => addPicture(kind, file));
}

// Adds files that came without a place: what is missing first, the photograph, then styles.
function addAnywhere(files) {
  const [first, ...others] = files;
  if (chosenPictures().content) return add("style", files);
  add("content", [first]);
  if (others.length) add("style", others);
}

function takeFiles(input) {
  const files = [...input.files];
  input.value = ""; // the same file can be chosen again after it was removed
  if (files.length) add(input.name, files);
}

const kindAt = (target) => target.closest?.("[data-kind]")?.dataset.kind;

for (const input of form.querySelectorAll(".drop input")) {
  input.addEventListener("change", (event) => {
    event.stopPropagation(); // there is one once the picture is added
    takeFiles(input);
  });
}

function mark(event) {
  const over = event && [...event.dataTransfer.types].includes("Files") ? kindAt(event.target) ?? "any" : null;
  if (event && over) event.preventDefault();
  document.body.classList.toggle("dropping", Boolean(over));
  for (const section of form.querySelectorAll("[data-kind]")) section.classList.toggle("over", section.dataset.kind === over);
}
addEventListener("dragover", mark);
addEventListener("dragleave", (event) => { if (!event.relatedTarget) mark(null); });
addEventListener("drop", (event) => {
  mark(null);
  const { files } = event.dataTransfer;
  if (!files.length) return;
  event.preventDefault();
  const kind = kindAt(event.target);
  if (kind) add(kind, files);
  else addAnywhere(files);
});
addEventListener("paste", (event) => {
  const { files } = event.clipboardData;
  if (!files.length) return;
  event.preventDefault();
  const kind = kindAt(document.activeElement);
  if (kind) add(kind, files);
  else addAnywhere(files);
});

const kindOf = (card) => card.name.replace("_sha256", "");

function ofCard(card) {
  const { content, styles } = chosenPictures();
  return [content, ...styles].find((picture) => picture?.kind === kindOf(card) && picture.sha256 === card.value);
}

function toggle(card) {
  const picture = ofCard(card);
  if (!card.checked) return picture && removePicture(picture);
  if (picture) return;
  const image = card.parentElement.querySelector("img");
  const { width, height } = card.dataset;
  const name = card.parentElement.querySelector("span").textContent;
  addPicture(kindOf(card), { name, src: image.src, width: Number(width), height: Number(height), sha256: card.value });
}

for (const card of cards) {
  card.addEventListener("change", (event) => { event.stopPropagation(); toggle(card); });
}
form.addEventListener("pictures", () => {
  for (const card of cards) card.checked = Boolean(ofCard(card));
});

// Takes what the server, or the browser on the way back, has chosen already.
export function takeChosen() {
  cards.filter((card) => card.checked).forEach(toggle);
  for (const input of form.querySelectorAll(".drop input")) takeFiles(input);
}
