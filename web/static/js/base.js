// What every page does: local times, and keys that go to other pages.
import { showLocalTimes } from "./format.js";
import { shortcut } from "./keyboard.js";
import { gettext } from "./messages.js";

showLocalTimes(document);
const pages = { n: ["/", gettext("New picture")], g: ["/gallery", gettext("Gallery")], w: ["/workers", gettext("Workers and queue")] };
for (const [key, [path, label]] of Object.entries(pages)) {
  if (document.querySelector(`.masthead nav a[href="${path}"]`)) shortcut(key, label, () => { location.href = path; });
}
