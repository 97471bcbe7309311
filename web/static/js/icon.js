// A line icon of static/icons.svg; text beside it, or an aria-label, says what it means.
const SVG = "http://www.w3.org/2000/svg";
const file = new URL("../icons.svg", import.meta.url).pathname;

export function icon(name) {
  const shown = document.createElementNS(SVG, "svg");
  shown.classList.add("icon");
  shown.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${file}#${name}`);
  shown.append(use);
  return shown;
}
