// The job that paints a draft. It is deleted for good once its picture is here, or nobody waits for it,
// so that the gallery stays without drafts.
import { call } from "../api.js";
import { byId } from "../dom.js";
import { gettext } from "../messages.js";

const ENDED = ["succeeded", "failed", "cancelled"];
const LEFT = "drafts"; // of the local storage: the drafts that are not deleted yet, by their keys
const LEFT_AFTER = 600_000; // ms; no draft takes so long, so its page was not closed as pages are

// A draft that is left has a `time`, and the `page` of its job. Until the server has told that page there are the
// `fields` that were submitted: submitted again under the same key, they give the same job.
const left = () => JSON.parse(localStorage.getItem(LEFT) ?? "{}");
function note(key, draft) {
  const { [key]: _, ...others } = left();
  localStorage.setItem(LEFT, JSON.stringify(draft ? { ...others, [key]: draft } : others));
}

async function submitted(data, key) {
  return (await call("POST", "/api/v1/jobs", data, { key })).json();
}

// Forgets a draft that the server did not accept; without an answer (status 0) there may be a job.
function refused(key, { status }) {
  if (status) note(key, null);
}

// `keepalive` lets the request outlive the page.
function erase(key, page) {
  note(key, null);
  const body = new FormData();
  body.append("csrf_token", byId("csrf-token").value);
  body.append("permanently", "1");
  fetch(`${page}/delete`, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => note(key, { time: Date.now(), page }));
}

async function eraseLeft(key, { page, fields }) {
  if (page) return erase(key, page);
  const data = new FormData();
  fields.forEach(([name, value]) => data.append(name, value));
  return submitted(data, key).then((job) => erase(key, job.links.page), (problem) => refused(key, problem));
}

export class DraftJob {
  #key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  #fields = null;
  #page = null;
  #source = null;
  #isDiscarded = false;

  // Submits form data and returns the picture; `show` has functions that are called with what the
  // event stream says: `progress`, `preview` and `waiting`.
  async paint(data, show) {
    const fields = [...data.entries()];
    if (!fields.some(([, value]) => value instanceof File)) this.#fields = fields; // files are not for that storage
    this.#note(Date.now());
    const job = await submitted(data, this.#key).catch((problem) => {
      refused(this.#key, problem);
      this.discard();
      throw problem;
    });
    this.#page = job.links.page;
    this.#note(Date.now());
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
    if (this.#page) erase(this.#key, this.#page);
    else if (this.#key in left()) this.#note(0); // for the next page to erase, if this one does not live until the answer
    this.#page = this.#fields = null;
  }

  #note(time) {
    if (this.#page) note(this.#key, { time, page: this.#page });
    else if (this.#fields) note(this.#key, { time, fields: this.#fields });
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

for (const [key, draft] of Object.entries(left())) if (Date.now() - draft.time > LEFT_AFTER) eraseLeft(key, draft);
