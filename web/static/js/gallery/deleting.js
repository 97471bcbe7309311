// Deletes the selected pictures, or the one with the focus, and offers to undo it.
import { byId } from "../dom.js";
import { shortcut } from "../keyboard.js";
import { gettext, ngettext } from "../messages.js";
import { toast } from "../toasts.js";

export function deleteWithUndo(list, selection) {
  const { form } = selection, button = byId("delete");
  const hasTrash = "trash" in form.dataset;
  form.addEventListener("submit", (event) => {
    if (event.submitter !== button || !hasTrash) return; // for good: a page asks first
    event.preventDefault();
    remove(selection.chosen.map((box) => box.closest(".item")));
  });
  shortcut("Delete", gettext("Delete the selected pictures"), () => {
    if (document.querySelector("dialog[open]")) return false;
    const item = document.activeElement.closest?.("#pictures .item");
    if (!selection.chosen.length && item) selection.toggle(item);
    if (!selection.chosen.length || button.disabled) return false;
    form.requestSubmit(button);
    return true;
  });

  async function remove(items) {
    const ids = items.map(idOf), focused = document.activeElement.closest?.(".item");
    button.setAttribute("aria-busy", "true");
    const error = await send(button.formAction, ids);
    button.removeAttribute("aria-busy");
    if (error) return toast(error);
    const all = [...list.children], place = all.indexOf(items.includes(focused) ? focused : items[0]);
    const places = items.map((item) => [item, item.nextElementSibling]);
    const next = all.slice(place).find((item) => !items.includes(item)) ?? all.findLast((item) => !items.includes(item));
    for (const item of items) {
      item.querySelector(".pick input").checked = false;
      item.remove();
    }
    selection.show();
    if (!next) byId("older")?.click();
    (next?.querySelector(".open") ?? byId("main")).focus({ preventScroll: Boolean(next) });
    const text = ngettext("{count} picture was moved to the trash.", "{count} pictures were moved to the trash.", ids.length);
    return toast(text, { label: gettext("Undo"), run: () => restore(ids, places) });
  }

  async function restore(ids, places) {
    const error = await send(form.dataset.restore, ids);
    if (error) return toast(error);
    for (const [item, before] of places.toReversed()) list.insertBefore(item, before?.isConnected ? before : null);
    places[0][0].querySelector(".open").focus();
    return toast(ngettext("{count} picture was restored.", "{count} pictures were restored.", ids.length));
  }

  // Sends a form for these jobs; returns the sentence of an error, if there was one.
  async function send(action, ids) {
    const body = new FormData();
    body.append("csrf_token", form.elements.csrf_token.value);
    for (const id of ids) body.append("job", id);
    const answer = await fetch(action, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (!answer) return gettext("The server does not answer. Try again in a few seconds.");
    if (answer.type === "opaqueredirect") return null; // to the page that is shown without scripts
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("main p")?.textContent ?? answer.statusText;
  }
}

const idOf = (item) => item.querySelector(".pick input").value;
