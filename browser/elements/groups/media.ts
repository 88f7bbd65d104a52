// Group "media": canvas and video.
import { canvas } from "../canvas";
import { video } from "../video";
import { deliver } from "../deliver";
import css from "./media.css";

deliver({ elements: { "a_canvas": canvas, "a_video": video }, css });
