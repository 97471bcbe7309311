// The gallery: select pictures and delete them with undo, load older ones, see them full screen.
import { byId } from "../dom.js";
import { deleteWithUndo } from "./deleting.js";
import { moveByKeys } from "./keys.js";
import { followLive } from "./refresh.js";
import { loadOlder } from "./older.js";
import { rememberPlace } from "./place.js";
import { Selection } from "./selection.js";
import { openPictures } from "./viewing.js";

const list = byId("pictures");
if (list) {
  const selection = new Selection(list, byId("selection"));
  moveByKeys(list, selection);
  deleteWithUndo(list, selection);
  openPictures(list);
  rememberPlace(list);
  loadOlder(list);
  followLive(list);
}
