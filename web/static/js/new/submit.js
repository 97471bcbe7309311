// Sends the form without leaving the page, so that an error loses nothing that was chosen.
import { byId, element } from "../dom.js";
import { shortcut } from "../keyboard.js";
import { gettext } from "../messages.js";
import { chosenPictures, pictureData } from "./pictures.js";

const form = byId("new");
const button = form.querySelector(".submit button");
const label = button.querySelector("span");
const text = label.textContent;
const PICTURES = ["content", "style", "content_sha256", "style_sha256", "init"];

function setBusy(isBusy) {
  button.disabled = isBusy;
  button.setAttribute("aria-busy", String(isBusy));
  label.textContent = isBusy ? gettext("Sending…") : text;
}

async function formData() {
  const data = new FormData(form);
  PICTURES.forEach((name) => data.delete(name));
  data.append("init", byId("init").value); // the setting; the file has the same name
  return pictureData(data);
}

// What went wrong, as the page that the server answers with says it: this one, or an error's.
async function problemOf(response) {
  if (!response) return [gettext("The server does not answer. Try again in a few seconds.")];
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const said = page.querySelector("#problem .alert") ?? page.querySelector("main p");
  return said ? [...said.childNodes] : [response.statusText];
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  setBusy(true);
  const body = await formData();
  const response = await fetch(form.action, { method: "POST", body }).catch(() => null);
  if (response?.redirected && response.ok) {
    location.assign(response.url);
    return;
  }
  const alert = element("p", { className: "alert", role: "alert" }, ...await problemOf(response));
  byId("problem").replaceChildren(alert);
  setBusy(false);
  byId("problem").focus();
});
addEventListener("pageshow", () => setBusy(false)); // after going back
shortcut("p", gettext("Paint it"), () => {
  const { content, styles } = chosenPictures();
  if (!content || !styles.length || button.disabled) return false;
  form.requestSubmit();
  return true;
});
