// Brings a part of the page to what the server shows now, changing only what differs: what has the
// focus, is selected or is scrolled to stays where it is.

// Makes `shown` equal to `wanted`. Children with an id are recognised by it, others by their order.
export function update(shown, wanted) {
  const focused = document.activeElement;
  updateChildren(shown, wanted);
  if (focused?.isConnected) focused.focus({ preventScroll: true }); // one that was moved has lost it
}

function updateChildren(shown, wanted) {
  const ids = new Set([...wanted.children].map((each) => each.id));
  for (const each of [...shown.children]) if (each.id && !ids.has(each.id)) each.remove();
  let next = shown.firstChild;
  for (const each of [...wanted.childNodes]) {
    const same = each.id ? [...shown.children].find((child) => child.id === each.id) : next;
    if (!same || !isAlike(same, each)) {
      shown.insertBefore(document.importNode(each, true), next);
      continue;
    }
    if (same !== next) shown.insertBefore(same, next);
    updateNode(same, each);
    next = same.nextSibling;
  }
  while (next) {
    const after = next.nextSibling;
    next.remove();
    next = after;
  }
}

function isAlike(one, other) {
  return one.nodeName === other.nodeName && (one.id ?? "") === (other.id ?? "");
}

function updateNode(shown, wanted) {
  if (shown.nodeType !== Node.ELEMENT_NODE) {
    if (shown.data !== wanted.data) shown.data = wanted.data;
    return;
  }
  for (const { name } of [...shown.attributes]) if (!wanted.hasAttribute(name)) shown.removeAttribute(name);
  for (const { name, value } of wanted.attributes) {
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  }
  updateChildren(shown, wanted);
}
