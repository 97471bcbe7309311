// Zooms all compared pictures together: what is done to one happens to each at the same part.
import { byId } from "../dom.js";
import { shortcut } from "../keyboard.js";
import { gettext } from "../messages.js";
import { Zoom } from "../viewer/zoom.js";

const STEP = 1.4;
const FAR = 60; // pixels of one pan by a key
const zooms = [];
let isFollowing = true; // while they are made

for (const pane of document.querySelectorAll(".pane")) {
  const image = pane.querySelector("img");
  const { width, height } = pane.getBoundingClientRect();
  pane.style.height = `${height}px`; // the picture no longer gives it
  pane.style.setProperty("--ratio", width / height);
  pane.classList.add("zooming");
  const zoom = new Zoom(pane, image, () => follow(zoom), () => {});
  zoom.show(Number(image.getAttribute("width")), Number(image.getAttribute("height")));
  zooms.push(zoom);
}
isFollowing = false;

// Gives the others the magnification and the place of one, relative to their own sizes.
function follow(leader) {
  if (isFollowing) return;
  isFollowing = true;
  const magnified = leader.scale / leader.fitting;
  for (const zoom of zooms.filter((each) => each !== leader)) {
    Object.assign(zoom, { scale: zoom.fitting * magnified, isFit: leader.isFit });
    zoom.x = leader.x / (leader.width * leader.scale) * zoom.width * zoom.scale;
    zoom.y = leader.y / (leader.height * leader.scale) * zoom.height * zoom.scale;
    zoom.apply();
  }
  isFollowing = false;
  if (!leader.isFit) loadWhole();
}

// Thumbnails are enough until somebody looks closer.
function loadWhole() {
  for (const pane of document.querySelectorAll(".pane[data-src]")) {
    const image = pane.querySelector("img"), whole = new Image();
    whole.onload = () => { image.removeAttribute("srcset"); image.src = whole.src; };
    whole.src = pane.dataset.src;
    delete pane.dataset.src;
  }
}

const [first] = zooms;
const actions = { "zoom-in": () => first.by(STEP), "zoom-out": () => first.by(1 / STEP), "zoom-fit": () => first.fit() };
for (const [id, run] of Object.entries(actions)) byId(id).addEventListener("click", run);
shortcut("+", gettext("Zoom in"), actions["zoom-in"]);
shortcut("-", gettext("Zoom out"), actions["zoom-out"]);
shortcut("0", gettext("Whole picture"), actions["zoom-fit"]);
const pans = { ArrowLeft: [FAR, 0], ArrowRight: [-FAR, 0], ArrowUp: [0, FAR], ArrowDown: [0, -FAR] };
const labels = { ArrowLeft: gettext("Move to the left"), ArrowRight: gettext("Move to the right"), ArrowUp: gettext("Move up"), ArrowDown: gettext("Move down") };
for (const [key, by] of Object.entries(pans)) {
  shortcut(key, labels[key], () => (first.isLarger ? first.pan(...by) : false));
}
