// The settings: presets with the values that they stand for, the strength's slider, and the fields.
import { byId } from "../dom.js";
import { gettext, ngettext } from "../messages.js";
import { readBlend } from "./chosen.js";

const form = byId("new");
const strength = byId("strength");
const slider = strength.closest(".strength").querySelector("[type=range]");
const reset = byId("reset-strength");
const size = byId("size");
const chips = form.querySelectorAll("[data-size]");
const fields = [strength, ...[...form.querySelectorAll("[data-setting]")].map((field) => byId(field.dataset.setting))];
const preset = () => form.querySelector("[name=preset]:checked");
const presetValues = () => JSON.parse(preset().dataset.values);

// A field's text as JSON, or a list, or values by name; web/pages/formatting.py reads forms so too.
function sentValue(text) {
  try {
    return JSON.parse(text);
  } catch {
    const parts = text.split(",").map((part) => part.trim());
    if (parts.every((part) => part.includes(":"))) {
      return Object.fromEntries(parts.map((part) => {
        const [name, ...value] = part.split(":");
        return [name.trim(), sentValue(value.join(":").trim())];
      }));
    }
    return parts.length > 1 ? parts.map(sentValue) : text;
  }
}

// A value as a field shows it.
function shownValue(value) {
  if (Array.isArray(value)) return value.map(shownValue).join(", ");
  if (value && typeof value === "object") return Object.entries(value).map(([name, of]) => `${name}: ${of}`).join(", ");
  return String(value);
}

// The settings that are sent: the preset, and what was filled in.
export function chosenSettings() {
  const filled = fields.filter((field) => field.value !== "");
  return { preset: preset().value, ...Object.fromEntries(filled.map((field) => [field.name, sentValue(field.value)])) };
}

// The strength, also where it is the preset's.
export const shownStrength = () => Number(slider.value);

// Fills in settings by name, such as a recipe's; all others are the preset's. What is the preset's own
// value stays empty.
export function applySettings(settings) {
  const card = [...form.querySelectorAll("[name=preset]")].find((each) => each.value === settings.preset);
  if (card) card.checked = true;
  const values = presetValues();
  for (const field of fields) {
    const value = settings[field.name] === undefined ? "" : shownValue(settings[field.name]);
    const isPreset = JSON.stringify(sentValue(value)) === JSON.stringify(sentValue(values[field.name]));
    field.value = isPreset ? "" : value;
  }
  readBlend();
  for (const details of form.querySelectorAll(".all-settings details")) details.open = changedIn(details) > 0;
  form.dispatchEvent(new Event("change"));
}

const changedIn = (details) => fields.filter((field) => field.value !== "" && details.contains(field)).length;

function showPreset() {
  const values = presetValues();
  for (const field of fields) {
    const value = values[field.name];
    if (field.tagName === "SELECT") field.options[0].textContent = gettext("Preset: {value}", { value });
    else field.placeholder = value || gettext("as in the preset");
  }
  showStrength();
  showSize();
}

function showStrength() {
  slider.value = strength.value === "" ? presetValues().strength : strength.value;
  reset.hidden = strength.value === "";
}

function showCounts() {
  for (const details of form.querySelectorAll(".all-settings details")) {
    const count = changedIn(details);
    details.querySelector(".count").textContent = count ? ngettext("{count} changed", "{count} changed", count) : "";
  }
}

function showSize() {
  for (const chip of chips) chip.setAttribute("aria-pressed", String(chip.dataset.size === (size.value || presetValues().size)));
}

slider.parentElement.hidden = false;
for (const chip of chips) {
  chip.addEventListener("click", () => {
    size.value = chip.dataset.size;
    form.dispatchEvent(new Event("change"));
  });
}
slider.addEventListener("input", () => {
  strength.value = slider.value;
  showStrength();
});
strength.addEventListener("input", showStrength);
reset.addEventListener("click", () => {
  strength.value = "";
  slider.focus();
  form.dispatchEvent(new Event("change"));
});
form.addEventListener("change", () => {
  showPreset();
  showCounts();
});
showPreset();
showCounts();
