// Group "swiper".
import { swiper } from "../swiper";
import { deliver } from "../deliver";

deliver({ "a_swiper": swiper });
