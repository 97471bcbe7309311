// A job that is queued, running or paused: shows what its events say, until it has ended.
import { byId, element } from "../dom.js";
import { about, number, time } from "../format.js";
import { gettext } from "../messages.js";
import { endActions, startActions } from "./actions.js";
import { startChart } from "./chart.js";
import { follow } from "./events.js";
import { capitalized, stateName } from "./names.js";
import { notify, offerNotification } from "./notify.js";
import { showPreview } from "./stage.js";
import { showInTab } from "./tab.js";

const ENDED = ["succeeded", "failed", "cancelled"];
const PENDING = {
  pause: gettext("It pauses as soon as its worker has saved the pixels."),
  stop: gettext("It ends after the current evaluation, and keeps the picture."),
};
const formatted = (value, format) => (value === null || value === undefined ? null : format(value));

function showText(id, text) {
  if (byId(id).textContent !== (text ?? "")) byId(id).textContent = text ?? "";
}

function showFact(name, value) {
  const fact = document.querySelector(`[data-fact=${name}]`);
  fact.querySelector("dd").textContent = value ?? "";
  fact.hidden = value === null;
}

function showProgress(progress, status) {
  const percent = progress && Math.floor(progress.fraction * 100 + 1e-9); // 0.29 * 100 is 28.999…
  showText("percent", progress && `${percent} %`);
  byId("percent").hidden = !progress;
  byId("bar").value = progress?.fraction ?? 0;
  showInTab(status === "running" && progress ? `${percent} %` : capitalized(stateName(status)), percent);
  showFact("evaluation", progress && gettext("{evaluation} of {evaluations}", { evaluation: number(progress.evaluation), evaluations: number(progress.evaluations) }));
  showFact("level", progress && progress.levels > 1 ? gettext("{level} of {levels}", progress) : null);
  byId("losses").hidden = !progress;
}

function showStatus(job, status) {
  const doing = { pause: "pausing", stop: "stopping" }[job.pending] ?? status;
  byId("state").className = `state ${job.state}`;
  if (byId("state").textContent !== stateName(status)) {
    byId("state").textContent = stateName(status);
    byId("announcement").textContent = stateName(status);
  }
  document.querySelector(".live").dataset.doing = doing;
  for (const each of document.querySelectorAll("[data-when]")) each.hidden = !each.dataset.when.split(" ").includes(doing);
  showText("pending", PENDING[job.pending]);
  byId("pending").hidden = !job.pending;
  showText("waiting-detail", job.waiting?.detail);
  byId("waiting").hidden = !job.waiting;
  if (byId("start-worker")) byId("start-worker").hidden = job.waiting?.code !== "no_worker_online";
}

function showDetails(job) {
  byId("log").replaceChildren(...job.log.map((line) =>
    element("li", {}, element("time", { dateTime: line.at }, time(line.at)), " ", line.detail)));
  byId("fallbacks").replaceChildren(...job.fallbacks.map((fallback) => element("li", {}, fallback.detail)));
  byId("fallbacks").hidden = !job.fallbacks.length;
}

// Follows the job; `onEnd` is called when it has ended.
export function start(page, onEnd) {
  const addToChart = startChart();
  let status = "";
  const showJob = (job) => {
    if (ENDED.includes(job.state)) return;
    status = job.paused ? "paused" : job.state;
    showStatus(job, status);
    showFact("position", formatted(job.position, number));
    showFact("starts", formatted(job.starts_in_seconds, about));
    showFact("done", formatted(job.eta_seconds, about));
    showProgress(job.progress, status);
    showDetails(job);
  };
  offerNotification();
  startActions(page.dataset.self, showJob);
  follow(page, {
    job(job) {
      showJob(job);
      if (!ENDED.includes(job.state)) return true;
      notify(job);
      endActions();
      showInTab(capitalized(stateName(job.state)));
      onEnd();
      return false;
    },
    progress({ progress, eta_seconds: eta }) {
      showFact("done", formatted(eta, about));
      showProgress(progress, "running");
      addToChart(progress);
    },
    preview({ href }) { showPreview(href); },
  });
}
