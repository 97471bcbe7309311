// Pausing, resuming, stopping and cancelling without leaving the page. What cannot be undone is asked first.
import { call } from "../api.js";
import { byId, element } from "../dom.js";
import { forget, shortcut } from "../keyboard.js";
import { gettext } from "../messages.js";
import { toast } from "../toasts.js";

const QUESTIONS = {
  cancel: {
    title: gettext("Cancel the job?"), yes: gettext("Cancel the job"), className: "danger",
    text: gettext("The job ends without a picture. This cannot be undone; you can submit it again, from the start."),
  },
  stop: {
    title: gettext("Stop and keep the picture?"), yes: gettext("Stop and keep this"), className: "",
    text: gettext("It ends after the current evaluation, and the picture stays as it is then. This cannot be undone; a finished picture can be painted on as a new job."),
  },
};
const REQUESTS = {
  cancel: ["DELETE"], stop: ["PATCH", { stop: true }], pause: ["PATCH", { paused: true }], resume: ["PATCH", { paused: false }],
};

// Asks in a dialog; resolves to whether the answer is yes.
function ask({ title, text, yes, className }) {
  const dialog = element("dialog", { "aria-labelledby": "question" },
    element("h2", { id: "question" }, title), element("p", {}, text),
    element("form", { method: "dialog", className: "actions" },
      element("button", { value: "yes", className }, yes),
      element("button", { value: "", className: "quiet", autofocus: true }, gettext("Go on painting"))));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

const GONE = ["not_live", "not_running"]; // the job has ended meanwhile, which the events say

async function act(name, address, show) {
  if (name in QUESTIONS && !await ask(QUESTIONS[name])) return;
  const button = byId(name)?.querySelector("button");
  button?.setAttribute("aria-busy", "true");
  try {
    const response = await call(REQUESTS[name][0], address, REQUESTS[name][1]);
    if (name !== "cancel") show(await response.json()); // of a cancelled one, the events say it
  } catch (problem) {
    if (!GONE.includes(problem.code)) toast(problem.message);
  }
  button?.removeAttribute("aria-busy");
}

// Makes the forms act on the page; `show` shows the job that the server answers.
export function startActions(address, show) {
  for (const name of Object.keys(REQUESTS)) {
    byId(name).addEventListener("submit", (event) => {
      event.preventDefault();
      act(name, address, show);
    });
  }
  const press = (...names) => () => {
    const name = names.find((each) => byId(each) && !byId(each).hidden);
    if (!name) return false;
    act(name, address, show);
    return true;
  };
  shortcut("c", gettext("Cancel"), press("cancel"));
  shortcut("p", gettext("Pause or resume"), press("resume", "pause"));
  shortcut("s", gettext("Stop and keep this"), press("stop"));
}

export function endActions() {
  ["c", "p", "s"].forEach(forget);
  document.querySelector("dialog[aria-labelledby=question]")?.close();
}
