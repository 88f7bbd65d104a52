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
  "a-view": view, "a-text": text, "a-image": image, "a-button": button, "a-input": input, "a-textarea": textarea, "a-form": form, "a-label": label,
  "a-radio": radio, "a-radio-group": radioGroup, "a-checkbox": checkbox, "a-checkbox-group": checkboxGroup, "a-switch": switch_, "a-slider": slider,
  "a-picker": picker, "a-navigator": navigator_, "a-icon": icon, "a-progress": progress, "a-scroll-view": scrollView,
  "a-cover-view": view, "a-cover-image": image,
};

export const lazy: Record<string, string> = {
  "a-canvas": "media", "a-video": "media", "a-map": "map", "a-movable-area": "move", "a-movable-view": "move", "a-picker-view": "wheel", "a-picker-view-column": "wheel",
  "a-swiper": "swiper", "a-rich-text": "rich",
  "a-web-view": "open", "a-lifestyle": "open", "a-contact-button": "open", "a-favorite": "open",
  "a-error-view": "rare", "a-camera": "rare", "a-lottie": "rare", "a-page-container": "rare", "a-share-element": "rare", "a-page-meta": "rare",
  "a-match-media": "rare", "a-root-portal": "rare", "a-join-group-chat": "rare", "a-subscribe-message": "rare",
};
