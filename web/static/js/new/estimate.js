// Size, time and memory of the picture, before it is submitted.
import { call } from "../api.js";
import { byId } from "../dom.js";
import { about } from "../format.js";
import { gettext, ngettext } from "../messages.js";
import { showFieldProblem } from "./field_problem.js";
import { chosenPictures } from "./pictures.js";
import { chosenSettings } from "./settings.js";

const PAUSE = 250; // ms without a change, after which the server is asked
const form = byId("new");
let timer = null;
let asked = 0;

function show(id, text) {
  byId(id).textContent = text ?? "";
  byId(id).hidden = !text;
}

// The body of the request; null while no photograph is chosen, or its size is unknown.
function wanted() {
  const { content, styles, init } = chosenPictures();
  if (!content?.width || content.problem) return null;
  const size = ({ width, height }) => ({ width, height });
  const known = styles.filter((style) => style.width).map(size);
  const settings = chosenSettings();
  const body = { content: size(content), styles: known.length ? known : [size(content)], settings };
  if (known.length !== styles.length) delete settings.style_blend;
  if (settings.init === "image" && (init || byId("init-file").files.length)) body.init = size(content);
  return body;
}

// 1.2 GB, or 300 MB
function gigabytes(bytes) {
  if (bytes < 1e9) return gettext("{count} MB", { count: Math.round(bytes / 1e7) * 10 });
  return gettext("{count} GB", { count: (bytes / 1e9).toFixed(1) });
}

// How long it takes, or would take on the fastest worker; null if that is not known.
function secondsOf({ runs_seconds: seconds, workers }) {
  const known = workers.filter((worker) => !worker.blocked_by && worker.runs_seconds !== null);
  return seconds ?? (known.length ? Math.min(...known.map((worker) => worker.runs_seconds)) : null);
}

function showEstimate(answer) {
  const { result, starts_in_seconds: starts, memory_bytes: memory, position, refused, waiting } = answer;
  const seconds = secondsOf(answer);
  const size = { width: result.width, height: result.height };
  show("estimate", seconds === null
    ? gettext("{width} × {height} px", size)
    : gettext("{width} × {height} px, {time}", { ...size, time: about(seconds) }));
  const more = [];
  if (memory) more.push(gettext("It takes {memory} of a worker's memory.", { memory: gigabytes(memory) }));
  if (position > 1) {
    const ahead = ngettext("{count} job is before it.", "{count} jobs are before it.", position - 1);
    more.push(starts ? gettext("{ahead} It starts in {time}.", { ahead, time: about(starts) }) : ahead);
  }
  if (seconds === null && !waiting) more.push(gettext("How long it takes is known after the first picture."));
  show("estimate-more", more.join(" "));
  show("estimate-waiting", waiting?.detail);
  show("estimate-problem", refused?.detail);
}

function showProblem(problem) {
  const { field } = problem.body ?? {};
  show("estimate", "");
  show("estimate-more", "");
  show("estimate-waiting", "");
  show("estimate-problem", field && showFieldProblem(field, problem.message) ? "" : problem.message);
}

async function estimate() {
  const body = wanted();
  const number = ++asked;
  byId("estimate-hint").hidden = Boolean(body);
  if (!body) {
    for (const part of ["estimate", "estimate-more", "estimate-waiting", "estimate-problem"]) show(part, "");
    showFieldProblem(null);
    return;
  }
  byId("estimate").classList.add("old");
  const answer = await call("POST", "/api/v1/estimate", body).then((response) => response.json(), (problem) => problem);
  if (number !== asked) return; // something was changed meanwhile
  byId("estimate").classList.remove("old");
  showFieldProblem(null);
  if (answer instanceof Error) showProblem(answer);
  else showEstimate(answer);
}

function estimateSoon() {
  clearTimeout(timer);
  timer = setTimeout(estimate, PAUSE);
}

form.addEventListener("change", estimateSoon);
form.addEventListener("input", estimateSoon);
estimateSoon();
