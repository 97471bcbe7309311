// Helpers for elements.
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
