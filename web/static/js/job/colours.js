// The picture with other means or colours, rendered by the server while somebody moves the sliders.
import { call } from "../api.js";
import { byId } from "../dom.js";
import { gettext } from "../messages.js";

const PAUSE = 120; // milliseconds after the last change, before it is rendered

class Colours {
  constructor(root, compare, shown) {
    Object.assign(this, { root, compare, shown, form: root.querySelector("#colours form"), url: null, running: null });
    this.original = { src: compare.result.src, srcset: compare.result.srcset, item: JSON.parse(root.dataset.items)[0].src };
    this.ranges = [...this.form.querySelectorAll("input[type=range]")];
    this.initial = this.query(this.unchanged());
    this.form.addEventListener("input", (event) => this.changed(event.target));
    this.form.addEventListener("reset", () => setTimeout(() => { this.showValues(); this.plan(); }));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.follow();
  }

  // The form as the server made it.
  unchanged() {
    const form = this.form.cloneNode(true);
    form.reset();
    return form;
  }

  // Renders what was chosen before this script had loaded, or is kept by the browser over a reload.
  follow() {
    const changed = this.form.querySelector("[name=means]:checked:not([checked])")
      ?? this.ranges.find((range) => range.value !== range.defaultValue);
    if (changed) this.changed(changed);
    else if (!this.isOriginal) this.plan();
  }

  get isOriginal() {
    return this.query() === this.initial;
  }

  // What is chosen, as the address of a download has it.
  query(form = this.form) {
    return new URLSearchParams(new FormData(form)).toString();
  }

  body() {
    const { means, preserve_color, ...channels } = Object.fromEntries(new FormData(this.form));
    const own = this.ranges.map((range) => Number(channels[range.name]));
    return { ...(means === "painted" ? {} : { deprocess_means: means === "own" ? own : means }), preserve_color };
  }

  changed(input) {
    if (input.type === "range") {
      this.form.elements.means.value = "own";
      input.value = Number(input.value).toFixed(1);
    }
    const { means } = input.dataset;
    if (means) means.split(" ").forEach((value, index) => { this.ranges[index].value = value; });
    this.showValues();
    this.plan();
  }

  showValues() {
    for (const range of this.ranges) range.closest("label").querySelector("output").textContent = `${Number(range.value)}`;
  }

  plan() {
    this.form.querySelector("[type=reset]").disabled = this.isOriginal;
    clearTimeout(this.timer);
    this.running?.abort();
    this.timer = setTimeout(() => this.render(), PAUSE);
  }

  async render() {
    const request = this.running = new AbortController();
    this.busy(true);
    try {
      const { src, srcset, item } = this.isOriginal ? this.original : await this.rendered(request.signal);
      await this.compare.show(src, srcset, request.signal);
      if (request.signal.aborted) return;
      if (this.url) URL.revokeObjectURL(this.url);
      this.url = src.startsWith("blob:") ? src : null;
      this.shown(item);
      this.link();
      this.done("");
    } catch (problem) {
      if (!request.signal.aborted) this.done(problem.message);
    }
  }

  async rendered(signal) {
    const response = await call("POST", this.root.dataset.render, this.body(), { signal });
    const src = URL.createObjectURL(await response.blob());
    return { src, srcset: "", item: src };
  }

  // Lets each download have what is shown.
  link() {
    for (const link of this.root.querySelectorAll("[data-format]")) {
      const chosen = this.isOriginal ? "" : `&${this.query()}`;
      link.href = `${this.root.dataset.picture}?format=${link.dataset.format}&download=1${chosen}`;
    }
  }

  busy(isBusy) {
    byId("compare").setAttribute("aria-busy", isBusy);
    if (isBusy) byId("render-status").textContent = gettext("Rendering…");
  }

  done(error) {
    this.running = null;
    this.busy(false);
    byId("render-status").textContent = error ? "" : gettext("The picture is rendered.");
    byId("render-error").textContent = error;
    byId("render-error").hidden = !error;
  }
}

export function startColours(root, compare, shown) {
  if (root.dataset.render) new Colours(root, compare, shown);
}
