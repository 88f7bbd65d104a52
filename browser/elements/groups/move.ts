// Group "move": movable-area and movable-view.
import { deliver } from "../deliver";
import { movableArea, movableView } from "../movable";

deliver({ "a_movable_area": movableArea, "a_movable_view": movableView });
