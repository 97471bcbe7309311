// Translations of what scripts say; English stands in the code.
export const language = document.documentElement.lang;
const link = document.getElementById("translations");
const catalog = link ? await (await fetch(link.href)).json().catch(() => ({})) : {};
const plurals = new Intl.PluralRules(language);
const FORMS = { en: ["one", "other"], pl: ["one", "few", "many"] }; // in the order of the catalog

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// The translation of a sentence, with {names} replaced by values.
export function gettext(text, values = {}) {
  return filled(catalog[text] ?? text, values);
}

// The form of a sentence for `count`, which replaces {count}.
export function ngettext(one, other, count, values = {}) {
  const forms = catalog[one] ?? [one, other];
  const index = (forms.length === 2 ? FORMS.en : FORMS[language]).indexOf(plurals.select(count));
  return filled(forms[index] ?? forms.at(-1), { count, ...values });
}
