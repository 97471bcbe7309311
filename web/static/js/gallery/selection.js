// Which pictures are selected: by their checkboxes, a range with Shift, or all that are shown.
import { byId } from "../dom.js";
import { gettext, ngettext } from "../messages.js";

export class Selection {
  constructor(list, form) {
    Object.assign(this, { list, form, last: null });
    this.most = Number(form.dataset.most);
    this.mostCompared = Number(form.dataset.mostCompared);
    list.addEventListener("click", (event) => {
      if (event.target.matches(".pick input")) this.picked(event.target, event.shiftKey);
    });
    for (const [id, isOn] of [["select-all", true], ["select-none", false]]) {
      const button = byId(id);
      button.hidden = false;
      button.addEventListener("click", () => this.setAll(isOn));
    }
    addEventListener("pageshow", () => this.show()); // a browser that comes back restores the checkboxes
    this.show();
  }

  get boxes() {
    return [...this.list.querySelectorAll(".pick input")];
  }

  get chosen() {
    return this.boxes.filter((box) => box.checked);
  }

  picked(box, isRange) {
    const boxes = this.boxes, [from, to] = [boxes.indexOf(this.last), boxes.indexOf(box)];
    if (isRange && from >= 0) {
      for (const each of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) each.checked = box.checked;
    }
    this.last = box;
    this.show();
  }

  toggle(item) {
    const box = item.querySelector(".pick input");
    box.checked = !box.checked;
    this.picked(box, false);
  }

  setAll(isOn) {
    for (const box of this.boxes) box.checked = isOn;
    this.show();
    if (!isOn) this.list.querySelector(".open")?.focus({ preventScroll: true });
  }

  show() {
    const count = this.chosen.length;
    const text = ngettext("{count} selected", "{count} selected", count);
    byId("selected").textContent = count > this.most
      ? gettext("{count} selected; up to {most} at a time", { count, most: this.most }) : text;
    this.form.classList.toggle("on", count > 0);
    this.list.classList.toggle("picking", count > 0);
    for (const button of this.form.querySelectorAll("button:not([type=button])")) button.disabled = count > this.most;
    const compare = byId("compare");
    if (compare) compare.disabled = count < 2 || count > this.mostCompared;
  }
}
