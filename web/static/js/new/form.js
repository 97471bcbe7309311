// What other scripts of the page use. The form gets the event `change` whenever pictures or settings
// change, and `picture` (detail: the picture) when one was added from a file.
import { byId } from "../dom.js";

export { addPicture, chosenPictures, pictureData, removePicture } from "./pictures.js";
export { applySettings, chosenSettings, shownStrength } from "./settings.js";
export const form = byId("new");
