// Helpers for elements.
const SVG = "http://www.w3.org/2000/svg";
const icons = new URL("../icons.svg", import.meta.url).pathname;

export const byId = (id) => document.getElementById(id);

// Makes an element with properties (`className`, `onclick`, `dataset`…) and children.
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  const { dataset = {}, ...rest } = properties;
  for (const [name, value] of Object.entries(rest)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  Object.assign(made.dataset, dataset);
  made.append(...children);
  return made;
}

// Makes an element of a drawing.
export function shape(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// A line icon of static/icons.svg; text beside it, or an aria-label, says what it means.
export const icon = (name) => shape("svg", { class: "icon", "aria-hidden": true }, shape("use", { href: `${icons}#${name}` }));
