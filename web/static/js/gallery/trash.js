// The trash: select pictures, to restore them or to delete them for good.
import { byId } from "../dom.js";
import { moveByKeys } from "./keys.js";
import { Selection } from "./selection.js";

const list = byId("pictures");
if (list) moveByKeys(list, new Selection(list, byId("selection")));
