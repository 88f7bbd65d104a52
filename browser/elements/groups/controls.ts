// Group "controls": what people fill in and tick.
import { checkbox, checkboxGroup, radio, radioGroup, switch_ } from "../choice";
import { deliver } from "../deliver";
import { input, textarea } from "../input";
import { label } from "../label";
import { picker } from "../picker";
import css from "./controls.css";

deliver({ elements: {
  "a_input": input, "a_textarea": textarea, "a_label": label, "a_radio": radio, "a_radio_group": radioGroup, "a_checkbox": checkbox,
  "a_checkbox_group": checkboxGroup, "a_switch": switch_, "a_picker": picker,
}, css });
