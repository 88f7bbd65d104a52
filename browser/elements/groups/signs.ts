// Group "signs": icon, progress, slider.
import { deliver } from "../deliver";
import { icon } from "../icon";
import { progress } from "../progress";
import { slider } from "../slider";
import css from "./signs.css";

deliver({ elements: { "a_icon": icon, "a_progress": progress, "a_slider": slider }, css });
