// Group "swiper".
import { swiper } from "../swiper";
import { deliver } from "../deliver";
import css from "./swiper.css";

deliver({ elements: { "a-swiper": swiper }, css });
