// Group "video".
import { deliver } from "../deliver";
import { video } from "../video";
import css from "./video.css";

deliver({ elements: { "a_video": video }, css });
