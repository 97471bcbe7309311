// Opens finished pictures in the viewer; others, and a click with a modifier, go to the job's page.
import { isPlainClick } from "./place.js";

export function openPictures(list) {
  list.addEventListener("click", async (event) => {
    const link = event.target.closest(".open[data-src]");
    if (!link || !isPlainClick(event)) return;
    event.preventDefault();
    const links = [...list.querySelectorAll(".open[data-src]")];
    const script = await import("../viewer.js").catch(() => null); // most visits need none
    if (!script) {
      location.assign(link.href);
      return;
    }
    const index = await script.openViewer(links.map(viewed), links.indexOf(link));
    links[index]?.focus();
  });
}

function viewed(link) {
  const image = link.querySelector("img");
  return {
    src: link.dataset.src,
    thumbnail: image.currentSrc,
    alt: image.alt,
    width: Number(image.getAttribute("width")),
    height: Number(image.getAttribute("height")),
    caption: link.querySelector(".caption").textContent.replace(/\s+/g, " ").trim(),
    details: JSON.parse(link.dataset.details),
    href: link.getAttribute("href"),
  };
}
