// Deletes the job; while the page is open, that can be undone.
import { call } from "../api.js";
import { byId } from "../dom.js";
import { shortcut } from "../keyboard.js";
import { gettext } from "../messages.js";
import { toast } from "../toasts.js";

function showDeleted(page, root, isDeleted) {
  page.classList.toggle("deleted", isDeleted);
  root.inert = isDeleted;
}

async function restore(page, root) {
  await call("POST", `${root.dataset.self}/restore`);
  showDeleted(page, root, false);
  byId("delete").querySelector("button").focus();
}

async function moveToTrash(page, root) {
  await call("DELETE", root.dataset.self);
  showDeleted(page, root, true);
  const undo = () => restore(page, root).catch((problem) => toast(problem.message));
  toast(gettext("The picture is in the trash."), { label: gettext("Undo"), run: undo }, 60);
}

export function startDeleting(page, root) {
  const form = byId("delete");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    if (!Number(root.dataset.trashHours)) {
      if (!confirm(gettext("Delete the picture for good?"))) event.preventDefault();
      return;
    }
    event.preventDefault();
    moveToTrash(page, root).catch((problem) => toast(problem.message));
  });
  shortcut("Delete", gettext("Delete the picture"), () => (root.inert || document.querySelector("dialog[open]") ? false : form.requestSubmit()));
}
