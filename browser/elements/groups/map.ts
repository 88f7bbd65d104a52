// Group "map".
import { deliver } from "../deliver";
import css from "./map.css";
import { map } from "../map";

deliver({ elements: { "a_map": map }, css });
