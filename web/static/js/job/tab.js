// What the tab says: the state or the percent in its title, and a ring of as many in its icon.
const icon = document.querySelector("link[rel=icon]");
const own = icon.href;
const rings = new Map(); // by percent; they are kept, since browsers load an icon when they like
let shown = null;

function ring(percent) {
  const length = 2 * Math.PI * 12;
  const circle = (color, rest) => `<circle cx="16" cy="16" r="12" stroke="${color}" ${rest}/>`;
  return new Blob([`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><g fill="none" stroke-width="7" transform="rotate(-90 16 16)">`,
    circle("#8b8373", `stroke-opacity=".45"`), circle("#5b6fd6", `stroke-dasharray="${length * percent / 100} 99"`), "</g></svg>"], { type: "image/svg+xml" });
}

// `percent` is null where there is nothing to measure.
export function showInTab(title, percent = null) {
  document.title = `${title} · Gramworks`;
  if (percent === shown) return;
  if (percent !== null && !rings.has(percent)) rings.set(percent, URL.createObjectURL(ring(percent)));
  icon.href = rings.get(percent) ?? own;
  shown = percent;
}
