// The full-screen viewer: zoom, pan, arrow keys from picture to picture, and what is known of each.
import { element, icon } from "./dom.js";
import { shortcut } from "./keyboard.js";
import { gettext } from "./messages.js";
import { Zoom } from "./viewer/zoom.js";

const DETAILS = "viewer-details"; // whether they are shown, which is remembered
const STEP = 1.4; // of one zoom
const FAR = 80; // pixels of one pan by a key
const PANS = { ArrowLeft: [FAR, 0], ArrowRight: [-FAR, 0], ArrowUp: [0, FAR], ArrowDown: [0, -FAR] };
const TURNS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -1, PageDown: 1 };

let open = null; // the viewer that is open

// Opens the viewer and resolves with the index that was shown last, when it is closed. An item is
// {src, alt, width, height, caption, details, href}: `details` has pairs of a label and a text, `href` is the
// page of the picture; both can be left out. `thumbnail` is shown until `src` is there, if it is given.
export async function openViewer(items, index = 0) {
  await styled();
  const viewer = new Viewer(items);
  return viewer.run(index);
}

let style;
function styled() {
  style ??= new Promise((resolve) => {
    const href = new URL("../css/viewer.css", import.meta.url).href;
    document.head.append(element("link", { rel: "stylesheet", href, onload: resolve, onerror: resolve }));
  });
  return style;
}

class Viewer {
  constructor(items) {
    this.items = items;
    this.picture = element("img", { draggable: false, onload: () => this.loaded(), onerror: () => this.failed() });
    this.note = element("p", { className: "note", role: "status" });
    this.stage = element("div", { className: "stage" }, this.picture, this.note);
    this.caption = element("h2", { id: "viewer-caption", "aria-live": "polite" });
    this.count = element("span", { className: "count" });
    this.page = element("a", { className: "button bare" }, gettext("Open its page"));
    this.percent = element("button", { type: "button", className: "bare percent", title: gettext("Actual size"), onclick: () => this.zoom.actualSize() });
    this.details = element("dl", { className: "details" });
    this.info = this.button("info", gettext("Details"), () => this.toggleDetails());
    this.previous = this.button("previous", gettext("Previous picture"), () => this.turn(-1));
    this.next = this.button("next", gettext("Next picture"), () => this.turn(1));
    const bar = element("div", { className: "bar" },
      element("div", { className: "title" }, this.caption, this.count),
      element("div", { className: "tools" },
        this.button("minus", gettext("Zoom out"), () => this.zoom.by(1 / STEP)), this.percent,
        this.button("plus", gettext("Zoom in"), () => this.zoom.by(STEP)),
        this.button("expand", gettext("Fit to the screen"), () => this.zoom.fit()), this.info, this.page,
        this.button("close", gettext("Close"), () => this.dialog.close())));
    this.dialog = element("dialog", { className: "viewer", "aria-labelledby": "viewer-caption", dataset: { shortcuts: "" } },
      bar, element("div", { className: "room" }, this.stage, this.previous, this.next, this.details));
    this.zoom = new Zoom(this.stage, this.picture, () => this.zoomed(), (by) => this.turn(by));
    this.dialog.addEventListener("keydown", (event) => this.key(event));
  }

  button(name, label, onclick) {
    return element("button", { type: "button", className: `bare ${name}`, title: label, "aria-label": label, onclick }, icon(name));
  }

  run(index) {
    const opener = document.activeElement;
    return new Promise((resolve) => {
      this.dialog.addEventListener("close", () => {
        this.zoom.close();
        this.dialog.remove();
        open = null;
        opener?.focus();
        resolve(this.index);
      });
      document.body.append(this.dialog);
      open = this;
      this.dialog.showModal();
      this.dialog.querySelector(".close").focus();
      this.show(index);
      this.showDetails();
    });
  }

  show(index) {
    const item = this.items[this.index = index];
    this.caption.textContent = item.caption ?? item.alt;
    this.count.textContent = this.items.length > 1 ? gettext("{number} of {count}", { number: index + 1, count: this.items.length }) : "";
    this.note.textContent = "";
    this.stage.setAttribute("aria-busy", "true");
    this.picture.alt = item.alt;
    this.picture.style.backgroundImage = item.thumbnail ? `url("${item.thumbnail}")` : "";
    this.picture.removeAttribute("src"); // or the one before stays until this one is there
    this.picture.src = item.src;
    this.zoom.show(item.width, item.height);
    this.page.hidden = !item.href;
    if (item.href) this.page.href = item.href;
    this.details.replaceChildren(...(item.details ?? []).flatMap(([label, text]) => [element("dt", {}, label), element("dd", {}, `${text}`)]));
    this.info.hidden = !item.details?.length;
    this.previous.hidden = index === 0;
    this.next.hidden = index === this.items.length - 1;
    // a button that is hidden while it has the focus would take the keys with it
    if (!this.dialog.contains(document.activeElement) || document.activeElement.hidden) this.dialog.querySelector(".close").focus();
  }

  loaded() {
    this.stage.removeAttribute("aria-busy");
    this.picture.style.backgroundImage = "";
    for (const near of [this.index + 1, this.index - 1]) if (this.items[near]) new Image().src = this.items[near].src;
  }

  failed() {
    this.stage.removeAttribute("aria-busy");
    this.note.textContent = gettext("The picture cannot be loaded.");
  }

  zoomed() {
    this.percent.textContent = `${Math.round(this.zoom.magnification * 100)} %`;
  }

  turn(by) {
    const index = this.index + by;
    if (this.items[index]) this.show(index);
  }

  toggleDetails() {
    if (localStorage.getItem(DETAILS)) localStorage.removeItem(DETAILS);
    else localStorage.setItem(DETAILS, "1");
    this.showDetails();
  }

  showDetails() {
    const isShown = Boolean(localStorage.getItem(DETAILS));
    this.details.hidden = !isShown;
    this.info.setAttribute("aria-expanded", isShown);
  }

  // Arrows go from picture to picture; with Shift, and where there is only one, they move it.
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const turns = TURNS[event.key], pans = PANS[event.key];
    if (turns && this.items.length > 1 && !event.shiftKey) this.turn(turns);
    else if (pans) this.zoom.pan(...pans);
    else if (event.key === "=") this.zoom.by(STEP); // + without Shift
    else return;
    event.preventDefault(); // the page has its own use for these keys
  }
}

function inViewer(run) {
  return () => (open ? run(open) : false);
}
shortcut("+", gettext("Viewer: zoom in"), inViewer((viewer) => viewer.zoom.by(STEP)));
shortcut("-", gettext("Viewer: zoom out"), inViewer((viewer) => viewer.zoom.by(1 / STEP)));
shortcut("1", gettext("Viewer: actual size"), inViewer((viewer) => viewer.zoom.actualSize()));
shortcut("0", gettext("Viewer: fit to the screen"), inViewer((viewer) => viewer.zoom.fit()));
shortcut("i", gettext("Viewer: details"), inViewer((viewer) => viewer.toggleDetails()));
