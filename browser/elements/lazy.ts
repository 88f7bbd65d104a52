// What is not part of the frame's script but of a group (a file of elements/groups, bundled by itself): which group holds a tag's
// code. The frame asks the shell for what a program's templates name.
import type { Node, View } from "../wire/wire";
import { domName } from "./element";

export const lazy: Record<string, string> = {
  "a_input": "controls", "a_textarea": "controls", "a_label": "controls", "a_radio": "controls", "a_radio_group": "controls", "a_checkbox": "controls",
  "a_checkbox_group": "controls", "a_switch": "controls", "a_slider": "signs", "a_picker": "controls", "a_icon": "signs", "a_progress": "signs",
  "a_canvas": "media", "a_video": "video", "a_camera": "camera", "a_map": "map", "a_movable_area": "move", "a_movable_view": "move", "a-picker-view": "wheel", "a-picker-view-column": "wheel",
  "a-swiper": "swiper", "a_rich_text": "rich",
  "a_web_view": "open", "a_lifestyle": "open", "a_contact_button": "open", "a_favorite": "open",
  "a_error_view": "rare", "a_lottie": "rare", "a_page_container": "rare", "a_share_element": "rare", "a_page_meta": "rare",
  "a_match_media": "rare", "a_root_portal": "rare", "a_join_group_chat": "rare", "a_subscribe_message": "rare",
};

/** The group that answers what the worker asks of the frame (operation 8). */
export const callsGroup = "calls";

/** The groups that hold tags of these templates: they are asked for at once, so that they are there when a page is drawn. */
export function groupsIn(views: readonly (View | null)[]): Set<string> {
  const groups = new Set<string>();
  const look = (node: Node): void => {
    if (typeof node !== "object") return;
    const [tag, , ...children] = node, group = lazy[domName(tag)];
    if (group) groups.add(group);
    children.forEach(look);
  };
  for (const view of views) for (const block of view?.blocks ?? []) block.n.forEach(look);
  return groups;
}
