// The job that paints a draft. It is deleted for good once its picture is here, or nobody waits for it,
// so that the gallery stays without drafts.
import { call } from "../api.js";
import { byId } from "../dom.js";
import { gettext } from "../messages.js";

const ENDED = ["succeeded", "failed", "cancelled"];
const LEFT = "drafts"; // of the local storage: pages of drafts that are not deleted yet, and their times
const LEFT_AFTER = 600_000; // ms; no draft takes so long, so its page was not closed as pages are

const left = () => JSON.parse(localStorage.getItem(LEFT) ?? "{}");
function change(page, time) {
  const { [page]: _, ...others } = left();
  localStorage.setItem(LEFT, JSON.stringify(time ? { ...others, [page]: time } : others));
}

// `keepalive` lets the request outlive the page.
function erase(page) {
  change(page, null);
  const body = new FormData();
  body.append("csrf_token", byId("csrf-token").value);
  body.append("permanently", "1");
  fetch(`${page}/delete`, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => change(page, Date.now()));
}

export class DraftJob {
  #page = null;
  #source = null;
  #isDiscarded = false;

  // Submits form data and returns the picture; `show` has functions that are called with what the
  // event stream says: `progress`, `preview` and `waiting`.
  async paint(data, show) {
    const job = await (await call("POST", "/api/v1/jobs", data)).json();
    this.#page = job.links.page;
    change(this.#page, Date.now());
    if (this.#isDiscarded) {
      this.discard();
      return null;
    }
    try {
      const ended = await this.#followed(job, show);
      if (ended.state !== "succeeded") throw new Error(ended.error?.detail ?? gettext("The draft was cancelled."));
      return await (await call("GET", ended.links.result)).blob();
    } finally {
      this.discard();
    }
  }

  // Ends and deletes the job.
  discard() {
    this.#isDiscarded = true;
    this.#source?.close();
    if (this.#page) erase(this.#page);
    this.#page = null;
  }

  #followed({ links }, show) {
    this.#source = new EventSource(links.events);
    const data = (event) => JSON.parse(event.data);
    return new Promise((resolve, reject) => {
      this.#source.addEventListener("job", (event) => {
        const job = data(event);
        show.waiting(job.waiting);
        if (job.progress) show.progress(job.progress.fraction);
        if (ENDED.includes(job.state)) resolve(job);
      });
      this.#source.addEventListener("progress", (event) => show.progress(data(event).progress.fraction));
      this.#source.addEventListener("preview", (event) => show.preview(data(event).href));
      this.#source.addEventListener("error", () => { // otherwise the browser connects again
        if (this.#source.readyState === EventSource.CLOSED) reject(new Error(gettext("The connection to the draft was lost.")));
      });
    });
  }
}

for (const [page, time] of Object.entries(left())) if (Date.now() - time > LEFT_AFTER) erase(page);
