// The elements that come with the frame; those in lazy.ts are loaded when a program uses them.
import { button } from "./button";
import type { Elements } from "./element";
import { form } from "./form";
import { image } from "./image";
import { navigator_ } from "./navigator";
import { scrollView } from "./scroll-view";
import { text } from "./text";
import { view } from "./view";

export const core: Elements = {
  "a_view": view, "a_text": text, "a_image": image, "a_button": button, "a_form": form, "a_navigator": navigator_, "a_scroll_view": scrollView,
  "a_cover_view": view, "a_cover_image": image,
};
