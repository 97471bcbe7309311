// What pages call the states of a job and the terms of its loss; web/messages/states.py says the same.
import { gettext } from "../messages.js";

const STATES = {
  queued: gettext("queued"), running: gettext("running"), succeeded: gettext("succeeded"),
  failed: gettext("failed"), cancelled: gettext("cancelled"), paused: gettext("paused"),
};
const TERMS = { total: gettext("total"), style: gettext("style"), content: gettext("content"), tv: gettext("total variation") };

export const stateName = (state) => STATES[state] ?? state;
export const termName = (term) => TERMS[term] ?? term; // a new one keeps its name
export const capitalized = (text) => text.charAt(0).toUpperCase() + text.slice(1);
