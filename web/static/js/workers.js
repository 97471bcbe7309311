// The page of workers and queue: shows what the server shows now every few seconds, and sends its
// buttons without loading the page again.
import { byId } from "./dom.js";
import { showLocalTimes } from "./format.js";
import { update } from "./update.js";
import { gettext } from "./messages.js";
import { toast } from "./toasts.js";

const SECONDS = 4;
const live = byId("live");
let newest = 0; // the request that was sent last: an answer to an earlier one is out of date

// Loads the page, or sends a form to it, and shows the answer; returns it, or null if it came late.
async function load(url, options) {
  const number = ++newest;
  const response = await fetch(url, options);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (number !== newest) return null;
  byId("connection").hidden = true;
  const wanted = page.getElementById("live");
  if (wanted) {
    showLocalTimes(wanted);
    update(live, wanted);
  } else if (!options) location.reload(); // signed out, or no longer allowed
  return page;
}

async function refresh() {
  if (document.hidden) return;
  await load(location.pathname).catch(() => { byId("connection").hidden = false; });
}

function problemOf(page) {
  return (page.getElementById("problem") ?? (page.getElementById("live") ? null : page.querySelector("main p")))?.textContent;
}

// After a row has moved to another list, its button there has the focus.
function focusAgain(id) {
  const job = id.replace(/^\w+-/, "job-");
  const button = byId(id) ?? byId(job)?.querySelector("button");
  if (button && button !== document.activeElement) button.focus();
}

function announce(id) {
  const place = byId(id.replace(/^\w+-/, "job-"))?.dataset.position;
  if (place) toast(gettext("The job is at place {place} now.", { place }), undefined, 5);
}

live.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  const body = new URLSearchParams(new FormData(event.target, button));
  button.setAttribute("aria-busy", "true");
  try {
    const page = await load(button.formAction, { method: "POST", body });
    const problem = page && problemOf(page);
    if (problem) toast(problem);
    else announce(button.id);
  } catch {
    toast(gettext("The server does not answer. Try again in a few seconds."));
  }
  button.removeAttribute("aria-busy");
  focusAgain(button.id);
});

live.addEventListener("click", async (event) => {
  const copied = event.target.closest("[data-copy]") && byId(event.target.closest("[data-copy]").dataset.copy);
  if (!copied) return;
  getSelection().selectAllChildren(copied);
  try {
    await navigator.clipboard.writeText(copied.textContent);
    toast(gettext("Copied."), undefined, 4);
  } catch { // without TLS, browsers do not allow it
    toast(gettext("The command is selected. Copy it with the keyboard."));
  }
});

setInterval(refresh, SECONDS * 1000);
addEventListener("visibilitychange", refresh);
