// Buttons that copy the text of another element: data-copy has its id.
import { byId } from "./dom.js";
import { gettext } from "./messages.js";
import { toast } from "./toasts.js";

async function copy(source) {
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text); // only over HTTPS, and on this machine
    toast(gettext("Copied."), null, 3);
  } catch {
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
    const isCopied = document.execCommand("copy");
    toast(isCopied ? gettext("Copied.") : gettext("The text is selected. Copy it with Ctrl+C."), null, 4);
  }
}

export function startCopying(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", () => copy(byId(button.dataset.copy)));
  }
}
