// Keeps the place in the address: whoever goes to a picture's page and back returns to that picture.
export function rememberPlace(list) {
  document.addEventListener("click", (event) => {
    const href = event.target.closest("a")?.getAttribute("href");
    const item = href && [...list.querySelectorAll(".open")].find((link) => link.getAttribute("href") === href)?.closest(".item");
    if (!item || !isPlainClick(event)) return;
    const page = new URL(item.dataset.page ?? list.dataset.page, location.href);
    history.scrollRestoration = "manual"; // that page is shorter than this one
    history.replaceState(null, "", `${page.pathname}${page.search}#${item.id}`);
  });
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target || !list.contains(target)) return;
  target.querySelector(".open").focus({ preventScroll: true });
  target.scrollIntoView({ block: "center" });
}

export const isPlainClick = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
