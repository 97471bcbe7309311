// Shortcuts of single keys, and the dialog that lists them. They can be turned off there, since
// they get in the way of people who dictate.
import { byId, element } from "./dom.js";
import { gettext } from "./messages.js";

const OFF = "shortcuts-off";
const shortcuts = new Map();
const TYPING = "input:not([type=checkbox], [type=radio], [type=range], [type=file]), select, textarea, [contenteditable]";

// Runs an action at a key (`KeyboardEvent.key`), unless somebody types; `label` is for the list.
// An action that returns false leaves the key to the browser.
export function shortcut(key, label, action) {
  shortcuts.set(key, { label, action });
}

// Takes a shortcut away, when what it does is no longer on the page.
export function forget(key) {
  shortcuts.delete(key);
}

const NAMES = { " ": gettext("Space"), ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Delete: "Del", Escape: "Esc" };

function help() {
  const rows = [...shortcuts].flatMap(([key, { label }]) =>
    [element("dt", {}, element("kbd", {}, NAMES[key] ?? key)), element("dd", {}, label)]);
  const isOn = element("input", { type: "checkbox", checked: !localStorage.getItem(OFF), onchange: () => {
    if (isOn.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } });
  const dialog = element("dialog", { onclose: () => dialog.remove(), "aria-labelledby": "help-title" },
    element("h2", { id: "help-title" }, gettext("Keyboard")),
    element("dl", { className: "shortcuts" }, ...rows),
    element("label", { className: "check" }, isOn, gettext("Use these keys")),
    element("form", { method: "dialog", className: "actions" }, element("button", {}, gettext("Close"))));
  document.body.append(dialog);
  dialog.showModal();
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest(TYPING) || document.querySelector("dialog[open]:not([data-shortcuts])")) return;
  if (localStorage.getItem(OFF) && event.key !== "?") return;
  const found = shortcuts.get(event.key);
  if (found && found.action(event) !== false) event.preventDefault();
});

shortcut("?", gettext("Show these keys"), help);
const button = byId("open-help");
button.hidden = false;
button.addEventListener("click", help);
