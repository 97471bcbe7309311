// A finished picture of Gramworks says how it was painted. When one is added, its recipe is loaded:
// settings, and the photograph and styles if they are here.
import { call } from "../api.js";
import { gettext, ngettext } from "../messages.js";
import { toast } from "../toasts.js";
import { addPicture, chosenPictures, removePicture } from "./pictures.js";
import { applySettings } from "./settings.js";

const MARK = "<gramworks:provenance>"; // the server writes it uncompressed in every format
const known = new WeakSet(); // files whose recipe is not loaded again

const all = ({ content, styles }) => [content, ...styles].filter(Boolean);

async function hasRecipe(file) {
  const text = new TextDecoder("latin1").decode(await file.arrayBuffer());
  return text.includes(MARK);
}

function replace(pictures) {
  all(chosenPictures()).forEach(removePicture);
  for (const { kind, source, weight } of pictures) {
    if (source instanceof File) known.add(source);
    const added = addPicture(kind, source);
    if (added && weight !== undefined) added.weight = weight;
  }
}

// What addPicture takes for a picture that was chosen before.
function again(picture) {
  const { kind, file, name, src, width, height, sha256, weight } = picture;
  return { kind, weight, source: file ?? { name, src, width, height, sha256 } };
}

// What addPicture takes for a picture of a recipe; null if it is not here.
async function ingredient({ name: input, sha256, width, height, href, uploaded }) {
  const kind = input.split("-")[0];
  const name = kind === "content" ? gettext("Photograph") : gettext("Style {number}", { number: Number(input.split("-")[1]) + 1 });
  if (!href) return null;
  if (uploaded) return { kind, source: { name, src: href, width, height, sha256 } };
  const blob = await (await call("GET", href)).blob();
  return { kind, source: new File([blob], name, { type: blob.type }) };
}

function sentence(recipe, isComplete) {
  const texts = [gettext("The settings of this picture are loaded.")];
  if (!isComplete) texts.push(gettext("Its photograph and styles are not on this server: add them."));
  const { length } = recipe.ignored;
  if (length) texts.push(ngettext("{count} setting of another version was left out.", "{count} settings of another version were left out.", length));
  return texts.join(" ");
}

// The pictures of a recipe that are here, and whether those are all.
async function picturesOf(recipe) {
  const wanted = recipe.pictures.filter(({ name }) => name !== "init");
  const found = (await Promise.all(wanted.map((each) => ingredient(each).catch(() => null)))).filter(Boolean);
  return { found, isComplete: found.length === wanted.length };
}

async function load(picture, earlier) {
  const recipe = await (await call("POST", "/api/v1/recipe", new Blob([picture.file]))).json();
  const { found, isComplete } = await picturesOf(recipe);
  const dropped = again(picture);
  const kept = all(earlier.pictures).map(again);
  replace(isComplete ? found : kept);
  const settings = { ...recipe.settings };
  if (!isComplete) delete settings.style_blend; // it is of the recipe's styles
  applySettings(settings);
  toast(sentence(recipe, isComplete), { label: gettext("Undo"), run: () => {
    const others = kept.filter(({ kind }) => kind !== "content" || dropped.kind !== "content");
    replace([...others, dropped]);
    applySettings(earlier.settings);
  } });
}

// Loads the recipe of a picture that was added, if it has one; `earlier` is what was chosen before, for undo.
export async function loadOfPicture(picture, earlier) {
  if (known.has(picture.file)) return;
  known.add(picture.file);
  try {
    if (await hasRecipe(picture.file)) await load(picture, earlier);
  } catch { // it stays the picture that was added
    return;
  }
}

// Chooses the pictures and settings of the job that the page's address names; the server knows its recipe.
export async function loadOfJob(recipe) {
  const { found, isComplete } = await picturesOf(recipe);
  replace(found);
  applySettings(recipe.settings);
  toast(sentence(recipe, isComplete));
}
