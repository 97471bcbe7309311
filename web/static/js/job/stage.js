// The picture as it is painted: a new preview appears over the old one when it is decoded, so that
// nothing flickers, and nothing moves since the box has the result's shape.
import { byId, element } from "../dom.js";
import { gettext } from "../messages.js";

let newest = "";

export async function showPreview(address) {
  newest = address;
  const preview = element("img", { className: "preview", alt: gettext("The picture so far"), src: address });
  try {
    await preview.decode();
  } catch {
    return; // replaced by a newer one, or the job was deleted; the old preview stays
  }
  const stage = byId("stage");
  if (newest !== address || !stage) return;
  const old = stage.querySelectorAll(".preview");
  old.forEach((each) => { each.alt = ""; }); // named once while one fades in over the other
  stage.append(preview);
  stage.classList.remove("waits");
  stage.querySelector(".photograph").alt = "";
  const clear = () => old.forEach((each) => each.remove());
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) clear();
  else preview.animate({ opacity: [0, 1] }, { duration: 600, easing: "ease-out" }).finished.then(clear, clear);
}
