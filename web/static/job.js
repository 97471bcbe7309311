// The job page: follows the job's events; the browser takes a dropped stream up again by itself.
const page = document.getElementById("job");
const part = (id) => document.getElementById(id);
const ended = ["succeeded", "failed", "cancelled"];

const known = (seconds) => seconds !== null && seconds !== undefined;

function about(seconds) {
  if (seconds < 1) return "a moment";
  const step = seconds < 20 ? 1 : seconds < 120 ? 5 : 60;
  const whole = Math.round(seconds / step) * step;
  const parts = { h: Math.floor(whole / 3600), min: Math.floor(whole / 60) % 60, s: whole % 60 };
  return "about " + Object.entries(parts).filter(([, count]) => count).map(([unit, count]) => `${count} ${unit}`).join(" ");
}

function left(state, seconds) {
  if (!known(seconds) || ended.includes(state)) return "";
  return state === "queued" ? `done in ${about(seconds)}` : `${about(seconds)} left`;
}

function place(job) {
  if (!known(job.position)) return ""; // it was started while it was read
  const when = known(job.starts_in_seconds) ? `, starts in ${about(job.starts_in_seconds)}` : "";
  return `Number ${job.position} in the queue${when}.`;
}

function number(value) {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}

function showProgress(progress) {
  if (!progress) return;
  part("bar").value = progress.fraction;
  part("numbers").hidden = false;
  part("evaluation").textContent = `${progress.evaluation} / ${progress.evaluations}`;
  part("level").textContent = `${progress.level} / ${progress.levels}`;
  for (const [name, value] of Object.entries(progress.loss)) part(name).textContent = number(value);
}

function showPicture(href) {
  part("picture").src = href;
  part("picture").hidden = false;
}

function note(job) {
  if (job.error) return job.error.detail;
  return job.state === "queued" ? place(job) : "";
}

function item(...content) {
  const line = document.createElement("li");
  line.append(...content);
  return line;
}

function moment(at) {
  const element = document.createElement("time");
  element.dateTime = at;
  return inLocalTime(element);
}

function inLocalTime(element) {
  const at = new Date(element.dateTime);
  const today = at.toDateString() === new Date().toDateString();
  element.textContent = today ? at.toLocaleTimeString() : at.toLocaleString();
  return element;
}

function showStory(log, fallbacks) {
  part("log").replaceChildren(...log.map((step) => item(moment(step.at), " ", step.detail)));
  part("fallbacks").replaceChildren(...fallbacks.map((fallback) => item(fallback.detail)));
  part("fallbacks").hidden = !fallbacks.length;
}

function showJob(job) {
  part("state").textContent = job.state;
  part("state").className = `state ${job.state}`;
  document.title = `${job.state} · Gramworks`;
  part("note").textContent = note(job);
  part("waiting").textContent = job.waiting?.detail ?? "";
  part("waiting").hidden = !job.waiting;
  part("left").textContent = left(job.state, job.eta_seconds);
  showProgress(job.progress);
  showStory(job.log, job.fallbacks);
  if (!ended.includes(job.state)) return;
  for (const id of ["bar", "cancel"]) part(id)?.remove();
  part("retry").hidden = job.state !== "failed";
  if (job.state === "succeeded") {
    showPicture(job.links.result);
    part("download").hidden = false;
  }
}

part("log").querySelectorAll("time").forEach(inLocalTime);

if (!ended.includes(page.dataset.state)) {
  const source = new EventSource(page.dataset.events);
  source.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    showJob(job);
    if (ended.includes(job.state)) source.close();
  });
  source.addEventListener("progress", (event) => {
    const { progress, eta_seconds: eta } = JSON.parse(event.data);
    part("left").textContent = left("running", eta);
    showProgress(progress);
  });
  source.addEventListener("preview", (event) => showPicture(JSON.parse(event.data).href));
  source.addEventListener("open", () => { if (part("note").dataset.away) { part("note").textContent = ""; delete part("note").dataset.away; } });
  source.addEventListener("error", () => {
    part("note").textContent = "The connection is interrupted; trying again…";
    part("note").dataset.away = "yes";
    // A refusal (the job was deleted, Redis is away) ends the browser's own attempts: reload then.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
}
