// Group "move": movable-area and movable-view.
import { deliver } from "../deliver";
import css from "./move.css";
import { movableArea, movableView } from "../movable";

deliver({ elements: { "a_movable_area": movableArea, "a_movable_view": movableView }, css });
