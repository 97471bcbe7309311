// What more iterations would take, while somebody chooses them.
import { call } from "../api.js";
import { byId } from "../dom.js";
import { about } from "../format.js";
import { gettext } from "../messages.js";

const PAUSE = 300; // milliseconds

async function estimate(form) {
  const asked = JSON.parse(form.dataset.estimate);
  for (const name of ["iterations", "size"]) asked.settings[name] = form.elements[name].valueAsNumber;
  const made = await (await call("POST", "/api/v1/estimate", asked)).json();
  return made.runs_seconds === null ? gettext("time unknown") : about(made.runs_seconds);
}

export function startEstimates(details) {
  const form = details?.querySelector("form");
  let timer;
  form?.addEventListener("input", () => {
    clearTimeout(timer);
    if (form.checkValidity()) timer = setTimeout(() => {
      estimate(form).catch((problem) => problem.message).then((text) => { byId("more-takes").textContent = text; });
    }, PAUSE);
  });
}
