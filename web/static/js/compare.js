// Before and after: a slider over both pictures, or both side by side, which is remembered. The range input
// covers the pictures, so pointers, fingers and keys move the same value.
const COOKIE = "compare"; // the server renders the remembered view, so that nothing moves
const YEAR = 365 * 86_400;
const STEP = 5; // per cent of one arrow key

export class Compare {
  constructor(root, views) {
    this.root = root;
    this.divider = root.querySelector(".divider");
    this.result = root.querySelector(".result");
    this.divider.addEventListener("input", () => this.moved());
    views.addEventListener("change", (event) => this.view(event.target.value));
    // Inputs may have been changed before this script had loaded, and a browser keeps them over a reload.
    root.dataset.view = views.querySelector(":checked").value;
    this.moved();
  }

  moved() {
    this.root.style.setProperty("--at", `${this.divider.value}%`);
  }

  // Moves the divider by an arrow key of the page; false if there is none now.
  step(direction) {
    if (this.root.dataset.view !== "slider") return false;
    this.divider.value = Number(this.divider.value) + direction * STEP;
    this.moved();
    return true;
  }

  view(name) {
    this.root.dataset.view = name;
    document.cookie = `${COOKIE}=${name}; path=/; max-age=${YEAR}; samesite=lax`;
  }

  // Shows another result, once it is decoded, unless that was aborted meanwhile.
  async show(src, srcset, signal) {
    const next = new Image();
    next.src = src;
    await next.decode();
    if (signal.aborted) return;
    this.result.srcset = srcset;
    this.result.src = src;
  }
}
