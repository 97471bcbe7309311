// A job that has succeeded: its picture rendered with other means and formats.
import { call } from "../api.js";
import { byId } from "../dom.js";

// Shows the picture as the form describes it, as a PNG, since a browser cannot show every format.
async function showRendering(form) {
  const { deprocess_means: means, preserve_color } = Object.fromEntries(new FormData(form));
  const deprocess_means = means.includes(",") ? means.split(",").map(Number) : means;
  const chosen = Object.entries({ deprocess_means, preserve_color }).filter(([, value]) => value);
  const response = await call("POST", form.dataset.render, Object.fromEntries(chosen));
  const picture = byId("picture");
  if (picture.src.startsWith("blob:")) URL.revokeObjectURL(picture.src);
  picture.src = URL.createObjectURL(await response.blob());
}

function showError(text) {
  byId("render-error").textContent = text;
  byId("render-error").hidden = !text;
}

export function start(page) {
  page.querySelector("#rendering form")?.addEventListener("submit", (event) => {
    if (event.submitter?.name === "download") return;
    event.preventDefault();
    showRendering(event.target).then(() => showError(""), (problem) => showError(problem.message));
  });
}
