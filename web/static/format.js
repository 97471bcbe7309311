// How pages show numbers, durations and times; web/pages/formatting.py does the same on the server.
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const small = new Intl.NumberFormat("en", { maximumSignificantDigits: 3, useGrouping: false });
const inUnit = Object.fromEntries(["hour", "minute", "second"].map((unit) =>
  [unit, new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "short" })]));

// 67,272 or, below 100, three significant digits: 0.5, 12.3
export function number(value) {
  return Math.abs(value) >= 100 ? whole.format(value) : small.format(value);
}

// 40 sec, 2 min or 1 hr 5 min, rounded as an estimate
export function duration(seconds) {
  const step = seconds < 20 ? 1 : seconds < 120 ? 5 : 60;
  const rounded = Math.max(step, Math.round(seconds / step) * step);
  const parts = { hour: Math.floor(rounded / 3600), minute: Math.floor(rounded / 60) % 60, second: rounded % 60 };
  return Object.entries(parts).filter(([, count]) => count)
    .map(([unit, count]) => inUnit[unit].format(count)).join(" ");
}

// the local time of a moment, with the date unless it is today
export function time(text) {
  const moment = new Date(text);
  const isToday = moment.toDateString() === new Date().toDateString();
  return isToday ? moment.toLocaleTimeString() : moment.toLocaleString();
}
