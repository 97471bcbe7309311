// The job page: starts the script of the part that it shows, live or finished; a job that failed needs
// none. When the job has ended, the server's page is shown in place of the old one.
import { startCopying } from "../copy.js";
import { byId } from "../dom.js";
import { showLocalTimes } from "../format.js";
import { startSharing } from "./share.js";

const PARTS = { live: () => import("./live.js"), finished: () => import("./finished.js") };
const PATIENCE = 4000; // ms that the old page waits for the new one's picture

// Shows the page as the server makes it now, without a flash; if that cannot be had, loads it.
async function renew() {
  const address = byId("job").dataset.page;
  const response = await fetch(address).catch(() => null);
  const fetched = response?.ok && new DOMParser().parseFromString(await response.text(), "text/html");
  const renewed = fetched && fetched.getElementById("job");
  if (!renewed) return location.assign(address);
  // before its script has started, the buttons of the new page would load other pages
  await PARTS[renewed.dataset.part]?.().catch(() => {});
  const picture = renewed.querySelector("img[src]");
  if (picture) await Promise.race([picture.decode().catch(() => {}), new Promise((done) => setTimeout(done, PATIENCE))]);
  byId("job").replaceWith(renewed);
  document.title = fetched.title;
  byId("announcement").textContent = byId("state").textContent;
  return start();
}

async function start() {
  const job = byId("job");
  showLocalTimes(job);
  startSharing(byId("share"));
  startCopying(job);
  byId("folded-losses")?.addEventListener("toggle", async () => (await import("./chart.js")).startChart(), { once: true });
  const part = await PARTS[job.dataset.part]?.();
  part?.start(job, renew);
}

start();
