// Group "controls": what people fill in and tick, and the small signs beside it.
import { checkbox, checkboxGroup, radio, radioGroup, switch_ } from "../choice";
import { deliver } from "../deliver";
import { icon } from "../icon";
import { input, textarea } from "../input";
import { label } from "../label";
import { picker } from "../picker";
import { progress } from "../progress";
import { slider } from "../slider";
import css from "./controls.css";

deliver({ elements: {
  "a_input": input, "a_textarea": textarea, "a_label": label, "a_radio": radio, "a_radio_group": radioGroup, "a_checkbox": checkbox,
  "a_checkbox_group": checkboxGroup, "a_switch": switch_, "a_slider": slider, "a_picker": picker, "a_icon": icon, "a_progress": progress,
}, css });
