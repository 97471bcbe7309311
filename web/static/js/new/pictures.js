// The pictures that were chosen. A file is uploaded by its hash as soon as it is chosen: then the form
// is sent at once, a draft needs no second upload, and an error costs nobody the choice.
import { call } from "../api.js";
import { byId } from "../dom.js";
import { gettext, ngettext } from "../messages.js";
import { toast } from "../toasts.js";

const form = byId("new"); // gets `change` whenever pictures or settings change, `picture` when one was added from a file
const chosen = { content: [], style: [] };
const MOST = { content: 1, style: Number(form.dataset.mostStyles) };

// What is chosen. A picture is {kind, name, src, width, height, weight, file, sha256, problem}: its size
// is null until it is known, `file` if the server had it, and `sha256` until it does. `init` is a file.
export function chosenPictures() {
  return { content: chosen.content[0] ?? null, styles: [...chosen.style], init: byId("init-file").files[0] ?? null };
}

// Adds a file, or a picture {name, src, width, height, sha256} that the server has. Another photograph
// replaces the one before. Returns the picture, or null if there are enough.
export function addPicture(kind, source) {
  if (MOST[kind] === 1) chosen[kind].forEach(removePicture);
  if (chosen[kind].length >= MOST[kind]) {
    toast(ngettext("There can be {count} style.", "There can be up to {count} styles.", MOST[kind]));
    return null;
  }
  const picture = { kind, weight: 50, file: null, sha256: null, width: null, height: null, problem: "", isUploading: false };
  if (source instanceof File) addFile(picture, source);
  else Object.assign(picture, source);
  chosen[kind].push(picture);
  changed();
  if (picture.file) form.dispatchEvent(new CustomEvent("picture", { detail: picture }));
  return picture;
}

export function removePicture(picture) {
  chosen[picture.kind] = chosen[picture.kind].filter((each) => each !== picture);
  if (picture.file) URL.revokeObjectURL(picture.src);
  changed();
}

// Moves a style `by` places, -1 or 1.
export function moveStyle(picture, by) {
  const from = chosen.style.indexOf(picture);
  if (!chosen.style[from + by]) return;
  chosen.style.splice(from, 1);
  chosen.style.splice(from + by, 0, picture);
  changed();
}

// Form data with the pictures, once their uploads have ended: `content_sha256`, or the file as `content`
// if the server does not have it, and so on.
export async function pictureData(data = new FormData()) {
  await Promise.all([...chosen.content, ...chosen.style].map((picture) => picture.upload));
  for (const { kind, sha256, file } of [...chosen.content, ...chosen.style]) {
    if (sha256) data.append(`${kind}_sha256`, sha256);
    else data.append(kind, file);
  }
  const { init } = chosenPictures();
  if (init) data.append("init", init);
  return data;
}

// Tells those who show the pictures. Files that are sent with the form come first, since the server
// reads them first, and weights go by that order.
export function changed() {
  const isSent = (picture) => Boolean(picture.file && !picture.sha256 && !picture.isUploading);
  chosen.style.sort((one, other) => isSent(other) - isSent(one));
  form.dispatchEvent(new Event("pictures"));
  form.dispatchEvent(new Event("change"));
}

function addFile(picture, file) {
  Object.assign(picture, { file, name: file.name, src: URL.createObjectURL(file) });
  if (file.size > Number(form.dataset.limit)) picture.problem = form.dataset.tooLarge;
  else if (crypto.subtle) picture.upload = upload(picture); // browsers have it with HTTPS, or on localhost
  const image = new Image();
  image.onload = () => know(picture, image.naturalWidth, image.naturalHeight);
  image.src = picture.src;
}

async function upload(picture) {
  picture.isUploading = true;
  try {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await picture.file.arrayBuffer()));
    const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const kept = await (await call("PUT", `/api/v1/images/${sha256}`, new Blob([picture.file]))).json();
    picture.sha256 = sha256;
    know(picture, kept.width, kept.height);
  } catch (problem) { // it is sent with the form, which says what else is wrong
    if (problem.status === 413 || problem.status === 422) picture.problem = problem.message;
    if (problem.status === undefined) picture.problem = gettext("The file cannot be read. Choose it again.");
  }
  picture.isUploading = false;
  changed();
}

function know(picture, width, height) {
  if (picture.width === width && picture.height === height) return;
  Object.assign(picture, { width, height });
  changed();
}
