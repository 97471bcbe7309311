// Makes and revokes the share link without leaving the page.
import { call } from "../api.js";
import { gettext } from "../messages.js";
import { toast } from "../toasts.js";

class Share {
  constructor(details) {
    this.details = details;
    this.form = details.querySelector("form");
    this.field = details.querySelector("#share-link");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const work = event.submitter?.formAction.endsWith("/unshare") ? this.revoke() : this.make();
      work.then(() => "", (problem) => problem.message).then((error) => this.showError(error));
    });
  }

  async make() {
    const { href } = await (await call("POST", this.details.dataset.share)).json();
    this.show(new URL(href, location.href).href, true);
    this.field.focus();
    this.field.select();
  }

  async revoke() {
    await call("DELETE", this.details.dataset.share);
    this.show("", false);
    toast(gettext("The link no longer works."));
  }

  show(link, isShared) {
    this.field.value = link;
    this.details.querySelector(".link").hidden = !link;
    if (link) this.details.querySelector(".link a").href = link;
    const states = { none: !isShared, earlier: false, made: isShared };
    for (const each of this.details.querySelectorAll("[data-when]")) each.hidden = !states[each.dataset.when];
  }

  showError(text) {
    const alert = this.form.querySelector("[role=alert]");
    alert.textContent = text;
    alert.hidden = !text;
  }
}

export function startSharing(details) {
  if (details) new Share(details);
}
