// Group "media": canvas and video.
import { canvas } from "../canvas";
import { video } from "../video";
import { deliver } from "../deliver";

deliver({ "a_canvas": canvas, "a_video": video });
