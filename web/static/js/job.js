// The job page: follows the job's events. The browser reconnects a lost stream by itself.
import { about, number, showLocalTimes, time } from "./format.js";

const ENDED = ["succeeded", "failed", "cancelled"];
const page = document.getElementById("job");
const part = (id) => document.getElementById(id);

function showText(id, text) {
  part(id).textContent = text ?? "";
  part(id).hidden = !text;
}

function showFact(name, value) {
  const fact = page.querySelector(`[data-fact=${name}]`);
  fact.querySelector("dd").textContent = value ?? "";
  fact.hidden = value === null;
}

const formatted = (value, format) => (value === null || value === undefined ? null : format(value));

function showProgress(progress) {
  showFact("evaluation", progress && `${number(progress.evaluation)} of ${number(progress.evaluations)}`);
  showFact("level", progress && progress.levels > 1 ? `${progress.level} of ${progress.levels}` : null);
  part("losses").hidden = !progress;
  if (!progress) return;
  part("bar").value = progress.fraction;
  part("losses").replaceChildren(...Object.entries(progress.loss).map(([name, value]) =>
    element("div", element("dt", `${name} loss`), element("dd", number(value)))));
}

function showPicture(href) {
  if (part("picture").src.startsWith("blob:")) URL.revokeObjectURL(part("picture").src);
  part("picture").src = href;
  part("picture").hidden = false;
}

function element(tag, ...content) {
  const made = document.createElement(tag);
  made.append(...content);
  return made;
}

function showTime(at) {
  const made = element("time", time(at));
  made.dateTime = at;
  return made;
}

function showJob(job) {
  const hasEnded = ENDED.includes(job.state);
  part("state").textContent = job.state;
  part("state").className = `state ${job.state}`;
  document.title = `${job.state} · Gramworks`;
  showText("error", job.error?.detail);
  showText("waiting", job.waiting?.detail);
  showFact("position", formatted(job.position, number));
  showFact("starts", formatted(job.starts_in_seconds, about));
  showFact("done", hasEnded ? null : formatted(job.eta_seconds, about));
  showProgress(job.progress);
  part("log").replaceChildren(...job.log.map((line) => element("li", showTime(line.at), " ", line.detail)));
  part("fallbacks").replaceChildren(...job.fallbacks.map((fallback) => element("li", fallback.detail)));
  part("fallbacks").hidden = !job.fallbacks.length;
  part("bar").hidden = hasEnded;
  part("cancel").hidden = hasEnded;
  part("delete").hidden = !hasEnded;
  part("retry").hidden = job.state !== "failed";
  part("download").hidden = job.state !== "succeeded";
  part("rendering").hidden = !job.renderable;
  part("fork").hidden = !(job.renderable || job.state === "failed");
  if (job.state === "succeeded") showPicture(job.links.result);
}

// Shows the picture as the form describes it, as a PNG, since a browser cannot show every format.
async function showRendering(form) {
  const { deprocess_means: means, preserve_color } = Object.fromEntries(new FormData(form));
  const deprocess_means = means.includes(",") ? means.split(",").map(Number) : means;
  const chosen = Object.entries({ deprocess_means, preserve_color }).filter(([, value]) => value);
  const body = JSON.stringify(Object.fromEntries(chosen));
  const response = await fetch(form.dataset.render, {
    method: "POST", body, headers: { "X-CSRF-Token": document.querySelector("[name=csrf_token]").value },
  });
  showText("render-error", response.ok ? "" : (await response.json()).detail);
  if (response.ok) showPicture(URL.createObjectURL(await response.blob()));
}

function follow() {
  const source = new EventSource(page.dataset.events);
  source.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    showJob(job);
    if (ENDED.includes(job.state)) source.close();
  });
  source.addEventListener("progress", (event) => {
    const { progress, eta_seconds: eta } = JSON.parse(event.data);
    showFact("done", formatted(eta, about));
    showProgress(progress);
  });
  source.addEventListener("preview", (event) => showPicture(JSON.parse(event.data).href));
  source.addEventListener("open", () => { part("connection").hidden = true; });
  source.addEventListener("error", () => {
    part("connection").hidden = false;
    // After an error response (the job was deleted, Redis is down) the browser does not reconnect.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
}

part("rendering").querySelector("form").addEventListener("submit", (event) => {
  if (event.submitter?.name === "download") return;
  event.preventDefault();
  showRendering(event.target).catch(() => showText("render-error", "The server does not answer. Try again in a few seconds."));
});
showLocalTimes(page);
if (!ENDED.includes(page.dataset.state)) follow();
