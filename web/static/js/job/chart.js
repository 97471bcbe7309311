// The chart of the losses: a line a term with its label at the end, on an axis of logarithms. The table
// below it has the same numbers.
import { byId, element, shape } from "../dom.js";
import { number } from "../format.js";
import { gettext } from "../messages.js";
import { Losses } from "./losses.js";
import { termName } from "./names.js";

const HEIGHT = 200, LEFT = 40, RIGHT = 128, TOP = 8, BOTTOM = 22, LABEL = 14; // pixels

const power = (exponent) => (exponent >= -2 && exponent <= 3 ? number(10 ** exponent)
  : `10${[...String(exponent)].map((digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]).join("")}`);

// Where a loss and an evaluation are drawn. The axis begins and ends at powers of ten.
function scales(losses, width) {
  const values = losses.terms.flatMap((term) => losses.of(term).map(([, value]) => Math.log10(value)));
  const low = Math.floor(Math.min(...values)), high = Math.max(Math.ceil(Math.max(...values)), low + 1);
  const first = losses.points[0][0], last = Math.max(losses.points.at(-1)[0], first + 1);
  return {
    low, high, first, last, right: width - RIGHT,
    x: (evaluation) => LEFT + (evaluation - first) / (last - first) * (width - LEFT - RIGHT),
    y: (logarithm) => TOP + (high - logarithm) / (high - low) * (HEIGHT - TOP - BOTTOM),
  };
}

function axes({ low, high, first, last, right, x, y }) {
  const step = Math.ceil((high - low) / 5);
  const parts = [];
  for (let exponent = low; exponent <= high; exponent += step) {
    parts.push(shape("line", { class: "grid", x1: LEFT, x2: right, y1: y(exponent), y2: y(exponent) }),
      shape("text", { x: LEFT - 6, y: y(exponent) + 4, "text-anchor": "end" }, power(exponent)));
  }
  for (const [evaluation, anchor] of [[first, "start"], [last, "end"]]) {
    parts.push(shape("text", { x: x(evaluation), y: HEIGHT - 5, "text-anchor": anchor }, number(evaluation)));
  }
  return parts;
}

// A thin line where the next level begins, whose losses are of a larger picture.
function levels(losses, { x }) {
  return losses.points.filter(([, level], index) => index && level !== losses.points[index - 1][1]).map(([evaluation]) =>
    shape("line", { class: "level", x1: x(evaluation), x2: x(evaluation), y1: TOP, y2: HEIGHT - BOTTOM }));
}

// The heights of the labels, in the order of the values, apart so that none covers another.
function apart(ends) {
  const sorted = [...ends].sort((one, other) => one.y - other.y);
  sorted.forEach((end, index) => { if (index) end.y = Math.max(end.y, sorted[index - 1].y + LABEL); });
  let lowest = HEIGHT - BOTTOM;
  for (const end of sorted.reverse()) {
    end.y = Math.min(end.y, lowest);
    lowest = end.y - LABEL;
  }
  return ends;
}

function draw(losses, width) {
  const scale = scales(losses, width);
  const lines = losses.terms.map((term, index) => ({ term, index, points: losses.of(term) })).filter((line) => line.points.length);
  const ends = apart(lines.map((line) => ({ ...line, y: scale.y(Math.log10(line.points.at(-1)[1])) })));
  return shape("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": gettext("Losses by evaluation; the table below has the numbers") },
    ...axes(scale), ...levels(losses, scale),
    ...lines.map(({ term, index, points }) => shape("polyline", {
      class: `term term-${index % 5}`, "data-term": term,
      points: points.map(([evaluation, value]) => `${scale.x(evaluation).toFixed(1)},${scale.y(Math.log10(value)).toFixed(1)}`).join(" "),
    })),
    ...ends.map(({ term, index, y }) => shape("text", { class: `label term-${index % 5}`, x: scale.right + 6, y: y + 4 }, termName(term))));
}

function showTable(losses) {
  const { terms } = losses;
  const row = ([evaluation, , loss]) => element("tr", {}, element("th", { scope: "row" }, number(evaluation)),
    ...terms.map((term) => element("td", {}, term in loss ? number(loss[term]) : "–")));
  byId("loss-table").tHead.rows[0].replaceChildren(element("th", { scope: "col" }, gettext("evaluation")),
    ...terms.map((term) => element("th", { scope: "col" }, termName(term))));
  byId("loss-table").tBodies[0].replaceChildren(...losses.points.toReversed().map(row));
}

// Draws the losses that the page has; the returned function adds those of a progress event.
export function startChart() {
  const chart = byId("chart");
  const losses = new Losses(JSON.parse(chart.dataset.losses));
  const show = () => {
    const isVisible = chart.clientWidth > LEFT + RIGHT; // else it is folded away
    if (isVisible && losses.terms.some((term) => losses.of(term).length)) chart.replaceChildren(draw(losses, chart.clientWidth));
  };
  new ResizeObserver(show).observe(chart);
  const table = byId("loss-table").closest("details");
  table.addEventListener("toggle", () => { if (table.open) showTable(losses); });
  return (progress) => {
    losses.add(progress);
    show();
    if (table.open) showTable(losses);
  };
}
