// The table of elements: tag → definition. `core` comes with the frame; `lazy` names the group (a file of
// elements/groups, bundled by itself) that holds a tag's code and is loaded when a template first uses the tag.
import { button } from "./button";
import { checkbox, checkboxGroup, radio, radioGroup, switch_ } from "./choice";
import type { Elements } from "./element";
import { form } from "./form";
import { icon } from "./icon";
import { image } from "./image";
import { input, textarea } from "./input";
import { label } from "./label";
import { navigator_ } from "./navigator";
import { picker } from "./picker";
import { progress } from "./progress";
import { scrollView } from "./scroll-view";
import { slider } from "./slider";
import { text } from "./text";
import { view } from "./view";

export const core: Elements = {
  "a_view": view, "a_text": text, "a_image": image, "a_button": button, "a_input": input, "a_textarea": textarea, "a_form": form, "a_label": label,
  "a_radio": radio, "a_radio_group": radioGroup, "a_checkbox": checkbox, "a_checkbox_group": checkboxGroup, "a_switch": switch_, "a_slider": slider,
  "a_picker": picker, "a_navigator": navigator_, "a_icon": icon, "a_progress": progress, "a_scroll_view": scrollView,
  "a_cover_view": view, "a_cover_image": image,
};

export const lazy: Record<string, string> = {
  "a_canvas": "media", "a_video": "media", "a_map": "map", "a_movable_area": "move", "a_movable_view": "move", "a-picker-view": "wheel", "a-picker-view-column": "wheel",
  "a-swiper": "swiper", "a_rich_text": "rich",
  "a_web_view": "open", "a_lifestyle": "open", "a_contact_button": "open", "a_favorite": "open",
  "a_error_view": "rare", "a_camera": "rare", "a_lottie": "rare", "a_page_container": "rare", "a_share_element": "rare", "a_page_meta": "rare",
  "a_match_media": "rare", "a_root_portal": "rare", "a_join_group_chat": "rare", "a_subscribe_message": "rare",
};
