// Group "swiper".
import { swiper } from "../swiper";
import { deliver } from "../deliver";

deliver({ "a-swiper": swiper });
