// How pages show numbers, durations and times; web/pages/formatting.py does the same on the server.
import { gettext, language } from "./messages.js";

const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const small = new Intl.NumberFormat(language, { maximumSignificantDigits: 3, useGrouping: false });
const region = navigator.languages.find((each) => each.split("-")[0] === language) ?? language; // en-GB writes 24/11
const today = new Intl.DateTimeFormat(region, { timeStyle: "medium" });
const anyDay = new Intl.DateTimeFormat(region, { dateStyle: "medium", timeStyle: "medium" });
const SPACE = language === "pl" ? "\u00a0" : " "; // between a number and its unit

// 67,272 or, below 100, three significant digits: 0.5, 12.3
export function number(value) {
  return Math.abs(value) >= 100 ? whole.format(value) : small.format(value);
}

// about 40 s, about 2 min or about 1 h 5 min, as coarse as an estimate is
export function about(seconds) {
  if (seconds < 1) return gettext("a moment");
  const step = seconds < 20 ? 1 : seconds < 120 ? 5 : 60;
  const rounded = Math.round(seconds / step) * step;
  const parts = { h: Math.floor(rounded / 3600), min: Math.floor(rounded / 60) % 60, s: rounded % 60 };
  const shown = Object.entries(parts).filter(([, count]) => count).map(([unit, count]) => `${count}${SPACE}${unit}`);
  return gettext("about {time}", { time: shown.join(SPACE) });
}

// the local time of a moment, with the date unless it is today
export function time(text) {
  const moment = new Date(text);
  const isToday = moment.toDateString() === new Date().toDateString();
  return (isToday ? today : anyDay).format(moment);
}

// Shows the times that the server rendered in UTC as local ones.
export function showLocalTimes(element) {
  for (const at of element.querySelectorAll("time")) at.textContent = time(at.dateTime);
}
