// Zoom and pan of a picture in a box: wheel, pinch, double click, drag.
const SWIPE = 60; // pixels of a finger to the side, which turn to the next picture
const LARGEST = 16; // screen pixels for one of the picture
const LARGEST_FIT = 4; // small pictures fill the box up to this

const between = (low, value, high) => Math.max(low, Math.min(value, high));

export class Zoom {
  // `changed` is called after each change; `swiped` with 1 or -1 when a finger turns to another picture.
  constructor(stage, picture, changed, swiped) {
    Object.assign(this, { stage, picture, changed, swiped, width: 1, height: 1, x: 0, y: 0, scale: 1, isFit: true });
    this.pointers = new Map();
    this.resized = new ResizeObserver(() => (this.isFit ? this.fit() : this.apply()));
    this.resized.observe(stage);
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("dblclick", (event) => this.toggle(event.clientX, event.clientY));
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, (event) => this.up(event));
  }

  // Shows a picture of so many pixels, all of it.
  show(width, height) {
    Object.assign(this, { width, height });
    this.pointers.clear();
    this.fit();
  }

  close() {
    this.resized.disconnect();
  }

  get box() {
    return this.stage.getBoundingClientRect();
  }

  get fitting() {
    const { width, height } = this.box;
    return Math.min(width / this.width, height / this.height, LARGEST_FIT);
  }

  // Screen pixels for one pixel of the picture.
  get magnification() {
    return this.scale * devicePixelRatio;
  }

  get isLarger() {
    const { width, height } = this.box;
    return this.width * this.scale > width + 1 || this.height * this.scale > height + 1;
  }

  fit() {
    Object.assign(this, { scale: this.fitting, x: 0, y: 0, isFit: true });
    this.apply();
  }

  actualSize(x, y) {
    this.to(1 / devicePixelRatio, x, y);
  }

  by(factor, x, y) {
    this.to(this.scale * factor, x, y);
  }

  // Between all of the picture and its actual size, or twice as large if that is no larger.
  toggle(x, y) {
    if (!this.isFit) this.fit();
    else this.to(Math.max(1 / devicePixelRatio, this.fitting * 2), x, y);
  }

  // Zooms; what is at a point of the window, or in the middle, stays where it is.
  to(scale, x, y) {
    const { left, top, width, height } = this.box;
    const [fromX, fromY] = x === undefined ? [0, 0] : [x - left - width / 2, y - top - height / 2];
    const next = between(Math.min(this.fitting, 1 / devicePixelRatio), scale, LARGEST / devicePixelRatio);
    this.x = fromX - (fromX - this.x) * (next / this.scale);
    this.y = fromY - (fromY - this.y) * (next / this.scale);
    this.scale = next;
    this.isFit = Math.abs(next / this.fitting - 1) < .001;
    this.apply();
  }

  pan(x, y) {
    this.x += x;
    this.y += y;
    this.apply();
  }

  apply() {
    const { width, height } = this.box, [shownWidth, shownHeight] = [this.width * this.scale, this.height * this.scale];
    const [farX, farY] = [Math.max(0, (shownWidth - width) / 2), Math.max(0, (shownHeight - height) / 2)];
    this.x = between(-farX, this.x, farX);
    this.y = between(-farY, this.y, farY);
    Object.assign(this.picture.style, {
      width: `${shownWidth}px`, height: `${shownHeight}px`,
      translate: `${(width - shownWidth) / 2 + this.x}px ${(height - shownHeight) / 2 + this.y}px`,
      imageRendering: this.magnification >= 4 && !this.isFit ? "pixelated" : "auto",
    });
    this.stage.classList.toggle("larger", this.isLarger);
    this.changed();
  }

  wheel(event) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1);
    this.by(Math.exp(-pixels * (event.ctrlKey ? .01 : .002)), event.clientX, event.clientY); // ctrl: a touchpad's pinch
  }

  down(event) {
    if (event.button) return;
    this.stage.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, startX: event.clientX, startY: event.clientY });
    this.isPinched = this.pointers.size > 1;
  }

  move(event) {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) return;
    const before = this.fingers();
    Object.assign(pointer, { x: event.clientX, y: event.clientY });
    const after = this.fingers();
    if (this.pointers.size > 1) this.by(after.apart / Math.max(1, before.apart), after.x, after.y);
    if (this.isLarger) this.pan(after.x - before.x, after.y - before.y);
  }

  up(event) {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) return;
    this.pointers.delete(event.pointerId);
    const [x, y] = [event.clientX - pointer.startX, event.clientY - pointer.startY];
    const isSwipe = event.type === "pointerup" && event.pointerType === "touch" && !this.isPinched;
    if (isSwipe && !this.isLarger && Math.abs(x) > SWIPE && Math.abs(x) > 2 * Math.abs(y)) this.swiped(x < 0 ? 1 : -1);
  }

  // The middle of what touches the box, and how far apart the first two are.
  fingers() {
    const [first, second = first] = this.pointers.values();
    return { x: (first.x + second.x) / 2, y: (first.y + second.y) / 2, apart: Math.hypot(first.x - second.x, first.y - second.y) };
  }
}
