// An error of the API beside the field that it concerns.
import { byId, element } from "../dom.js";

const ID = "field-problem";
const KINDS = { content: "content", style: "style", styles: "style" };
const form = byId("new");
let marked = null;

function clear() {
  byId(ID)?.remove();
  if (!marked) return;
  marked.removeAttribute("aria-invalid");
  const others = (marked.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== ID);
  if (others.length) marked.setAttribute("aria-describedby", others.join(" "));
  else marked.removeAttribute("aria-describedby");
  marked = null;
}

// The setting's field, or where the pictures of a kind are chosen.
function controlOf(field) {
  const [first, second] = field.split(".");
  if (first === "settings") return byId(second);
  if (first === "init") return byId("init-file");
  const kind = KINDS[first.split("_")[0]];
  return kind ? form.querySelector(`[data-kind=${kind}] .drop input`) : null;
}

// Shows a message beside a field and removes the one before; null only removes. Returns whether the
// page has such a field.
export function showFieldProblem(field, message) {
  clear();
  const control = field && controlOf(field);
  if (!control) return false;
  const label = control.closest(".field, .strength")?.querySelector("label");
  const name = label?.firstChild?.textContent.trim();
  const shown = element("small", { id: ID, className: "field-problem", role: "alert" }, name ? message.replaceAll(field, name) : message);
  const box = control.closest(".field, .strength");
  if (box) control.after(shown);
  else control.closest(".drop").after(shown);
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") ?? ""} ${ID}`.trim());
  for (let details = control.closest("details"); details; details = details.parentElement.closest("details")) details.open = true;
  marked = control;
  return true;
}
