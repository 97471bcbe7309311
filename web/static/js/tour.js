// Follows a first picture through its steps.
import { byId } from "./dom.js";

const tour = byId("tour");
const steps = [...tour.querySelectorAll("li")];
const { events } = tour.dataset;
let source = null;

function show(name) {
  const place = steps.findIndex((step) => step.dataset.step === name);
  steps.forEach((step, number) => {
    step.classList.toggle("done", number < place);
    if (number === place) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  });
}

const stepOf = (progress) => (progress?.level > 1 ? "fine" : "coarse");

function end() {
  source?.close();
  tour.remove();
  const address = new URL(location);
  address.searchParams.delete("tour");
  history.replaceState(history.state, "", address);
}

byId("end-tour").addEventListener("click", (event) => {
  event.preventDefault();
  end();
  byId("main").focus();
});
show(tour.dataset.step);
if (events) {
  source = new EventSource(events);
  source.addEventListener("job", (event) => {
    const { state, progress } = JSON.parse(event.data);
    if (["failed", "cancelled"].includes(state)) return end(); // the page says what to do
    show(state === "running" ? stepOf(progress) : state);
    if (state === "succeeded") source.close();
    return undefined;
  });
  source.addEventListener("progress", (event) => show(stepOf(JSON.parse(event.data).progress)));
}
