// Short messages at the bottom of the page, with an action such as Undo.
import { element } from "./dom.js";
import { gettext } from "./messages.js";

const region = document.getElementById("toasts");
const SECONDS = 12; // long enough to read it and to reach the button

// Shows a message; `action` is {label, run}. It stays while it has the focus or the pointer.
export function toast(text, action, seconds = SECONDS) {
  const shown = element("div", { className: "toast" }, element("span", {}, text));
  if (action) {
    shown.append(element("button", { type: "button", onclick: () => { shown.remove(); action.run(); } }, action.label));
  }
  shown.append(element("button", { type: "button", onclick: () => shown.remove() }, gettext("Dismiss")));
  region.append(shown);
  const timer = setInterval(() => {
    if (shown.matches(":hover, :focus-within")) return;
    shown.remove();
    clearInterval(timer);
  }, seconds * 1000);
}
