// The losses of a job by evaluation: those that the page came with, and those of the events since.
const MOST = 240; // points; then every second one is left out

export class Losses {
  // `points` are [evaluation, level, {term: value}], oldest first.
  constructor(points) {
    this.points = points;
  }

  // Adds the losses of a progress event. An attempt that continues from a checkpoint replaces those after it.
  add({ evaluation, level, loss }) {
    this.points = this.points.filter((point) => point[0] < evaluation);
    if (this.points.length >= MOST) this.points = this.points.filter((_, index) => index % 2 === 0);
    this.points.push([evaluation, level, loss]);
  }

  get terms() {
    return [...new Set(this.points.flatMap(([, , loss]) => Object.keys(loss)))];
  }

  // The points of one term; an axis of logarithms has no place for what is not above zero.
  of(term) {
    return this.points.filter(([, , loss]) => loss[term] > 0).map(([evaluation, , loss]) => [evaluation, loss[term]]);
  }
}
