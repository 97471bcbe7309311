// A draft of what is chosen, in a few seconds.
import { byId } from "../dom.js";
import { shortcut } from "../keyboard.js";
import { gettext } from "../messages.js";
import { chosenPictures, pictureData } from "./pictures.js";
import { chosenSettings, shownStrength } from "./settings.js";

const PAUSE = 900; // ms without a change, after which the draft follows
const FOLLOWED = ["style_blend", "style_scale", "preserve_color", "deprocess_means", "color_profile", "pooling"];
const OWN_STRENGTH = ["balanced", "draft"]; // the preset `draft` has one that looks as they do
const form = byId("new");
const draftJobs = () => import("./draft_job.js");
const button = byId("make-draft");
const label = button.querySelector("span");
const keep = byId("keep-draft");
const picture = byId("draft-picture");
const canvas = byId("draft-canvas");
const bar = byId("draft-progress");
const texts = { make: label.textContent, idle: byId("draft-status").textContent };
const numbers = new WeakMap();
let current = null; // the job, while it is painted
let made = null; // what the draft is of
let timer = null;
let count = 0;

function show(id, text) {
  byId(id).textContent = text ?? "";
  byId(id).hidden = !text;
}

function settings() {
  const chosen = chosenSettings();
  const followed = Object.entries(chosen).filter(([name]) => FOLLOWED.includes(name));
  const sent = { preset: "draft", ...Object.fromEntries(followed) };
  if (chosen.strength !== undefined || !OWN_STRENGTH.includes(chosen.preset)) sent.strength = shownStrength();
  return sent;
}

function isReady() {
  const { content, styles } = chosenPictures();
  return Boolean(content && styles.length && ![content, ...styles].some((each) => each.problem));
}

// Tells whether two choices have the same draft.
function choice() {
  const number = (each) => numbers.get(each) ?? (numbers.set(each, ++count), count);
  const { content, styles } = chosenPictures();
  return JSON.stringify([content && number(content), styles.map(number), settings()]);
}

function showPicture(src) {
  if (picture.src.startsWith("blob:")) URL.revokeObjectURL(picture.src);
  picture.src = src;
  picture.hidden = false;
}

function setBusy(isBusy) {
  bar.hidden = !isBusy;
  label.textContent = isBusy ? gettext("Cancel the draft") : texts.make;
  if (isBusy) bar.value = 0;
}

async function make() {
  clearTimeout(timer);
  const script = await draftJobs().catch(() => null);
  if (!script) {
    show("draft-problem", gettext("The server does not answer. Try again in a few seconds."));
    return;
  }
  current?.discard();
  const mine = new script.DraftJob();
  current = mine;
  made = choice();
  const { content } = chosenPictures();
  if (content.width) canvas.style.setProperty("--ratio", `${content.width} / ${content.height}`);
  canvas.hidden = false;
  canvas.classList.add("old");
  setBusy(true);
  show("draft-problem", "");
  show("draft-status", gettext("Painting a draft…"));
  try {
    const data = await pictureData();
    if (current !== mine) return;
    data.append("settings", JSON.stringify(settings()));
    data.append("options", JSON.stringify({ priority: "high", provenance: false }));
    const blob = await mine.paint(data, watcher(mine));
    if (current === mine) showMade(blob);
  } catch (problem) {
    if (current === mine) showFailed(problem);
  }
  if (current === mine) stop();
}

const watcher = (mine) => ({
  progress: (fraction) => { if (current === mine) bar.value = fraction; },
  preview: (href) => { if (current === mine) showPicture(href); canvas.classList.remove("old"); },
  waiting: (reason) => { if (current === mine) show("draft-status", reason?.detail ?? gettext("Painting a draft…")); },
});

function showMade(blob) {
  showPicture(URL.createObjectURL(blob));
  canvas.classList.remove("old");
  show("draft-status", gettext("This is a draft. The picture gets more detail."));
}

function showFailed(problem) {
  made = null;
  canvas.hidden = picture.hidden;
  show("draft-status", "");
  show("draft-problem", problem.message);
}

function stop() {
  current?.discard();
  current = null;
  setBusy(false);
}

function cancel() {
  stop();
  made = null;
  const hasPicture = picture.src.startsWith("blob:");
  canvas.hidden = !hasPicture;
  show("draft-status", hasPicture ? gettext("The draft is of an earlier choice.") : texts.idle);
}

function follow() {
  button.disabled = !current && !isReady();
  if (!isReady() || choice() === made) return;
  clearTimeout(timer);
  if (keep.checked) timer = setTimeout(make, PAUSE);
  else if (made && !current) {
    canvas.classList.add("old");
    show("draft-status", gettext("The draft is of an earlier choice."));
  }
}

button.addEventListener("click", () => (current ? cancel() : make()));
keep.addEventListener("change", follow);
form.addEventListener("change", follow);
form.addEventListener("input", follow);
form.addEventListener("submit", () => { if (current) cancel(); });
addEventListener("pagehide", () => { if (current) cancel(); });
shortcut("d", gettext("Make a draft"), () => (button.disabled ? false : button.click()));
if (localStorage.getItem("drafts")) draftJobs(); // it deletes those that another page left
follow();
