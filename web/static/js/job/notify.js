// A notification of the browser when the job has ended, if the user has switched it on here. The
// browser asks for its permission only then.
import { byId } from "../dom.js";
import { gettext } from "../messages.js";
import { toast } from "../toasts.js";

const KEY = "notify";
const isOn = () => Boolean(localStorage.getItem(KEY)) && Notification.permission === "granted";

function show(button) {
  button.setAttribute("aria-pressed", isOn());
}

async function toggle(button) {
  if (isOn()) localStorage.removeItem(KEY);
  else if (await Notification.requestPermission() === "granted") localStorage.setItem(KEY, "1");
  else toast(gettext("The browser does not allow notifications of this page. Its settings can change that."));
  show(button);
}

// Offers the switch where the browser has notifications.
export function offerNotification() {
  if (!("Notification" in window)) return;
  const button = byId("notify");
  show(button);
  button.hidden = false;
  button.addEventListener("click", () => toggle(button));
}

// Says that the job has ended, unless the page is in view.
export function notify(job) {
  if (!("Notification" in window) || !isOn() || !document.hidden) return;
  const [title, body] = {
    succeeded: [gettext("The picture is done"), gettext("Open the page to see it.")],
    failed: [gettext("The picture could not be painted"), job.error?.detail ?? ""],
    cancelled: [gettext("The job was cancelled"), ""],
  }[job.state];
  const shown = new Notification(title, { body, tag: job.id, icon: document.querySelector(".brand img").src });
  shown.addEventListener("click", () => {
    window.focus();
    shown.close();
  });
}
