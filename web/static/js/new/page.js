// The page for a new picture.
import { readBlend } from "./chosen.js";
import { form } from "./form.js";
import { takeChosen } from "./incoming.js";
import "./draft.js";
import "./estimate.js";
import { loadOfJob } from "./recipe.js";
import "./submit.js";

const blend = form.elements.style_blend.value;
takeChosen();
form.elements.style_blend.value = blend; // of a form that came back with an error
readBlend();
loadOfJob();
