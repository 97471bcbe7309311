// The event stream of a job. The browser reconnects a lost stream by itself, and continues after the
// last event that it got; after an error response it does not, so this does.
import { byId } from "../dom.js";

const AGAIN = 5000; // ms until the next try

// Whether the server refuses the page for good: the job was deleted, or the session has ended.
async function isRefused(address) {
  const response = await fetch(address).catch(() => null);
  return response !== null && [401, 403, 404, 410].includes(response.status);
}

// Gives each event's data to `handlers[kind]`, until `handlers.job` returns false.
export function follow(page, handlers) {
  const { events, self } = page.dataset;
  const source = new EventSource(events);
  const isShown = () => page.isConnected;
  source.addEventListener("job", (event) => { if (!handlers.job(JSON.parse(event.data))) source.close(); });
  source.addEventListener("progress", (event) => handlers.progress(JSON.parse(event.data)));
  source.addEventListener("preview", (event) => handlers.preview(JSON.parse(event.data)));
  source.addEventListener("open", () => { byId("connection").hidden = true; });
  source.addEventListener("error", async () => {
    if (!isShown()) return;
    byId("connection").hidden = false;
    if (source.readyState !== EventSource.CLOSED) return;
    if (await isRefused(self)) location.assign(page.dataset.page); // which says what happened
    else setTimeout(() => { if (isShown()) follow(page, handlers); }, AGAIN);
  });
}
