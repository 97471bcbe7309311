// A job that is queued or running: follows its events. The browser reconnects a lost stream by itself.
import { byId, element } from "../dom.js";
import { about, number, time } from "../format.js";

const ENDED = ["succeeded", "failed", "cancelled"];
const formatted = (value, format) => (value === null || value === undefined ? null : format(value));

function showText(id, text) {
  byId(id).textContent = text ?? "";
  byId(id).hidden = !text;
}

function showFact(name, value) {
  const fact = document.querySelector(`[data-fact=${name}]`);
  fact.querySelector("dd").textContent = value ?? "";
  fact.hidden = value === null;
}

function showProgress(progress) {
  showFact("evaluation", progress && `${number(progress.evaluation)} of ${number(progress.evaluations)}`);
  showFact("level", progress && progress.levels > 1 ? `${progress.level} of ${progress.levels}` : null);
  byId("losses").hidden = !progress;
  if (!progress) return;
  byId("bar").value = progress.fraction;
  byId("losses").replaceChildren(...Object.entries(progress.loss).map(([name, value]) =>
    element("div", {}, element("dt", {}, `${name} loss`), element("dd", {}, number(value)))));
}

function showPicture(href) {
  byId("picture").src = href;
  byId("picture").hidden = false;
}

function showJob(job) {
  byId("state").textContent = job.state;
  byId("state").className = `state ${job.state}`;
  document.title = `${job.state[0].toUpperCase()}${job.state.slice(1)} · Gramworks`;
  showText("waiting", job.waiting?.detail);
  showFact("position", formatted(job.position, number));
  showFact("starts", formatted(job.starts_in_seconds, about));
  showFact("done", formatted(job.eta_seconds, about));
  showProgress(job.progress);
  byId("log").replaceChildren(...job.log.map((line) =>
    element("li", {}, element("time", { dateTime: line.at }, time(line.at)), " ", line.detail)));
  byId("fallbacks").replaceChildren(...job.fallbacks.map((fallback) => element("li", {}, fallback.detail)));
  byId("fallbacks").hidden = !job.fallbacks.length;
}

// Follows the job; `onEnd` is called when it has ended.
export function start(page, onEnd) {
  const source = new EventSource(page.dataset.events);
  source.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    if (ENDED.includes(job.state)) {
      source.close();
      onEnd();
    } else showJob(job);
  });
  source.addEventListener("progress", (event) => {
    const { progress, eta_seconds: eta } = JSON.parse(event.data);
    showFact("done", formatted(eta, about));
    showProgress(progress);
  });
  source.addEventListener("preview", (event) => showPicture(JSON.parse(event.data).href));
  source.addEventListener("open", () => { byId("connection").hidden = true; });
  source.addEventListener("error", () => {
    byId("connection").hidden = false;
    // After an error response (the job was deleted, Redis is down) the browser does not reconnect.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
}
