// Calls of the API, with this browser's session.
import { gettext } from "./messages.js";

export class Problem extends Error {
  constructor(body, status) {
    super(body.detail);
    this.code = body.code;
    this.status = status;
    this.body = body;
  }
}

// Sends a request and returns its response; an error is a Problem whose message is for people. `signal` can abort
// it; two requests with the same `key` make one job.
export async function call(method, path, body, { signal, key } = {}) {
  const headers = { "X-CSRF-Token": document.getElementById("csrf-token").value };
  if (key) headers["Idempotency-Key"] = key;
  let sent = body;
  if (body && !(body instanceof FormData) && !(body instanceof Blob)) {
    headers["Content-Type"] = "application/json";
    sent = JSON.stringify(body);
  }
  const response = await fetch(path, { method, headers, body: sent, signal }).catch(() => {
    throw new Problem({ detail: gettext("The server does not answer. Try again in a few seconds.") }, 0);
  });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({ detail: response.statusText }));
  throw new Problem(problem, response.status);
}
