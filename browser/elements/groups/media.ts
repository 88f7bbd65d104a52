// Group "media": canvas.
import { canvas } from "../canvas";
import { deliver } from "../deliver";
import css from "./media.css";

deliver({ elements: { "a_canvas": canvas }, css });
