// The job page: starts the script of the part that it shows (live, finished or failed). When the job
// has ended, the server's page is shown in place of the old one.
import { startCopying } from "../copy.js";
import { byId } from "../dom.js";
import { showLocalTimes } from "../format.js";
import { startChart } from "./chart.js";
import { start as failed } from "./failed.js";
import { start as finished } from "./finished.js";
import { start as live } from "./live.js";
import { startSharing } from "./share.js";

const PARTS = { live, finished, failed };
const PATIENCE = 4000; // ms that the old page waits for the new one's picture

// Shows the page as the server makes it now, without a flash; if that cannot be had, loads it.
async function renew() {
  const address = byId("job").dataset.page;
  const response = await fetch(address).catch(() => null);
  const fetched = response?.ok && new DOMParser().parseFromString(await response.text(), "text/html");
  const renewed = fetched && fetched.getElementById("job");
  if (!renewed) return location.assign(address);
  const picture = renewed.querySelector("img[src]");
  if (picture) await Promise.race([picture.decode().catch(() => {}), new Promise((done) => setTimeout(done, PATIENCE))]);
  byId("job").replaceWith(renewed);
  document.title = fetched.title;
  byId("announcement").textContent = byId("state").textContent;
  return start();
}

function start() {
  const job = byId("job");
  showLocalTimes(job);
  startSharing(byId("share"));
  startCopying(job);
  const chart = startChart();
  PARTS[job.dataset.part](job, renew, chart);
}

start();
