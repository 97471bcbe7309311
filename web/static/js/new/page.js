// The page for a new picture.
import { byId } from "../dom.js";
import { readBlend } from "./chosen.js";
import { takeChosen } from "./incoming.js";
import "./draft.js";
import "./estimate.js";
import { chosenPictures } from "./pictures.js";
import { chosenSettings } from "./settings.js";
import "./submit.js";

const form = byId("new");
const recipe = () => import("./recipe.js"); // most visitors need none
let before = chosenPictures();
// Adding a photograph removes the one before, so the pictures are noted after each change has ended.
form.addEventListener("change", () => setTimeout(() => { before = chosenPictures(); }));
form.addEventListener("picture", async ({ detail: picture }) => {
  const earlier = { pictures: before, settings: chosenSettings() };
  (await recipe()).loadOfPicture(picture, earlier);
});

const blend = form.elements.style_blend.value;
takeChosen();
form.elements.style_blend.value = blend; // of a form that came back with an error
readBlend();
if (form.dataset.recipe) recipe().then(({ loadOfJob }) => loadOfJob(JSON.parse(form.dataset.recipe)));
